/** The whole text that a person reads for characters, numbers, strings and names that are none. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1008', () => {
    expect(
      errorsOf(
        'nas 1\nspace s {\n  let s = \u201chello\u201d\n  let v = a && !b\n  # comment\n  let w = x\u00a0+ 1 @@ 2\n  let \u00e9 = 3 /* what */\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1008]: the quote “ has no meaning here
       --> test.nas:3:11
        |
      3 |   let s = “hello”
        |           ^
        |
        hint: write strings between straight double quotes: "hello"

      error[NAS1008]: \`&&\` has no meaning here
       --> test.nas:4:13
        |
      4 |   let v = a && !b
        |             ^^
        |
        hint: write \`and\`

      error[NAS1008]: \`!\` has no meaning here
       --> test.nas:4:16
        |
      4 |   let v = a && !b
        |                ^
        |
        hint: write \`not\`

      error[NAS1008]: \`#\` has no meaning here
       --> test.nas:5:3
        |
      5 |   # comment
        |   ^
        |
        hint: comments begin with \`//\`

      error[NAS1008]: the blank character U+00A0 has no meaning here
       --> test.nas:6:12
        |
      6 |   let w = x + 1 @@ 2
        |            ^
        |
        hint: write an ordinary space

      error[NAS1008]: \`@@\` has no meaning here
       --> test.nas:6:17
        |
      6 |   let w = x + 1 @@ 2
        |                 ^^
        |

      error[NAS1008]: \`é\` has no meaning here
       --> test.nas:7:7
        |
      7 |   let é = 3 /* what */
        |       ^
        |
        hint: names are made of the letters a to z and A to Z, digits and \`_\`

      error[NAS1008]: \`/*\` has no meaning here
       --> test.nas:7:13
        |
      7 |   let é = 3 /* what */
        |             ^^
        |
        hint: comments begin with \`//\` and end with their line

      8 errors"
    `);
  });

  it('NAS1009', () => {
    expect(
      errorsOf(
        'nas 1\nspace s {\n  let a = 1.\n  let b = .5\n  let c = 12kk\n  let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1009]: \`1.\` is not a number
       --> test.nas:3:11
        |
      3 |   let a = 1.
        |           ^^
        |
        hint: write \`1.0\`, or \`1\` for an integer

      error[NAS1009]: \`.5\` is not a number
       --> test.nas:4:11
        |
      4 |   let b = .5
        |           ^^
        |
        hint: write \`0.5\`: a digit stands on both sides of the point

      error[NAS1009]: \`12kk\` is not a number
       --> test.nas:5:11
        |
      5 |   let c = 12kk
        |           ^^^^
        |
        hint: one suffix may follow a number: \`k\` (thousand), \`M\` (million) or \`G\` (thousand million)

      error[NAS1009]: \`2x\` is not a number
       --> test.nas:6:11
        |
      6 |   let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e
        |           ^^
        |
        hint: a name cannot begin with a digit; a product is written \`2 * x\`

      error[NAS1009]: \`1_000\` is not a number
       --> test.nas:6:16
        |
      6 |   let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e
        |                ^^^^^
        |
        hint: write \`1000\`, without \`_\`

      error[NAS1009]: \`1.2.3\` is not a number
       --> test.nas:6:24
        |
      6 |   let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e
        |                        ^^^^^
        |
        hint: a number has one point

      error[NAS1009]: \`0x10\` is not a number
       --> test.nas:6:32
        |
      6 |   let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e
        |                                ^^^^
        |
        hint: numbers are decimal

      error[NAS1009]: \`1e\` is not a number
       --> test.nas:6:39
        |
      6 |   let d = 2x + 1_000 + 1.2.3 + 0x10 + 1e
        |                                       ^^
        |
        hint: an exponent is an integer: \`1e-3\`

      8 errors"
    `);
  });

  it('NAS1010', () => {
    expect(errorsOf('nas 1\nmotif f(x) = 99999999999999999999 + 1e999\n')).toMatchInlineSnapshot(`
      "error[NAS1010]: \`99999999999999999999\` is too large
       --> test.nas:2:14
        |
      2 | motif f(x) = 99999999999999999999 + 1e999
        |              ^^^^^^^^^^^^^^^^^^^^
        |
        expected: at most 9007199254740991 for an integer, about 1.8e308 for others

      error[NAS1010]: \`1e999\` is too large
       --> test.nas:2:37
        |
      2 | motif f(x) = 99999999999999999999 + 1e999
        |                                     ^^^^^
        |
        expected: at most 9007199254740991 for an integer, about 1.8e308 for others

      2 errors"
    `);
  });

  it('NAS1011', () => {
    expect(errorsOf('nas 1\nmotif f(x) = g("abc)\n')).toMatchInlineSnapshot(`
      "error[NAS1011]: this string does not end on its line
       --> test.nas:2:16
        |
      2 | motif f(x) = g("abc)
        |                ^^^^^ begins here
        |
        hint: end it with \`"\` before the end of the line

      1 error"
    `);
  });

  it('NAS1012', () => {
    expect(errorsOf('nas 1\nmotif f(x) = "a\\q"\n')).toMatchInlineSnapshot(`
      "error[NAS1012]: \`\\q\` is not an escape
       --> test.nas:2:16
        |
      2 | motif f(x) = "a\\q"
        |                ^^
        |
        hint: write a backslash itself as \`\\\\\`

      1 error"
    `);
  });

  it('NAS1014', () => {
    expect(errorsOf('nas 1\nspace for {\n  let of = 1\n  let a = f(if: 3)\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1014]: \`for\` is a word of the language and cannot be a name
       --> test.nas:2:7
        |
      2 | space for {
        |       ^^^
        |
        expected: another name

      1 error"
    `);
  });
});
