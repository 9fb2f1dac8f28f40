import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NasParser } from '../../grammar/parser.ts';
import { parse, parseExpression } from '../../grammar/parse.ts';
import { codesOf, expression, expressionNode, parsed, sexpr } from './sexpr.ts';

const digits = readFileSync(new URL('../fixtures/digits.nas', import.meta.url), 'utf8');

/** The s-expressions of the items of a space. */
function items(body: string): string[] {
  const [space] = parsed(`nas 1\nspace s {\n${body}\n}\n`).declarations;
  return space?.kind === 'space' ? space.items.map(sexpr) : [];
}

/** The s-expression of a motif written after the version line. */
function declaration(text: string): string {
  return sexpr(parsed(`nas 1\n${text}\n`).declarations[0]);
}

describe('the grammar', () => {
  it('has no ambiguity within two tokens', () => {
    expect(() => new NasParser(true)).not.toThrow();
  });
});

describe('files', () => {
  it('reads the example of the language design', () => {
    const file = parsed(digits);
    expect(file.version).toBe(1);
    expect(file.declarations.map((d) => `${d.kind} ${'name' in d ? sexpr(d.name) : ''}`)).toEqual([
      'space digits',
      'motif residual',
      'search quick',
    ]);
    expect(file.comments.map((c) => [c.doc, c.ownLine])).toEqual([
      [false, false],
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('attaches documentation that stands directly above', () => {
    const file = parsed(
      'nas 1\n/// one\n/// two\nspace s {\n  /// three\n  let a = 1\n\n/// lost\n\n  let b = 2\n}\n',
    );
    const [space] = file.declarations;
    expect(space?.kind === 'space' && space.doc).toBe('one\ntwo');
    expect(space?.kind === 'space' && space.items.map((i) => 'doc' in i && i.doc)).toEqual([
      'three',
      undefined,
    ]);
  });

  it('allows comments above the version line, and nothing below it', () => {
    expect(parsed('// licence\n\nnas 1 // first\n').declarations).toEqual([]);
    expect(parsed('nas 1').declarations).toEqual([]);
  });

  it('reads CRLF files and a byte order mark', () => {
    expect(sexpr(parsed(`\uFEFF${digits.replaceAll('\n', '\r\n')}`))).toBe(sexpr(parsed(digits)));
  });
});

describe('declarations', () => {
  it('reads spaces', () => {
    expect(declaration('space s { }')).toBe('(space s [] [])');
    expect(declaration('space s(a, b = 2 * 3) {\n output a\n}')).toBe(
      '(space s [(param a) (param b (binary * 2 3))] [(output a)])',
    );
  });

  it('reads inputs, outputs, lets and requirements', () => {
    expect(
      items('input x: image[8, 8, channels: 1]\nlet a = 1\nlet (b, c) = (1, 2)\nrequire a < 3\noutput x'),
    ).toEqual([
      '(input x image [8 8 (arg channels 1)])',
      '(let a 1)',
      '(let [b c] (tuple [1 2]))',
      '(require (binary < a 3))',
      '(output x)',
    ]);
  });

  it('reads motifs with tensor and static parameters', () => {
    expect(declaration('motif f(x, y; c, k = 3) = x + y')).toBe(
      '(motif f [x y] [(param c) (param k 3)] (block [] (binary + x y)))',
    );
    expect(declaration('motif f(x) {\n  let y = x\n  require c < 3\n  y\n}')).toBe(
      '(motif f [x] [] (block [(let y x) (require (binary < c 3))] y))',
    );
    expect(declaration('motif f(; c) = c')).toBe('(motif f [] [(param c)] (block [] c))');
    expect(declaration('motif f() = relu')).toBe('(motif f [] [] (block [] relu))');
  });

  it('reads searches', () => {
    expect(
      declaration(
        'search q of s(n: 2) {\n data digits(split: writers)\n strategy random, budget 20 trials or 10 minutes\n seed 1\n}',
      ),
    ).toBe(
      '(search q s [(arg n 2)] [(field data (call digits [(arg split writers)] [])) (field strategy random) ' +
        '(field budget (amounts [(amount 20 trials) (amount 10 minutes)])) (field seed 1)])',
    );
  });
});

describe('declarations of the whole language', () => {
  it('reads what is used from other files', () => {
    expect(declaration('use "darts.nas"')).toBe('(use "darts.nas")');
  });

  it('reads cells with contracts and numbers', () => {
    expect(declaration('cell f(x; c) = x')).toBe('(cell f [x] [(param c)] (block [] x))');
    expect(declaration('normal cell normal(p, q; c) = p')).toBe(
      '(cell normal normal [p q] [(param c)] (block [] p))',
    );
    expect(declaration('reduction cell reduction[2 * n](x) {\n  x\n}')).toBe(
      '(cell reduction reduction (binary * 2 n) [x] [] (block [] x))',
    );
  });

  it('reads nodes, named outputs and patterns', () => {
    expect(
      items(
        'nodes n[4] = x\nnodes n[i: 2 * b] {\n let (y) = x, y\n}\noutput aux: x\nlet (a) = x\nlet normal = step',
      ),
    ).toEqual([
      '(nodes n 4 (block [] x))',
      '(nodes n i (binary * 2 b) (block [(let [y] x)] y))',
      '(output aux x)',
      '(let [a] x)',
      '(let normal step)',
    ]);
  });

  it('reads architectures', () => {
    expect(
      declaration(
        'architecture A of s(n: 2; 3) {\n a.n[2].h[s0] = 3, b = -1\n c = [x, n[0], (none, true)]\n d = {s0: x, n[m[0]].none: { }}\n}',
      ),
    ).toBe(
      '(architecture A s [(arg n 2) 3] [(entry `a.n[2].h[s0]` 3) (entry `b` -1) ' +
        '(entry `c` (answerList [`x` `n[0]` (answerList [(none) (bool true)])])) ' +
        '(entry `d` (answerMap [(entry `s0` `x`) (entry `n[m[0]].none` (answerMap []))]))])',
    );
  });

  it('reads notations, moves and properties', () => {
    expect(declaration('notation bits of s "{op:bits}"')).toBe('(notation bits s "{op:bits}")');
    expect(declaration('moves of s { widen f, deepen a.b }')).toBe(
      '(moves s [(field widen f) (field deepen (member a b))])',
    );
    expect(declaration('property "small" for a in s { a.params < 3 }')).toBe(
      '(property "small" a s (binary < (member a params) 3))',
    );
  });

  it('reads genomes, programs and their records', () => {
    expect(declaration('genome g { inputs 2, notation moves, step normal }')).toBe(
      '(genome g [(field inputs 2) (field notation moves) (field step normal)])',
    );
    expect(declaration('program p {\n memory { scalars 4, vectors 3 }\n setup 10 of [dot, mul]\n}')).toBe(
      '(program p [(field memory (record [(field scalars 4) (field vectors 3)])) ' +
        '(field setup (counted 10 (list [dot mul])))])',
    );
  });

  it('takes words that mean something in one place as names elsewhere', () => {
    expect(
      declaration('motif normal(notation; moves) = reduction(step, normal |> notation(moves: step))'),
    ).toBe(
      '(motif normal [notation] [(param moves)] (block [] ' +
        '(call reduction [step (pipe [normal (call notation [(arg moves step)] [])])] [])))',
    );
  });
});

describe('expressions', () => {
  it.each([
    ['1 + 2 * 3 - 4', '(binary - (binary + 1 (binary * 2 3)) 4)'],
    ['(1 + 2) * 3', '(binary * (binary + 1 2) 3)'],
    ['-a * -b', '(binary * (unary - a) (unary - b))'],
    ['a or b and not c == d', '(binary or a (binary and b (unary not (binary == c d))))'],
    ['a + 1 <= b / 2', '(binary <= (binary + a 1) (binary / b 2))'],
    ['not -a < b', '(unary not (binary < (unary - a) b))'],
    ['1..n + 1', '(range 1 (binary + n 1))'],
    ['0.0..0.5 step 0.1', '(range 0.0 0.5 0.1)'],
    ['a..b == c', '(binary == (range a b) c)'],
    ['x |> f |> g(1)', '(pipe [x f (call g [1] [])])'],
    ['(x |> f) |> g', '(pipe [(pipe [x f]) g])'],
    ['f(x, k: 3; c, d: 1)(y)', '(call (call f [x (arg k 3)] [c (arg d 1)]) [y] [])'],
    ['f(; c)', '(call f [] [c])'],
    ['()'.replace('()', 'f()'), '(call f [] [])'],
    ['if a then b else c |> d', '(if a b (pipe [c d]))'],
    ['if a then b else if c then d else e', '(if a b (if c d e))'],
    ['(a, b)', '(tuple [a b])'],
    ['[]', '(list [])'],
    ['[(1), "a b", true, none]', '(list [1 "a b" (bool true) (none)])'],
    ['choose {3, 5}', '(choose (alternatives [(alternative 3) (alternative 5)]))'],
    ['choose k {(5, 3), a}', '(choose k (alternatives [(alternative (tuple [5 3])) (alternative a a)]))'],
    [
      'choose { none: zero, wide: { let y = 1, y } }',
      '(choose (alternatives [(alternative none zero) (alternative wide (block [(let y 1)] y))]))',
    ],
    ['choose depth 1..5', '(choose depth (range 1 5))'],
    ['choose (n - 1)..n + 1 step 2', '(choose (range (binary - n 1) (binary + n 1) 2))'],
    ['choose 1..3 == 2', '(binary == (choose (range 1 3)) 2)'],
    ['repeat choose depth 1..5 { f }', '(repeat (choose depth (range 1 5)) (block [] f))'],
    ['repeat n { let a = f, a }', '(repeat n (block [(let a f)] a))'],
    ['x[i + 1][0].a.b(c)', '(call (member (member (index (index x (binary + i 1)) 0) a) b) [c] [])'],
    ['(a, b)[0]', '(index (tuple [a b]) 0)'],
    ['h in [s0, s1] and not a in b', '(binary and (binary in h (list [s0 s1])) (unary not (binary in a b)))'],
    ['[a, ...b |> f]', '(list [a (spread (pipe [b f]))])'],
    [
      '[f(h) for h in a or b if h in c]',
      '(list [(call f [h] [])] (generator h (binary or a b) (binary in h c)))',
    ],
    [
      '[choose any from 0..t for t in 0..5]',
      '(list [(choose (any) (from (range 0 t)))] (generator t (range 0 5)))',
    ],
    ['[if a then b else c for (a, b) in m]', '(list [(if a b c)] (generator [a b] m))'],
    [
      'f(h |> g for h in xs, pad: true; c)',
      '(call f [(items [(pipe [h g])] (generator h xs)) (arg pad (bool true))] [c])',
    ],
    ['f(k: h for h in xs)', '(call f [(arg k (items [h] (generator h xs)))] [])'],
    [
      'x |> for (c, n) in [(1, 2)] { f(c) }',
      '(pipe [x (for [c n] (list [(tuple [1 2])]) (block [] (call f [c] [])))])',
    ],
    ['for i in 1..n { f } |> g', '(pipe [(for i (range 1 n) (block [] f)) g])'],
    ['choose from xs', '(choose (from xs))'],
    ['choose from 0..n step 2', '(choose (from (range 0 n 2)))'],
    ['choose from a + b or x', '(binary or (choose (from (binary + a b))) x)'],
    ['choose 2 from xs', '(choose 2 (from xs))'],
    ['choose (n + 1) from xs', '(choose (binary + n 1) (from xs))'],
    ['choose read 1..4 step 3 from m', '(choose read (range 1 4 3) (from m))'],
    ['choose any from xs == c', '(binary == (choose (any) (from xs)) c)'],
    ['choose ops any of {a}', '(choose ops (any) (alternatives [(alternative a a)]))'],
    ['choose 1..2 of {a} |> add', '(pipe [(choose (range 1 2) (alternatives [(alternative a a)])) add])'],
    [
      'choose {none, ...m(c), 3 when a}',
      '(choose (alternatives [(alternative none (none)) (spread (call m [c] [])) (alternative a 3)]))',
    ],
    [
      'choose {a when b in c: d, none when e, k when f}',
      '(choose (alternatives [(alternative a (binary in b c) d) (alternative none e (none)) (alternative k f k)]))',
    ],
    ['repeat choose depth 1..5 { f }[0]', '(index (repeat (choose depth (range 1 5)) (block [] f)) 0)'],
    ['f(step: 2, a: step)', '(call f [(arg step 2) (arg a step)] [])'],
  ])('%s', (text, expected) => {
    expect(expression(text)).toBe(expected);
  });

  it('applies suffixes and keeps what was written', () => {
    const value = (text: string): unknown => {
      const node = expressionNode(text);
      return node.kind === 'number' ? [node.value, node.integer, node.raw] : undefined;
    };
    expect(value('200k')).toEqual([200_000, true, '200k']);
    expect(value('1.5M')).toEqual([1_500_000, false, '1.5M']);
    expect(value('2G')).toEqual([2e9, true, '2G']);
    expect(value('1e-3')).toEqual([0.001, false, '1e-3']);
    expect(value('0.1k')).toEqual([100, false, '0.1k']);
  });

  it('gives no value for an expression with errors', () => {
    const { value, diagnostics } = parseExpression({ name: '--set c', text: '3 +' });
    expect(value).toBeUndefined();
    expect(diagnostics.map((d) => d.code)).toEqual(['NAS1001']);
    expect(parseExpression({ name: '--set c', text: '' }).diagnostics).toHaveLength(1);
    expect(parseExpression({ name: '--set c', text: '1\n2' }).diagnostics).toHaveLength(1);
  });
});

describe('newlines', () => {
  it('end an item, unless the next line begins with an operator', () => {
    expect(items('let a = x\n\n  // comment\n  |> f\n  + y\nlet b = x')).toEqual([
      '(let a (pipe [x (binary + f y)]))',
      '(let b x)',
    ]);
    expect(items('let a = if x\n then y\n else z')).toEqual(['(let a (if x y z))']);
    expect(items('let a = x\n - y')).toEqual(['(let a (binary - x y))']);
    expect(items('let a = x\n and y\n or z')).toEqual(['(let a (binary or (binary and x y) z))']);
  });

  it('do not end a line that goes on', () => {
    expect(items('let a =\n x |>\n f +\n y')).toEqual(['(let a (pipe [x (binary + f y)]))']);
    expect(items('let a = choose {\n b:\n c\n}')).toEqual([
      '(let a (choose (alternatives [(alternative b c)])))',
    ]);
  });

  it('are white space between ( ) and [ ], but not between braces inside', () => {
    expect(items('let a = f(\n x\n ,\n [\n1\n,2\n]\n)')).toEqual(['(let a (call f [x (list [1 2])] []))']);
    expect(items('let a = f(choose {\n b\n c\n})')).toEqual([
      '(let a (call f [(choose (alternatives [(alternative b b) (alternative c c)]))] []))',
    ]);
  });

  it('never let ( and [ continue the line above', () => {
    expect(items('let a = choose {\n f\n (1, 2)\n [3]\n}')).toEqual([
      '(let a (choose (alternatives [(alternative f f) (alternative (tuple [1 2])) (alternative (list [3]))])))',
    ]);
  });

  it('are as good as commas in braces, and either may be left out before the brace', () => {
    const commas = items('let a = choose {b, c}, let d = 1,');
    expect(commas).toEqual(items('let a = choose {\nb\n\nc\n,\n}\nlet d = 1'));
  });

  it('may be \\r\\n or \\r', () => {
    expect(items('let a = 1\rlet b = 2\r\nlet c = 3')).toHaveLength(3);
  });
});

describe('spans', () => {
  const text = 'nas 1\nspace s {\n  let a = (x) |> f(1, k: (2 + 3)) |> choose { b: { c } }\n}\n';
  const found = new Map<string, string>();
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    else if (typeof node === 'object' && node !== null) {
      const { kind, span } = node as { kind?: string; span?: { start: number; end: number } };
      if (kind && span) found.set(text.slice(span.start, span.end), kind);
      Object.values(node).forEach(collect);
    }
  };
  collect(parsed(text).declarations);

  it('cover exactly what was written', () => {
    expect([...found].map(([part, kind]) => `${kind}: ${part}`)).toMatchInlineSnapshot(`
      [
        "space: space s {
        let a = (x) |> f(1, k: (2 + 3)) |> choose { b: { c } }
      }",
        "name: s",
        "let: let a = (x) |> f(1, k: (2 + 3)) |> choose { b: { c } }",
        "name: a",
        "pipe: (x) |> f(1, k: (2 + 3)) |> choose { b: { c } }",
        "reference: x",
        "call: f(1, k: (2 + 3))",
        "reference: f",
        "number: 1",
        "arg: k: (2 + 3)",
        "name: k",
        "binary: 2 + 3",
        "number: 2",
        "number: 3",
        "choose: choose { b: { c } }",
        "alternatives: { b: { c } }",
        "alternative: b: { c }",
        "name: b",
        "block: { c }",
        "reference: c",
      ]
    `);
  });
});

describe('recovery', () => {
  it('keeps what has no errors', () => {
    const text =
      'nas 1\nspace s {\n  let a = *\n  let b = f(1 2)\n  let c = 3\n}\nmotif f(x) = )\nmotif g(x) = x\n';
    const { value, diagnostics } = parse({ name: 'test.nas', text });
    expect(diagnostics).toHaveLength(3);
    expect(value?.declarations.map(sexpr)).toEqual([
      '(space s [] [(let c 3)])',
      '(motif g [x] [] (block [] x))',
    ]);
  });

  it('reports several errors of one item', () => {
    expect(
      codesOf('nas 1\nspace s {\n let a = f(1 2, 3 4, choose {5 6, a: }) |> repeat 3 { let b }\n}\n'),
    ).toEqual(Array.from({ length: 5 }, () => 'NAS1001'));
  });
});
