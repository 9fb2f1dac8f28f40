/**
 * The whole text that a person reads for each syntax error. One long file on purpose: a golden for every code of
 * the family, side by side, so that their wording can be compared.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../grammar/catalogue.ts';
import { syntaxEntries } from '../../grammar/catalogue/syntax.ts';
import { nestingLimit, operatorLimit } from '../../grammar/layout.ts';
import { locate } from '../../grammar/locate.ts';
import { parse, sizeLimit } from '../../grammar/parse.ts';
import { reportLimit } from '../../grammar/reports.ts';
import { codesOf, errorsOf } from './sexpr.ts';

describe('what a person reads', () => {
  it('NAS1001 names what could stand there', () => {
    expect(
      errorsOf(
        'nas 1\nspace s {\n  let a = conv(16 3, 4 5)\n  ouput a\n  let b = if a then 1\n  require a = 3\n  x |> f\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`3\`
       --> test.nas:3:19
        |
      3 |   let a = conv(16 3, 4 5)
        |                   ^
        |
        expected: an operator, \`,\`, \`;\` or \`)\`

      error[NAS1001]: unexpected \`5\`
       --> test.nas:3:24
        |
      3 |   let a = conv(16 3, 4 5)
        |                        ^
        |
        expected: an operator, \`,\`, \`;\` or \`)\`

      error[NAS1001]: unexpected \`ouput\`
       --> test.nas:4:3
        |
      4 |   ouput a
        |   ^^^^^
        |
        expected: \`input\`, \`let\`, \`nodes\`, \`output\`, \`require\` or \`}\`
        hint: did you mean \`output\`?

      error[NAS1001]: unexpected end of the line
       --> test.nas:5:22
        |
      5 |   let b = if a then 1
        |                      ^
        |
        expected: an operator or \`else\`
        hint: every \`if\` has an \`else\`: \`if a then b else c\`

      error[NAS1001]: unexpected \`=\`
       --> test.nas:6:13
        |
      6 |   require a = 3
        |             ^
        |
        expected: an operator, \`,\`, the end of the line or \`}\`
        hint: to compare, write \`==\`; \`=\` stands only after \`let\`

      error[NAS1001]: unexpected \`x\`
       --> test.nas:7:3
        |
      7 |   x |> f
        |   ^
        |
        expected: \`input\`, \`let\`, \`nodes\`, \`output\`, \`require\` or \`}\`
        hint: give the value a name with \`let\`, or make it the \`output\`

      6 errors"
    `);
  });

  it('NAS1001 at the end of a line', () => {
    expect(
      errorsOf(
        'nas 1\nmotif g(x)\n  = x\nmotif h(x)\n{\n  x\n}\nspace s {\n  let a = x |>\n  let b\n  let c = f(3,)\n  let d = choose -1..1\n  let e = x |> repeat 3 f\n}\n',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected end of the line
       --> test.nas:2:11
        |
      2 | motif g(x)
        |           ^
        |
        expected: \`=\` or \`{\`
        hint: put the \`=\` at the end of the line above: a newline ends the item

      error[NAS1001]: unexpected end of the line
       --> test.nas:4:11
        |
      4 | motif h(x)
        |           ^
        |
        expected: \`=\` or \`{\`
        hint: put the \`{\` at the end of the line above: a newline ends the item

      error[NAS1001]: unexpected end of the line
       --> test.nas:9:15
        |
      9 |   let a = x |>
        |               ^
        |
        expected: an expression

      error[NAS1001]: unexpected end of the line
        --> test.nas:10:8
         |
      10 |   let b
         |        ^
         |
         expected: \`=\` and a value

      error[NAS1001]: unexpected \`)\`
        --> test.nas:11:15
         |
      11 |   let c = f(3,)
         |               ^
         |
         expected: an expression
         hint: remove the \`,\` before it

      error[NAS1001]: unexpected \`-\`
        --> test.nas:12:18
         |
      12 |   let d = choose -1..1
         |                  ^
         |
         expected: a name, \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`
         hint: a computed number stands in parentheses: \`choose (-1)..1\`

      error[NAS1001]: unexpected \`f\`
        --> test.nas:13:25
         |
      13 |   let e = x |> repeat 3 f
         |                         ^
         |
         expected: \`{\` and the stage to repeat
         hint: the stage to repeat stands in braces: \`repeat 3 { conv(16, 3) }\`

      7 errors"
    `);
  });

  it('NAS1001 in headers and searches', () => {
    expect(
      errorsOf(
        'nas 1\nmotif f(x, c = 3) = x\nsearch q of s {\n  data: digits\n  maximize\n  evaluate train(epochs = 5)\n  budget 20 trials or minutes\n}\nspce t { }\nspace',
      ),
    ).toMatchInlineSnapshot(`
      "error[NAS1001]: unexpected \`=\`
       --> test.nas:2:14
        |
      2 | motif f(x, c = 3) = x
        |              ^
        |
        expected: \`,\`, \`;\` or \`)\`
        hint: a parameter with a default is static, and static parameters stand after \`;\`: \`motif f(x; c = 16)\`

      error[NAS1001]: unexpected \`:\`
       --> test.nas:4:7
        |
      4 |   data: digits
        |       ^
        |
        expected: a value
        hint: write the value after the name alone, as in \`data ...\`

      error[NAS1001]: unexpected end of the line
       --> test.nas:5:11
        |
      5 |   maximize
        |           ^
        |
        expected: a value

      error[NAS1001]: unexpected \`=\`
       --> test.nas:6:25
        |
      6 |   evaluate train(epochs = 5)
        |                         ^
        |
        expected: an operator, \`,\`, \`;\` or \`)\`
        hint: a named argument is written with \`:\`, as in \`k: 3\`

      error[NAS1001]: unexpected \`minutes\`
       --> test.nas:7:23
        |
      7 |   budget 20 trials or minutes
        |                       ^^^^^^^
        |
        expected: a number

      error[NAS1001]: unexpected \`spce\`
       --> test.nas:9:1
        |
      9 | spce t { }
        | ^^^^
        |
        expected: a declaration such as \`space\`, \`motif\`, \`cell\` or \`search\`
        hint: did you mean \`space\`?

      error[NAS1001]: unexpected end of the text
        --> test.nas:10:6
         |
      10 | space
         |      ^
         |
         expected: a name

      7 errors"
    `);
  });

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

/** One line for each error: its place, what was found and expected, and the advice. */
function briefly(text: string): string {
  const { diagnostics } = parse({ name: 'test.nas', text: `nas 1\n${text}\n` });
  const source = { name: 'test.nas', text: `nas 1\n${text}\n` };
  return diagnostics
    .map((d) => {
      const { line, column } = locate(source, d.primary?.location.span.start ?? 0);
      const parts = [d.message, d.expected && `expected ${d.expected}`, d.hint && `hint: ${d.hint}`];
      return `${line - 1}:${column} ${d.code} ${parts.filter(Boolean).join('; ')}`;
    })
    .join('\n');
}

