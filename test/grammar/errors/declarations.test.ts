/** What a beginner gets wrong in declarations and statements, with one line for each error. */
import { describe, expect, it } from 'vitest';
import { briefly } from './briefly.ts';

const inSpace = (item: string): string => briefly(`space s {\n  ${item}\n}`);

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
