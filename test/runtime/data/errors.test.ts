/** What is said about data sets that do not exist and about files that are not what they should be. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { DataSpec } from '../../../compiler/search/search.ts';
import { checkData, dataHash, loadData } from '../../../runtime/data/table.ts';
import { packageRoot } from '../../../runtime/packageRoot.ts';

const original = readFileSync(join(packageRoot(), 'data', 'digits', 'digits.csv.gz'));
const text = gunzipSync(original).toString('latin1');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naslang-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function problems(work: Promise<unknown>): Promise<readonly Diagnostic[]> {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
  return error.diagnostics;
}

async function load(bytes: Buffer | string): Promise<readonly Diagnostic[]> {
  const path = join(folder, 'some.csv.gz');
  await writeFile(path, typeof bytes === 'string' ? gzipSync(bytes) : bytes);
  return problems(loadData({ name: 'digits', args: { path } }));
}

/** Code, message with the folder left out, the text under the mark, and what was expected. */
function shown(diagnostics: readonly Diagnostic[]): unknown {
  return diagnostics.map((d) => ({
    says: `${d.code} ${d.message.replaceAll(folder, '')}`,
    ...(d.primary && {
      under: d.primary.location.source.text.slice(d.primary.location.span.start, d.primary.location.span.end),
    }),
    ...(d.expected && { expected: d.expected }),
    ...(d.hint && { hint: d.hint }),
  }));
}

function lines(change: (lines: string[]) => string[] | void): string {
  const list = text.trimEnd().split('\n');
  return `${(change(list) ?? list).join('\n')}\n`;
}

describe('specifications', () => {
  const check = (spec: DataSpec): unknown => shown(checkData(spec));

  it('accepts what is right', () => {
    expect(check({ name: 'digits', args: {} })).toEqual([]);
    expect(check({ name: 'digits', args: { split: 'writers', path: 'x' } })).toEqual([]);
  });
  it('unknown data set', () => {
    expect(check({ name: 'digit', args: {} })).toMatchInlineSnapshot(`
      [
        {
          "expected": "cifar10, digits or mnist",
          "hint": "did you mean \`digits\`?",
          "says": "NAS4101 no data set is called \`digit\`",
        },
      ]
    `);
    expect(check({ name: 'constructor', args: {} })).toHaveLength(1);
  });
  it('unknown argument and wrong values, all at once', () => {
    expect(check({ name: 'digits', args: { splt: 1, split: 'writer', path: 3 } })).toMatchInlineSnapshot(`
      [
        {
          "expected": "shuffled or writers",
          "hint": "did you mean \`writers\`?",
          "says": "NAS4103 \`split\` of the data set digits cannot be "writer"",
        },
        {
          "expected": "a text in quotes that is not empty",
          "says": "NAS4103 \`path\` of the data set digits cannot be 3",
        },
        {
          "expected": "split or path",
          "hint": "did you mean \`split\`?",
          "says": "NAS4102 the data set digits has no argument \`splt\`",
        },
      ]
    `);
  });
  it('refuses to load them', async () => {
    expect(await problems(loadData({ name: 'digit', args: {} }))).toHaveLength(1);
    expect(await problems(dataHash({ name: 'digits', args: { split: 2 } }))).toHaveLength(1);
  });
});

