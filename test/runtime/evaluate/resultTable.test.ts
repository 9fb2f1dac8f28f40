/** Tables of results: what is read, and what is said about tables that are something else. */
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { renderDiagnostics } from '../../../grammar/renderDiagnostic.ts';
import { readRecords } from '../../../runtime/data/records.ts';
import { missingResult, readResultTable } from '../../../runtime/evaluate/resultTable.ts';
import { compileText } from '../../compiler/space/helpers.ts';

const { space, members, notations } = compileText(`nas 1
space s {
  input x: image[4, 4, 2]
  output x |> choose op { a: relu, b: tanh } |> repeat choose n { 1, 2 } { conv(2, choose k { 1, 3 }) } |> classifier(2)
}
notation string of s "{op}/{n}/{s[0].k},{s[1].k}"`);

test('the notation of the tests', () => {
  expect(notations).toHaveLength(1);
  expect(members.free).toBe(12n);
});

const read = (text: string, numbers: readonly string[] = ['valid', 'test']) =>
  readResultTable({ name: 'results.csv', text }, space, { key: 'arch', notation: notations[0], numbers });
const problems = (text: string): string => {
  const { value, diagnostics } = read(text);
  expect(value).toBeUndefined();
  return renderDiagnostics(diagnostics, { color: false });
};

describe('records of CSV', () => {
  it('are split as RFC 4180 has it', () => {
    const text = '# a comment\na,b\r\n\n"x, ""y""\nz",2\n,\n# no comment,3';
    expect(readRecords(text).map(({ fields }) => fields)).toEqual([
      ['a', 'b'],
      ['x, "y"\nz', '2'],
      ['', ''],
      ['# no comment', '3'],
    ]);
  });
  it('are what was written, with their places', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', 'é') });
    const record = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const lines = records.map((fields) => fields.map((f) => `"${f.replaceAll('"', '""')}"`).join(','));
        const text = lines.join('\r\n');
        const got = readRecords(text);
        expect(got.map(({ fields }) => fields)).toEqual(records);
        expect(got.map(({ start, end }) => text.slice(start, end))).toEqual(lines);
      }),
    );
  });
  it('are some list for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '#') }), (text) => {
        for (const { start, end } of readRecords(text)) expect(end).toBeGreaterThanOrEqual(start);
      }),
    );
  });
});

describe('a table of results', () => {
  it('is looked up by architecture', () => {
    const { value } = read(
      '# where it comes from\nindex,arch,test,valid\n0,"a/1/3,-",0.5,0.25\n1,"b/2/1,3",1e-1,-2\n',
    );
    const table = value!;
    const rows = [...members.enumerate()].map((architecture) => table.row(architecture));
    expect(rows.filter((row) => row !== undefined)).toEqual([0, 1]);
    expect(rows).toHaveLength(12);
    expect([...table.column('test')]).toEqual([0.5, 0.1]);
    expect([...table.column('valid')]).toEqual([0.25, -2]);
    expect(() => table.column('other')).toThrow('the column `other`');
    expect(missingResult(table, 'b/2/1,1').message).toBe('results.csv has no row for `b/2/1,1`');
  });
  it('has no row twice', () => {
    expect(problems('arch,valid,test\n"a/1/3,-",1,2\n"b/1/3,-",1,2\n"a/1/3,-",1,2\n')).toMatchInlineSnapshot(`
      "error[NAS4803]: rows 1 and 3 of results.csv are of the same architecture
       --> results.csv:4:1
        |
      2 | "a/1/3,-",1,2
        | ------------- the other
      3 | "b/1/3,-",1,2
      4 | "a/1/3,-",1,2
        | ^^^^^^^^^^^^^
        |

      1 error"
    `);
  });
  it('has its columns', () => {
    expect(problems('arch,vaild,test\n')).toMatchInlineSnapshot(`
      "error[NAS4801]: results.csv has no column \`valid\`
        expected: one of arch, vaild or test
        hint: did you mean \`vaild\`?

      1 error"
    `);
    expect(problems('')).toMatchInlineSnapshot(`
      "error[NAS4801]: results.csv has no column \`arch\`

      error[NAS4801]: results.csv has no column \`valid\`

      error[NAS4801]: results.csv has no column \`test\`

      3 errors"
    `);
  });
  it('has architectures and finite numbers', () => {
    const rows = ['"a/1/3,-",nan,', '"a/1/3,1",1,2', '"c/1/3,-",1,2', '"a/1/3,-",1', '"b/2/1,1",1,2'];
    expect(problems(`arch,valid,test\n${rows.join('\n')}\n`)).toMatchInlineSnapshot(`
      "error[NAS4802]: row 1 of results.csv is wrong: \`valid\` is "nan"
       --> results.csv:2:1
        |
      2 | "a/1/3,-",nan,
        | ^^^^^^^^^^^^^^
        |
        expected: a finite number

      error[NAS4802]: row 1 of results.csv is wrong: \`test\` is ""
       --> results.csv:2:1
        |
      2 | "a/1/3,-",nan,
        | ^^^^^^^^^^^^^^
        |
        expected: a finite number

      error[NAS4802]: row 2 of results.csv is wrong: \`s[1].k\` is answered, but does not exist under the other answers
       --> results.csv:3:1
        |
      3 | "a/1/3,1",1,2
        | ^^^^^^^^^^^^^
        |

      error[NAS4802]: row 3 of results.csv is wrong: \`c/1/3,-\` is not written as \`string\`
       --> results.csv:4:1
        |
      4 | "c/1/3,-",1,2
        | ^^^^^^^^^^^^^
        |

      error[NAS4802]: row 4 of results.csv is wrong: it has 2 values
       --> results.csv:5:1
        |
      5 | "a/1/3,-",1
        | ^^^^^^^^^^^
        |
        expected: 3 values, as the first line has names

      5 errors"
    `);
  });
  it('tells a few problems of many', () => {
    const text = `arch,valid,test\n${'x,y,z\n'.repeat(1000)}`;
    expect(read(text).diagnostics.length).toBeLessThan(10);
  });
});
