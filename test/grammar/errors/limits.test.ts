/** Texts that are nested too deep, too long or too wrong. */
import { describe, expect, it } from 'vitest';
import { nestingLimit, operatorLimit } from '../../../grammar/layout.ts';
import { parse, sizeLimit } from '../../../grammar/parse.ts';
import { reportLimit } from '../../../grammar/reports.ts';
import { codesOf, errorsOf } from '../sexpr.ts';

describe('limits', () => {
  const open = (n: number, bracket: string): string => `nas 1\nmotif f(x) = ${bracket.repeat(n)}`;

  it('NAS1022', () => {
    const text = `nas 1\nmotif f(x) =\n  ${'('.repeat(nestingLimit + 1)}`;
    expect(codesOf(text)).toEqual(['NAS1022']);
    expect(parse({ name: 'test.nas', text }).value).toBeUndefined();
    expect(errorsOf(text).replace(/\(+/, '(...')).toMatchInlineSnapshot(`
      "error[NAS1022]: brackets, \`if\`s and \`choose\`s are nested more than 100 deep
       --> test.nas:3:103
        |
      3 | …(...…
        |                                                                                                ^
        |

      1 error"
    `);
  });

  it.each([
    '(',
    '[',
    '{',
    'f(',
    'if ',
    'if a then ',
    'repeat ',
    'choose 1..',
    'choose a {',
    '-(',
    'if a then x |> repeat ',
    'for a in ',
    'choose from ',
    'choose (',
    '[f for x in [',
    'a[',
    'choose {...',
    'choose {a when if ',
    'choose {a: {',
  ])('hold for a hundred thousand times %j', (bracket) => {
    expect(codesOf(open(Math.min(100_000, Math.floor(1e6 / bracket.length)), bracket))).toContain('NAS1022');
  });

  it('NAS1023', () => {
    const text = `nas 1\nmotif f(x) = x${'\n  + 1'.repeat(operatorLimit + 1)}\n`;
    expect(errorsOf(text)).toMatchInlineSnapshot(`
      "error[NAS1023]: one expression has more than 1000 operators
          --> test.nas:1003:3
           |
      1003 |   + 1
           |   ^
           |

      1 error"
    `);
    expect(codesOf(`nas 1\nmotif f(x) = f${'()'.repeat(operatorLimit + 1)}\n`)).toEqual(['NAS1023']);
    expect(codesOf(`nas 1\nmotif f(x) = f${'[0]'.repeat(operatorLimit + 1)}\n`)).toEqual(['NAS1023']);
    expect(codesOf(`nas 1\nmotif f(x) = f${'.a'.repeat(operatorLimit + 1)}\n`)).toEqual(['NAS1023']);
    const nested = `${'('.repeat(90)}x${`${' + 1'.repeat(50)})`.repeat(90)}`;
    expect(codesOf(`nas 1\nmotif f(x) = ${nested}\n`)).toEqual(['NAS1023']);
  });

  it('leave room for long pipelines, lists and prefixes', () => {
    const pipeline = `x${' |> f(1)'.repeat(5000)}`;
    const list = `[${'1 + 1, '.repeat(5000)}2]`;
    const chain = `${'if a then b else '.repeat(nestingLimit)}c`;
    const brackets = `${'('.repeat(nestingLimit)}x${')'.repeat(nestingLimit)}`;
    const sum = `x${' + 1'.repeat(operatorLimit)}`;
    const half = nestingLimit / 2;
    const blocks = `${'repeat 2 { '.repeat(half)}f${' }'.repeat(half)}`;
    const lists = `${'[f for x in '.repeat(half)}x${']'.repeat(half)}`;
    const choices = `${'choose { a: '.repeat(half)}f${' }'.repeat(half)}`;
    for (const text of [pipeline, list, chain, brackets, sum, blocks, lists, choices]) {
      expect(codesOf(`nas 1\nmotif f(x) = ${text}\n`)).toEqual([]);
    }
  });

  it('NAS1024', () => {
    const text = ' '.repeat(sizeLimit + 1);
    expect(codesOf(text)).toEqual(['NAS1024']);
  });

  it('NAS1025: a page of errors ends', () => {
    const found = parse({ name: 'test.nas', text: `nas 1\n${') '.repeat(5000)}` }).diagnostics;
    expect(found).toHaveLength(reportLimit + 1);
    expect(found.at(-1)?.message).toMatchInlineSnapshot(
      `"more than 100 errors in this file; the rest are not shown"`,
    );
  });
});