describe('files', () => {
  it('missing', async () => {
    const spec = { name: 'digits', args: { path: join(folder, 'none.csv.gz') } };
    expect(shown(await problems(loadData(spec)))).toMatchInlineSnapshot(`
      [
        {
          "hint": "it comes with the package: install naslang anew, or name a copy by \`digits(path: "...")\`",
          "says": "NAS4104 the digits data cannot be read from /none.csv.gz: there is no such file",
        },
      ]
    `);
    expect(shown(await problems(dataHash(spec)))).toEqual(shown(await problems(loadData(spec))));
  });
  it('a folder', async () => {
    expect(shown(await problems(loadData({ name: 'digits', args: { path: folder } }))))
      .toMatchInlineSnapshot(`
      [
        {
          "hint": "it comes with the package: install naslang anew, or name a copy by \`digits(path: "...")\`",
          "says": "NAS4104 the digits data cannot be read from : it is no file",
        },
      ]
    `);
  });
  it.skipIf(process.platform === 'win32')('a device without end', async () => {
    const found = await problems(loadData({ name: 'digits', args: { path: '/dev/zero' } }));
    expect(found[0].code).toBe('NAS4104');
  });
  it('cut off', async () => {
    expect(shown(await load(original.subarray(0, 30_000)))).toMatchInlineSnapshot(`
      [
        {
          "hint": "fetch the file anew",
          "says": "NAS4106 /some.csv.gz cannot be decompressed: it ends too early, as after an interrupted download",
        },
      ]
    `);
  });
  it('not gzip', async () => {
    expect(shown(await load(Buffer.from('0,1,2\n')))).toMatchInlineSnapshot(`
      [
        {
          "hint": "fetch the file anew",
          "says": "NAS4106 /some.csv.gz cannot be decompressed: it is no gzip file or damaged (incorrect header check)",
        },
      ]
    `);
  });
  it('a bomb', async () => {
    expect(shown(await load(gzipSync(Buffer.alloc(20_000_000))))).toMatchInlineSnapshot(`
      [
        {
          "hint": "fetch the file anew",
          "says": "NAS4105 /some.csv.gz holds more than 4000000 bytes, more than this data set can have",
        },
      ]
    `);
  });
  it('a row with too few values', async () => {
    const found = await load(
      lines((list) => {
        list[811] = '1,2,3';
      }),
    );
    expect(shown(found)).toMatchInlineSnapshot(`
      [
        {
          "expected": "65 values in each row",
          "says": "NAS4107 row 812 of /some.csv.gz has 3 values",
          "under": "1,2,3",
        },
      ]
    `);
  });
  it('values out of range and no numbers', async () => {
    const found = await load(
      lines((list) => {
        list[4] = list[4].replace(/^0/, '17');
        list[6] = list[6].replace(/^0/, '-1');
        list[7] = list[7].replace(/^0/, '');
        list[8] = list[8].replace(/\d+$/, '10');
        list[9] = list[9].replace(/^0/, '99999999999999999999999999');
        list[10] = list[10].replace(/^0/, '1.5');
      }),
    );
    expect(shown(found)).toMatchInlineSnapshot(`
      [
        {
          "expected": "a whole number from 0 to 16",
          "says": "NAS4108 row 5, column 1 of /some.csv.gz is "17"",
          "under": "17",
        },
        {
          "expected": "a whole number from 0 to 16",
          "says": "NAS4108 row 7, column 1 of /some.csv.gz is "-1"",
          "under": "-1",
        },
        {
          "expected": "a whole number from 0 to 16",
          "says": "NAS4108 row 8, column 1 of /some.csv.gz is """,
          "under": "",
        },
        {
          "expected": "a whole number from 0 to 9",
          "says": "NAS4108 row 9, column 65 of /some.csv.gz is "10"",
          "under": "10",
        },
        {
          "expected": "a whole number from 0 to 16",
          "says": "NAS4108 row 10, column 1 of /some.csv.gz is "99999999999999999999"",
          "under": "99999999999999999999999999",
        },
      ]
    `);
  });
  it('too few and too many rows', async () => {
    expect(shown(await load(lines((list) => list.slice(0, 1796))))).toMatchInlineSnapshot(`
      [
        {
          "expected": "1797 rows",
          "hint": "fetch the file anew, or name another by \`path\`",
          "says": "NAS4109 /some.csv.gz has 1796 rows",
        },
      ]
    `);
    expect(shown(await load(lines((list) => [...list, ...list.slice(0, 3)])))).toMatchInlineSnapshot(`
      [
        {
          "expected": "1797 rows",
          "hint": "fetch the file anew, or name another by \`path\`",
          "says": "NAS4109 /some.csv.gz has 1800 rows",
        },
      ]
    `);
    expect(shown(await load(''))).toMatchInlineSnapshot(`
      [
        {
          "expected": "1797 rows",
          "hint": "fetch the file anew, or name another by \`path\`",
          "says": "NAS4109 /some.csv.gz has 0 rows",
        },
      ]
    `);
  });
  it('accepts carriage returns and a missing last newline', async () => {
    const path = join(folder, 'dos.csv.gz');
    await writeFile(path, gzipSync(text.trimEnd().replaceAll('\n', '\r\n')));
    const data = await loadData({ name: 'digits', args: { path } });
    const { images } = await loadData({ name: 'digits', args: {} });
    expect(Buffer.from(data.images.buffer).equals(Buffer.from(images.buffer))).toBe(true);
  });
});
