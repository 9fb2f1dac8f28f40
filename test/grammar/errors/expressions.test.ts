/** What a beginner gets wrong in expressions and choices, with one line for each error. */
import { describe, expect, it } from 'vitest';
import { briefly } from './briefly.ts';

const inMotif = (value: string): string => briefly(`motif f(x) = ${value}`);

describe('what a beginner gets wrong', () => {
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
});
