/** The whole text that a person reads for bodies and what cannot stand in them. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1018', () => {
    expect(errorsOf('nas 1\nmotif f(x) {\n  let y = x\n}\nmotif g(x) { }\n')).toMatchInlineSnapshot(`
      "error[NAS1018]: this body has no value
       --> test.nas:4:1
        |
      3 |   let y = x
        |   --------- the last item
      4 | }
        | ^ the value is missing before this
        |
        hint: end the body with its value, for example \`y\`

      error[NAS1018]: this body has no value
       --> test.nas:5:12
        |
      5 | motif g(x) { }
        |            ^^^
        |
        expected: a value between the braces

      2 errors"
    `);
  });

  it('NAS1019', () => {
    expect(errorsOf('nas 1\nmotif h(x) {\n  x |> relu\n  (x, x)\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1019]: this value is not used
       --> test.nas:3:3
        |
      3 |   x |> relu
        |   ^^^^^^^^^
        |
        hint: begin the next line with \`|>\` or an operator to go on, or name this value with \`let\`

      1 error"
    `);
  });

  it('NAS1021', () => {
    expect(errorsOf('nas 1\nlet a = 3\nmotif f(x) {\n  output x\n}\nspace t {\n  motif g(x) = x\n}\n'))
      .toMatchInlineSnapshot(`
        "error[NAS1021]: \`let\` cannot stand outside of a space
         --> test.nas:2:1
          |
        2 | let a = 3
          | ^^^
          |
          hint: a file holds declarations such as \`space\`, \`motif\`, \`cell\` and \`search\`

        error[NAS1021]: \`output\` cannot stand in a body
         --> test.nas:4:3
          |
        4 |   output x
          |   ^^^^^^
          |
          hint: the last item of a body is its value: leave \`output\` out

        error[NAS1021]: \`motif\` cannot stand inside a space
         --> test.nas:7:3
          |
        7 |   motif g(x) = x
          |   ^^^^^
          |
          hint: move it outside of all braces

        3 errors"
      `);
  });
});
