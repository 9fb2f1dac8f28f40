/** The whole text that a person reads for alternatives that are none. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1013', () => {
    expect(errorsOf('nas 1\nmotif f(x) = choose {}\n')).toMatchInlineSnapshot(`
      "error[NAS1013]: there is nothing to choose from
       --> test.nas:2:21
        |
      2 | motif f(x) = choose {}
        |                     ^^
        |
        expected: at least one alternative, as in \`{3, 5}\`

      1 error"
    `);
  });

  it('NAS1020', () => {
    expect(errorsOf('nas 1\nmotif f(x) = choose { 3: x, wide: y }\n')).toMatchInlineSnapshot(`
      "error[NAS1020]: only a name can label an alternative
       --> test.nas:2:23
        |
      2 | motif f(x) = choose { 3: x, wide: y }
        |                       ^
        |
        hint: leave the label out, or begin it with a letter: \`k3: conv(16, 3)\`

      1 error"
    `);
  });
});
