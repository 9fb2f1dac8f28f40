/** The whole text that a person reads where a word stands that cannot stand there. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../sexpr.ts';

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
});