const inSpace = (item: string): string => briefly(`space s {\n  ${item}\n}`);
const inMotif = (value: string): string => briefly(`motif f(x) = ${value}`);

describe('what a beginner gets wrong', () => {
  it('in declarations', () => {
    const wrong = [
      'use cells.nas',
      'use',
      'cell c[6] = x',
      'cell (x) = x',
      'normal motif f(x) = x',
      'normal cell',
      'cell c[](x) = x',
      'motif f(x; k: 3) = x',
      'notation bits darts "{op}"',
      'notation bits of darts',
      'moves net2net { widen f }',
      'property small for a in s { a.params < 3 }',
      'property "small" of s { true }',
      'property "small" for a of s { true }',
      'property "small" for a in s { }',
      'property "small" for a in s { a\n b }',
      'property "small" for a in s = true',
      'genome { inputs 2 }',
      'genome xor { inputs: 2, outputs = 1, let a = 3 }',
      'program p { setup 10 of dot, learn of [dot] }',
      'search q of s { data digits(x }',
      'cel c(x) = x',
      'nodes n[3] = x',
    ];
    expect(wrong.map((text) => `${text}\n${briefly(text)}`).join('\n\n')).toMatchInlineSnapshot(`
      "use cells.nas
      1:5 NAS1001 unexpected \`cells\`; expected a file name in double quotes; hint: write \`use "file.nas"\`

      use
      1:4 NAS1001 unexpected end of the text; expected a file name in double quotes; hint: write \`use "file.nas"\`

      cell c[6] = x
      1:11 NAS1001 unexpected \`=\`; expected \`(\` and the parameters, or \`[\`

      cell (x) = x
      1:6 NAS1001 unexpected \`(\`; expected a name

      normal motif f(x) = x
      1:8 NAS1001 unexpected \`motif\`; expected \`cell\`

      normal cell
      1:12 NAS1001 unexpected end of the text; expected a name

      cell c[](x) = x
      1:8 NAS1001 unexpected \`]\`; expected an expression; hint: write how many: \`cell m[6](x; c)\`

      motif f(x; k: 3) = x
      1:13 NAS1001 unexpected \`:\`; expected \`=\`, \`,\` or \`)\`; hint: a default is written with \`=\`, as in \`classes = 10\`

      notation bits darts "{op}"
      1:15 NAS1001 unexpected \`darts\`; expected \`of\` and the name of a space; hint: write \`notation NAME of SPACE "{path}"\`

      notation bits of darts
      1:23 NAS1001 unexpected end of the text; expected a text in double quotes; hint: write \`notation NAME of SPACE "{path}"\`

      moves net2net { widen f }
      1:7 NAS1001 unexpected \`net2net\`; expected \`of\` and the name of a space; hint: write \`moves of SPACE { widen f, deepen depth }\`

      property small for a in s { a.params < 3 }
      1:10 NAS1001 unexpected \`small\`; expected a name in double quotes; hint: write \`property "name" for a in SPACE { ... }\`

      property "small" of s { true }
      1:18 NAS1001 unexpected \`of\`; expected \`for\` and a name for the architecture; hint: write \`property "name" for a in SPACE { ... }\`

      property "small" for a of s { true }
      1:24 NAS1001 unexpected \`of\`; expected \`in\` and the name of a space; hint: write \`property "name" for a in SPACE { ... }\`

      property "small" for a in s { }
      1:29 NAS1001 unexpected \`{ }\`; expected an expression between the braces

      property "small" for a in s { a
       b }
      2:2 NAS1001 unexpected second expression; hint: a property is one expression: join its parts with \`and\`

      property "small" for a in s = true
      1:29 NAS1001 unexpected \`=\`; expected \`{\`; hint: write \`property "name" for a in SPACE { ... }\`

      genome { inputs 2 }
      1:8 NAS1001 unexpected \`{\`; expected a name

      genome xor { inputs: 2, outputs = 1, let a = 3 }
      1:20 NAS1001 unexpected \`:\`; expected a value; hint: write the value after the name alone, as in \`inputs ...\`
      1:33 NAS1001 unexpected \`=\`; expected a value; hint: write the value after the name alone, as in \`outputs ...\`
      1:38 NAS1021 \`let\` cannot stand among fields; hint: a field is a name and a value, as in \`seed 1\`

      program p { setup 10 of dot, learn of [dot] }
      1:25 NAS1001 unexpected \`dot\`; expected \`[\`
      1:36 NAS1001 unexpected \`of\`; expected a value

      search q of s { data digits(x }
      1:31 NAS1005 \`(\` is never closed; expected \`)\` before this

      cel c(x) = x
      1:1 NAS1001 unexpected \`cel\`; expected a declaration such as \`space\`, \`motif\`, \`cell\` or \`search\`; hint: did you mean \`cell\`?

      nodes n[3] = x
      1:1 NAS1021 \`nodes\` cannot stand outside of a space; hint: a file holds declarations such as \`space\`, \`motif\`, \`cell\` and \`search\`"
    `);
  });

  it('in statements', () => {
    const wrong = [
      'nodes n = x',
      'nodes n[4]',
      'nodes n[i = 4] = x',
      'nodes n[] = x',
      'nodes 4 = x',
      'node n[4] = x',
      'let a, b = f(x)',
      'let [a, b] = f(x)',
      'let () = f(x)',
      'output aux = x',
      'output aux: ',
      'normal cell f(x) = x',
      'use "a.nas"',
      'nodes n[4] { let y = x }',
    ];
    expect(wrong.map((text) => `${text}\n${inSpace(text)}`).join('\n\n')).toMatchInlineSnapshot(`
      "nodes n = x
      2:11 NAS1001 unexpected \`=\`; expected \`[\` and the number of nodes; hint: write how many: \`nodes n[4] = ...\`

      nodes n[4]
      2:13 NAS1001 unexpected end of the line; expected \`=\` or \`{\`

      nodes n[i = 4] = x
      2:13 NAS1001 unexpected \`=\`; expected an operator or \`]\`; hint: the index is followed by \`:\`, as in \`nodes n[i: 4] = ...\`

      nodes n[] = x
      2:11 NAS1001 unexpected \`]\`; expected an expression; hint: write how many: \`nodes n[4] = ...\`

      nodes 4 = x
      2:9 NAS1001 unexpected \`4\`; expected a name

      node n[4] = x
      2:3 NAS1001 unexpected \`node\`; expected \`input\`, \`let\`, \`nodes\`, \`output\`, \`require\` or \`}\`; hint: did you mean \`nodes\`?

      let a, b = f(x)
      2:8 NAS1001 unexpected \`,\`; expected \`=\` and a value; hint: several names stand in parentheses: \`let (a, b) = ...\`
      2:10 NAS1001 unexpected \`b\`; expected \`input\`, \`let\`, \`nodes\`, \`output\`, \`require\` or \`}\`; hint: give the value a name with \`let\`, or make it the \`output\`

      let [a, b] = f(x)
      2:7 NAS1001 unexpected \`[\`; expected a name; hint: several names stand in parentheses: \`let (a, b) = ...\`

      let () = f(x)
      2:7 NAS1001 unexpected \`()\`; expected names in the parentheses

      output aux = x
      2:14 NAS1001 unexpected \`=\`; expected an operator, \`,\`, the end of the line or \`}\`; hint: an output with a name is written \`output aux: ...\`

      output aux: 
      2:14 NAS1001 unexpected end of the line; expected an expression

      normal cell f(x) = x
      2:3 NAS1021 \`normal\` cannot stand inside a space; hint: move it outside of all braces

      use "a.nas"
      2:3 NAS1021 \`use\` cannot stand inside a space; hint: move it outside of all braces

      nodes n[4] { let y = x }
      2:26 NAS1018 this body has no value; hint: end the body with its value, for example \`y\`"
    `);
  });

  it('in expressions', () => {
    const wrong = [
      'for i in 1..3 f(x)',
      'for i of 1..3 { f }',
      'for a, b in xs { f }',
      'for i = 1..3 { f }',
      'for [a, b] in xs { f }',
      '[for h in xs: f(h)]',
      'add(for h in xs { f(h) } for)',
      '[f(h) for h in xs, g(h)]',
      '[f(a, b) for a in xs for b in ys]',
      '[h for h in xs if c else h]',
      '[f(h) for h xs]',
      'f(x, g(h) for h in xs)',
      'f(; g(h) for h in xs)',
      'x |> f(h) for h in xs',
      'add(...xs)',
      '...xs',
      'x[]',
      'x[1, 2]',
      'x.',
      'x.1',
      'x.for',
      'a not in b',
      'a in b in c',
    ];
    expect(wrong.map((text) => `${text}\n${inMotif(text)}`).join('\n\n')).toMatchInlineSnapshot(`
      "for i in 1..3 f(x)
      1:28 NAS1001 unexpected \`f\`; expected an operator or \`{\` and a stage; hint: the stage stands in braces: \`for i in 1..3 { conv(16, 3) }\`

      for i of 1..3 { f }
      1:20 NAS1001 unexpected \`of\`; expected \`in\` and a list; hint: write \`for x in xs\`

      for a, b in xs { f }
      1:19 NAS1001 unexpected \`,\`; expected \`in\` and a list; hint: several names stand in parentheses: \`for (a, b) in ...\`
      1:21 NAS1001 unexpected \`b\`; expected a declaration such as \`space\`, \`motif\`, \`cell\` or \`search\`

      for i = 1..3 { f }
      1:20 NAS1001 unexpected \`=\`; expected \`in\` and a list; hint: write \`for x in xs\`

      for [a, b] in xs { f }
      1:18 NAS1001 unexpected \`[\`; expected a name; hint: several names stand in parentheses: \`for (a, b) in ...\`

      [for h in xs: f(h)]
      1:26 NAS1001 unexpected \`:\`; expected an operator or \`{\` and a stage; hint: in a list the value comes first: \`[f(h) for h in hs]\`

      add(for h in xs { f(h) } for)
      1:42 NAS1001 unexpected \`)\`; expected a name

      [f(h) for h in xs, g(h)]
      1:20 NAS1001 unexpected \`for\`; hint: a list with \`for\` has one item: \`[f(h) for h in xs]\`

      [f(a, b) for a in xs for b in ys]
      1:35 NAS1001 unexpected \`for\`; expected an operator, \`,\`, \`for\` or \`]\`; hint: a list has one \`for\`: put a list into the list

      [h for h in xs if c else h]
      1:34 NAS1001 unexpected \`else\`; expected an operator, \`,\`, \`for\` or \`]\`; hint: behind \`for\` a condition has no \`else\`; values are chosen before it: \`[if c then a else b for h in hs]\`

      [f(h) for h xs]
      1:26 NAS1001 unexpected \`xs\`; expected \`in\` and a list; hint: write \`for x in xs\`

      f(x, g(h) for h in xs)
      1:24 NAS1001 unexpected \`for\`; hint: only the first argument may do without brackets: \`f(x, [g(h) for h in xs])\`

      f(; g(h) for h in xs)
      1:23 NAS1001 unexpected \`for\`; hint: only the first argument may do without brackets: \`f(x, [g(h) for h in xs])\`

      x |> f(h) for h in xs
      1:24 NAS1001 unexpected \`for\`; expected the end of the line; hint: a list with \`for\` stands in brackets: \`[f(x) for x in xs]\`

      add(...xs)
      1:18 NAS1001 unexpected \`...\`; expected an expression; hint: a spread stands in a list: \`add([...xs])\`

      ...xs
      1:14 NAS1001 unexpected \`...\`; expected an expression; hint: a spread stands in a list or among alternatives: \`[x, ...xs]\`

      x[]
      1:16 NAS1001 unexpected \`]\`; expected an expression; hint: an element is selected by its number, counted from 0: \`n[0]\`

      x[1, 2]
      1:17 NAS1001 unexpected \`,\`; expected an operator or \`]\`; hint: one element is selected at a time: \`x[1][2]\`

      x.
      1:16 NAS1001 unexpected end of the text; expected a name

      x.1
      1:15 NAS1009 \`.1\` is not a number; hint: an element is selected with brackets: \`[1]\`

      x.for
      1:16 NAS1014 \`for\` is a word of the language and cannot be a name; expected another name

      a not in b
      1:16 NAS1001 unexpected \`not\`; expected the end of the line; hint: write \`not\` first: \`not a in b\`

      a in b in c
      1:21 NAS1016 comparisons do not chain; hint: join two comparisons with \`and\`: \`2 < depth and depth < 5\`"
    `);
  });

  it('in choices', () => {
    const wrong = [
      'choose',
      'choose op',
      'choose xs',
      'choose [3, 5]',
      'choose 3',
      'choose 2 xs',
      'choose 2 {a, b}',
      'choose 2 of [a, b]',
      'choose 2 of xs',
      'choose of {a, b}',
      'choose any {a, b}',
      'choose any xs',
      'choose from {a, b}',
      'choose from',
      'choose n from xs',
      'choose 2 * n from xs',
      'choose -1 from xs',
      'choose 1..2 in xs',
      'choose {a if c}',
      'choose {a: conv(16, 3) when c}',
      'choose {a = conv(16, 3)}',
      'choose {a when: b}',
      'choose {for: a, in: b}',
      'choose {3 when c: a}',
      'choose {(a): b}',
      'choose {a: b: c}',
      'choose {...}',
      'choose {x.y: a, x[0]: b}',
      'if a when b then c else d',
    ];
    expect(wrong.map((text) => `${text}\n${inMotif(text)}`).join('\n\n')).toMatchInlineSnapshot(`
      "choose
      1:20 NAS1001 unexpected end of the text; expected a name, \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`

      choose op
      1:23 NAS1001 unexpected end of the text; expected \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`; hint: \`op\` is the name of this choice; a list follows \`from\`: \`choose from xs\`

      choose xs
      1:23 NAS1001 unexpected end of the text; expected \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`; hint: \`xs\` is the name of this choice; a list follows \`from\`: \`choose from xs\`

      choose [3, 5]
      1:21 NAS1001 unexpected \`[\`; expected a name, \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`; hint: alternatives stand in braces, \`choose {3, 5}\`; a list follows \`from\`, \`choose from xs\`

      choose 3
      1:22 NAS1001 unexpected end of the text; expected \`..\`, \`of\` or \`from\`; hint: one number is no choice: write a range, \`choose 1..3\`, or \`choose 2 from xs\`

      choose 2 xs
      1:23 NAS1001 unexpected \`xs\`; expected \`..\`, \`of\` or \`from\`; hint: so many elements of a list are written \`choose 2 from xs\`

      choose 2 {a, b}
      1:23 NAS1001 unexpected \`{\`; expected \`..\`, \`of\` or \`from\`; hint: so many alternatives are written \`choose 2 of {a, b, c}\`

      choose 2 of [a, b]
      1:26 NAS1001 unexpected \`[\`; expected \`{\` and alternatives; hint: a list follows \`from\`: \`choose 2 from xs\`

      choose 2 of xs
      1:26 NAS1001 unexpected \`xs\`; expected \`{\` and alternatives; hint: a list follows \`from\`: \`choose 2 from xs\`

      choose of {a, b}
      1:21 NAS1001 unexpected \`of\`; expected a name, \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`; hint: say how many: \`choose any of {a, b}\` or \`choose 2 of {a, b}\`

      choose any {a, b}
      1:25 NAS1001 unexpected \`{\`; expected \`of\` or \`from\`; hint: write \`choose any of {a, b}\`

      choose any xs
      1:25 NAS1001 unexpected \`xs\`; expected \`of\` or \`from\`; hint: write \`choose any from xs\`

      choose from {a, b}
      1:26 NAS1001 unexpected \`{\`; expected an expression; hint: alternatives follow \`of\`, as in \`choose 2 of {a, b}\`; for one of them, write \`choose {a, b}\`

      choose from
      1:25 NAS1001 unexpected end of the text; expected an expression

      choose n from xs


      choose 2 * n from xs
      1:23 NAS1001 unexpected \`*\`; expected \`..\`, \`of\` or \`from\`; hint: a computed number stands in parentheses: \`choose (2 * n) from xs\`

      choose -1 from xs
      1:21 NAS1001 unexpected \`-\`; expected a name, \`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\`; hint: a computed number stands in parentheses: \`choose (-1)..1\`

      choose 1..2 in xs


      choose {a if c}
      1:24 NAS1001 unexpected \`if\`; expected an operator, \`when\`, \`,\`, the end of the line or \`}\`; hint: a condition is written with \`when\`, before the \`:\`: \`wide when c > 16: conv(64, 3)\`

      choose {a: conv(16, 3) when c}
      1:37 NAS1001 unexpected \`when\`; expected an operator, \`when\`, \`,\`, the end of the line or \`}\`; hint: a condition is written with \`when\`, before the \`:\`: \`wide when c > 16: conv(64, 3)\`

      choose {a = conv(16, 3)}
      1:24 NAS1001 unexpected \`=\`; expected an operator, \`when\`, \`,\`, the end of the line or \`}\`; hint: a label is followed by \`:\`, as in \`wide: conv(64, 3)\`; to compare, write \`==\`

      choose {a when: b}
      1:28 NAS1001 unexpected \`:\`; expected an expression

      choose {for: a, in: b}
      1:22 NAS1014 \`for\` is a word of the language and cannot be a name; expected another name
      1:30 NAS1014 \`in\` is a word of the language and cannot be a name; expected another name

      choose {3 when c: a}
      1:22 NAS1020 only a name can label an alternative; hint: leave the label out, or begin it with a letter: \`k3: conv(16, 3)\`

      choose {(a): b}
      1:22 NAS1020 only a name can label an alternative; hint: leave the label out, or begin it with a letter: \`k3: conv(16, 3)\`

      choose {a: b: c}
      1:26 NAS1001 unexpected \`:\`; expected an operator, \`when\`, \`,\`, the end of the line or \`}\`

      choose {...}
      1:25 NAS1001 unexpected \`}\`; expected an expression

      choose {x.y: a, x[0]: b}
      1:22 NAS1020 only a name can label an alternative; hint: leave the label out, or begin it with a letter: \`k3: conv(16, 3)\`
      1:30 NAS1020 only a name can label an alternative; hint: leave the label out, or begin it with a letter: \`k3: conv(16, 3)\`

      if a when b then c else d
      1:19 NAS1001 unexpected \`when\`; expected an operator or \`then\`; hint: \`when\` stands in alternatives; elsewhere, write \`if a then b else c\`"
    `);
  });

  it('in architectures', () => {
    const wrong = [
      'normal.n: 3',
      'normal.n = {s0 = sep_conv_3}',
      'normal.n = "sep_conv_3"',
      '"normal.n" = 3',
      'normal.n == 3',
      'normal.n = choose {a, b}',
      'normal.n',
      'normal. = 3',
      'normal[1.5] = 3',
      'normal[-1] = 3',
      'normal[] = 3',
      'normal.n = [a b]',
      'normal.n = a + b',
      'normal.n = {a: b c: d}',
      'normal.n =',
      'let n = 3',
    ];
    const inArchitecture = (entry: string): string => briefly(`architecture A of s {\n  ${entry}\n}`);
    expect(wrong.map((text) => `${text}\n${inArchitecture(text)}`).join('\n\n')).toMatchInlineSnapshot(`
      "normal.n: 3
      2:11 NAS1001 unexpected \`:\`; expected \`.\`, \`[\` or \`=\` and an answer; hint: at the top of an architecture write \`path = answer\`

      normal.n = {s0 = sep_conv_3}
      2:18 NAS1001 unexpected \`=\`; expected \`.\`, \`[\` or \`:\` and an answer; hint: inside of braces write \`path: answer\`

      normal.n = "sep_conv_3"
      2:14 NAS1001 unexpected string "sep_conv_3"; expected an answer; hint: labels are written without quotes

      "normal.n" = 3
      2:3 NAS1001 unexpected string "normal.n"; expected a path, as in \`normal.n[2].op\`; hint: paths are written without quotes

      normal.n == 3
      2:12 NAS1001 unexpected \`==\`; expected \`.\`, \`[\` or \`=\` and an answer

      normal.n = choose {a, b}
      2:14 NAS1001 unexpected \`choose\`; expected an answer; hint: an architecture answers what the space leaves open: write the label

      normal.n
      2:11 NAS1001 unexpected end of the line; expected \`.\`, \`[\` or \`=\` and an answer

      normal. = 3
      2:11 NAS1001 unexpected \`=\`; expected a name

      normal[1.5] = 3
      2:10 NAS1001 unexpected \`1.5\`; expected a whole number, counted from 0

      normal[-1] = 3
      2:10 NAS1001 unexpected \`-\`; expected a number or a name

      normal[] = 3
      2:10 NAS1001 unexpected \`]\`; expected a number or a name

      normal.n = [a b]
      2:17 NAS1001 unexpected \`b\`; expected \`,\` or \`]\`

      normal.n = a + b
      2:16 NAS1001 unexpected \`+\`; expected \`,\`, the end of the line or \`}\`

      normal.n = {a: b c: d}
      2:20 NAS1001 unexpected \`c\`; expected \`,\`, the end of the line or \`}\`

      normal.n =
      2:13 NAS1001 unexpected end of the line; expected an answer

      let n = 3
      2:3 NAS1021 \`let\` cannot stand in an architecture; hint: an architecture holds answers: \`path = answer\`"
    `);
    expect(briefly('architecture A { a = 3 }\narchitecture A of s = a')).toMatchInlineSnapshot(`
      "1:16 NAS1001 unexpected \`{\`; expected \`of\` and the name of a space
      2:21 NAS1001 unexpected \`=\`; expected \`(\` or \`{\`"
    `);
  });
});

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

describe('the catalogue', () => {
  it('gives every kind its own code', () => {
    const codes = Object.values(catalogue).map((e) => e.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('explains every syntax error at some length', () => {
    for (const entry of Object.values(syntaxEntries)) {
      expect(entry.code).toMatch(/^NAS1\d{3}$/);
      expect(entry.explanation.length).toBeGreaterThanOrEqual(100);
    }
  });
});
