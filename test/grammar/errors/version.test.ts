/** The whole text that a person reads for a version line that is missing, misplaced or unknown. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

describe('what a person reads', () => {
  it('NAS1002', () => {
    expect(errorsOf('space s {\n  output x\n}\n')).toMatchInlineSnapshot(`
      "error[NAS1002]: the file does not begin with the version of the language
       --> test.nas:1:1
        |
      1 | space s {
        | ^^^^^
        |
        expected: \`nas 1\`
        hint: write \`nas 1\` as the first line

      1 error"
    `);
  });

  it('NAS1002 for an empty file', () => {
    expect(errorsOf('')).toMatchInlineSnapshot(`
      "error[NAS1002]: the file does not begin with the version of the language
       --> test.nas:1:1
        |
      1 |
        | ^
        |
        expected: \`nas 1\`
        hint: write \`nas 1\` as the first line

      1 error"
    `);
  });

  it('NAS1003', () => {
    expect(errorsOf('space s { output x }\nnas 1\nnas 1\n')).toMatchInlineSnapshot(`
      "error[NAS1003]: the version of the language stands once, on the first line
       --> test.nas:2:1
        |
      1 | space s { output x }
        | ----- this stands before it
      2 | nas 1
        | ^^^
        |
        hint: move it to the first line

      1 error"
    `);
  });

  it('NAS1004', () => {
    expect(errorsOf('nas 2\n')).toMatchInlineSnapshot(`
      "error[NAS1004]: this naslang reads version 1 of the language, not \`2\`
       --> test.nas:1:5
        |
      1 | nas 2
        |     ^
        |
        expected: \`nas 1\`

      1 error"
    `);
  });

  it('NAS1001 for a version line without its number', () => {
    expect(errorsOf('nas\n')).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected end of the text
       --> test.nas:1:4
        |
      1 | nas
        |    ^
        |
        expected: a version, as in \`nas 1\`

      1 error"
    `);
  });
});
