/** The whole text that a person reads for operators that cannot stand together. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1016', () => {
    expect(errorsOf('nas 1\nspace s {\n  require 1 < x < 3\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1016]: comparisons do not chain
       --> test.nas:3:17
        |
      3 |   require 1 < x < 3
        |                 ^
        |
        hint: join two comparisons with \`and\`: \`2 < depth and depth < 5\`

      1 error"
    `);
  });

  it('NAS1017', () => {
    expect(
      errorsOf(
        'nas 1\nmotif f(x) = 1 + not x\nmotif g(x) = - -x\nmotif h(x) = 1..2..3\nmotif k(x) = 1 step 2\n',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1017]: \`not\` cannot stand here: it stands inside an operation that binds tighter
       --> test.nas:2:18
        |
      2 | motif f(x) = 1 + not x
        |                  ^^^
        |
        hint: put parentheses around \`not\` and what it belongs to

      error[NAS1017]: \`-\` cannot stand here: it follows another \`-\`
       --> test.nas:3:16
        |
      3 | motif g(x) = - -x
        |                ^
        |
        hint: put parentheses around \`-\` and what it belongs to

      error[NAS1017]: \`..\` cannot stand here: a range has two ends
       --> test.nas:4:18
        |
      4 | motif h(x) = 1..2..3
        |                  ^^
        |
        hint: a step between the values is written \`0..10 step 2\`

      error[NAS1017]: \`step\` cannot stand here: a step stands once, after a range
       --> test.nas:5:16
        |
      5 | motif k(x) = 1 step 2
        |                ^^^^
        |
        hint: write it as in \`0..10 step 2\`

      4 errors"
    `);
  });
});
