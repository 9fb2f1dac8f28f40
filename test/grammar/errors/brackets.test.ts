/** The whole text that a person reads for brackets that do not match. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1005', () => {
    expect(errorsOf('nas 1\nspace s {\n  let a = conv(16, 3\n  output f([a}\n\nmotif f(x) = g((x\n'))
      .toMatchInlineSnapshot(`
      "error[NAS1005]: \`(\` is never closed
       --> test.nas:4:3
        |
      3 |   let a = conv(16, 3
        |               - opened here
      4 |   output f([a}
        |   ^^^^^^ \`output\` cannot stand inside
        |
        expected: \`)\` before this

      error[NAS1007]: \`[\` is closed by \`}\`
       --> test.nas:4:14
        |
      4 |   output f([a}
        |            - ^
        |            opened here
        |
        expected: \`]\`

      error[NAS1005]: \`{\` and \`(\` are never closed
       --> test.nas:6:1
        |
      2 | space s {
        |         - opened here
      3 |   let a = conv(16, 3
      4 |   output f([a}
        |           - opened here
      5 |
      6 | motif f(x) = g((x
        | ^^^^^ \`motif\` cannot stand inside
        |
        expected: \`) }\` before this

      error[NAS1005]: \`(\` and \`(\` are never closed
       --> test.nas:6:18
        |
      6 | motif f(x) = g((x
        |               -  ^ the text ends here
        |               opened here
        |                - opened here
        |
        expected: \`) )\` before this

      4 errors"
    `);
  });

  it('NAS1006', () => {
    expect(errorsOf('nas 1\nmotif f(x) = x)\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1006]: this \`)\` closes nothing
       --> test.nas:2:15
        |
      2 | motif f(x) = x)
        |               ^
        |

      error[NAS1006]: this \`}\` closes nothing
       --> test.nas:3:1
        |
      3 | }
        | ^
        |

      2 errors"
    `);
  });

  it('NAS1007', () => {
    expect(errorsOf('nas 1\nspace s {\n  output [1, 2}\n  let b = (1]\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1007]: \`[\` is closed by \`}\`
       --> test.nas:3:15
        |
      3 |   output [1, 2}
        |          -    ^
        |          opened here
        |
        expected: \`]\`

      error[NAS1007]: \`(\` is closed by \`]\`
       --> test.nas:4:13
        |
      4 |   let b = (1]
        |           - ^
        |           opened here
        |
        expected: \`)\`

      2 errors"
    `);
  });
});
