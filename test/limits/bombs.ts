/** Small files that would keep a careless compiler busy for ever, or fill its memory, each with the code that refuses it. */

/** A space around one line of body; `x` is the image. */
function space(lines: string, motifs = ''): string {
  return `nas 1\nspace s(c = 4) {\n  input x: image[8, 8, 1]\n  ${lines}\n  output y |> global_avg_pool |> dense(10)\n}\n${motifs}`;
}

const range = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const lines = (count: number, make: (i: number) => string): string => range(count, make).join('\n  ');

const small = `nas 1\nspace s { input x: image[8, 8, 1]\n output x |> conv(choose f {1, 2}) |> classifier(2) }\n`;

export interface Bomb {
  readonly text: () => string;
  /** The code of the first error; undefined where it is no bomb after all. */
  readonly code: string | undefined;
}

/** By name. Texts are made where they are needed: some are large. */
export const bombs: Readonly<Record<string, Bomb>> = {
  'brackets 5,000 deep': {
    text: () => space(`let y = ${'('.repeat(5000)}x${')'.repeat(5000)}`),
    code: 'NAS1022',
  },
  'a pipeline of 100,000 stages': {
    text: () => space(`let y = x${' |> relu'.repeat(100_000)}`),
    code: 'NAS3002',
  },
  'a sum of 100,000 terms': {
    text: () => space(`let y = x |> conv(1${' + 1'.repeat(100_000)})`),
    code: 'NAS1023',
  },
  'a name of a megabyte': {
    text: () => space(`let ${'a'.repeat(1 << 20)} = x\n  let y = x`),
    code: 'NAS1024',
  },
  'a file of 16 MiB': { text: () => `nas 1\n// ${'x'.repeat(1 << 24)}\n`, code: 'NAS1024' },
  'an answer in 5,000 brackets': {
    text: () => `${small}architecture a of s { f = ${'['.repeat(5000)}1${']'.repeat(5000)} }\n`,
    code: 'NAS1022',
  },
  'an architecture of 20,000 answers': {
    text: () => `${small}architecture a of s {\n${range(20_000, (i) => `  f[${i}] = 1`).join('\n')}\n}\n`,
    code: 'NAS3111',
  },
  'a notation of 100,000 holes': {
    text: () => `${small}notation n of s "${'{f}'.repeat(100_000)}"\n`,
    code: undefined,
  },
  'a thousand million turns': { text: () => space('let y = x |> repeat 1G { relu }'), code: 'NAS3002' },
  'turns in turns in turns': {
    text: () => space('let y = x |> repeat 9999 { repeat 9999 { repeat 9999 { relu } } }'),
    code: 'NAS3002',
  },
  'motifs that double': {
    text: () =>
      space(
        'let y = x |> m40()',
        `motif m0(x) = x |> relu\n${range(40, (i) => `motif m${i + 1}(x) = x |> m${i}() |> m${i}()\n`).join('')}`,
      ),
    code: 'NAS3002',
  },
  'recursion a million deep': {
    text: () =>
      space('let y = x |> tree(1M)', 'motif tree(x; n) = x |> if n == 0 then identity else tree(n - 1)\n'),
    code: 'NAS3002',
  },
  'recursion that doubles': {
    text: () =>
      space(
        'let y = x |> tree(60)',
        'motif tree(x; n) = if n == 0 then x else add([tree(x; n - 1), tree(x; n - 1)])\n',
      ),
    code: 'NAS3002',
  },
  'a choice of a thousand million values': {
    text: () => space('let y = x |> conv(choose 1..1G)'),
    code: 'NAS3002',
  },
  'a choice of 99,999 values': { text: () => space('let y = x |> conv(choose 1..99999)'), code: 'NAS3002' },
  'a choice of 30,000 stages': {
    text: () => space(`let y = x |> choose { ${range(30_000, (i) => `a${i}: relu`).join(', ')} }`),
    code: 'NAS3002',
  },
  'two wide choices in one product': {
    text: () => space('let a = choose 1..3000\n  let b = choose 1..30\n  let y = x |> conv(a * b)'),
    code: 'NAS3002',
  },
  'a list of a million': { text: () => space('let y = concat([x for i in 1..1000000])'), code: 'NAS3002' },
  'a list that doubles': {
    text: () =>
      space(
        `let l0 = [x, x]\n  ${lines(40, (i) => `let l${i + 1} = [...l${i}, ...l${i}]`)}\n  let y = add(l40)`,
      ),
    code: 'NAS3002',
  },
  'lists of lists that double': {
    text: () =>
      space(`let l0 = [x, x]\n  ${lines(40, (i) => `let l${i + 1} = [l${i}, l${i}]`)}\n  let y = x`),
    code: 'NAS3002',
  },
  'a tuple that doubles': {
    text: () =>
      space(`let t0 = (1, 1)\n  ${lines(40, (i) => `let t${i + 1} = (t${i}, t${i})`)}\n  let y = x`),
    code: 'NAS3002',
  },
  'lists in lists in lists': {
    text: () =>
      space('let y = add([add([add([x |> relu for k in 1..900]) for j in 1..900]) for i in 1..900])'),
    code: 'NAS3002',
  },
  '10,000 nodes that read all before them': {
    text: () => space('nodes n[10000] = add([x, ...n])\n  let y = last(n)'),
    code: 'NAS3002',
  },
  '10,000 nodes or fewer': {
    text: () => space('nodes n[choose count 1..10000] = last([x, ...n]) |> relu\n  let y = last(n)'),
    code: 'NAS3002',
  },
  '300 nodes that each choose one before them': {
    text: () => space('nodes n[300] = choose h from [x, ...n]\n  let y = last(n)'),
    code: 'NAS3002',
  },
  'a sum over twelve open widths': {
    text: () =>
      space(
        `${lines(12, (i) => `let w${i} = choose 1..50`)}\n  let y = x |> conv(${range(12, (i) => `w${i}`).join(' + ')})`,
      ),
    code: 'NAS3003',
  },
  'a product of fourteen open widths': {
    text: () =>
      space(
        `${lines(14, (i) => `let w${i} = choose {${2 * i + 3}, ${2 * i + 5}, ${2 * i + 7}}`)}\n  let y = x |> conv(${range(14, (i) => `w${i}`).join(' * ')})`,
      ),
    code: 'NAS3003',
  },
  'forty open widths side by side': {
    text: () => space('let y = concat([x |> conv(choose w 1..100) for i in 1..40])'),
    code: 'NAS3003',
  },
  'a condition whose diagram doubles with every term': {
    text: () =>
      space(
        `${lines(60, (i) => `let b${i} = choose {true, false}`)}\n  let y = x |> if ${range(30, (i) => `(b${i} and b${i + 30})`).join(' or ')} then relu else tanh`,
      ),
    code: 'NAS3003',
  },
  '20,000 unknown names': {
    text: () =>
      `nas 1\nspace s { input x: image[8, 8, 1]\n${range(20_000, (i) => `  let y${i} = x |> u${i}`).join('\n')}\n  output x\n}\n`,
    code: 'NAS2001',
  },
  '20,000 names': {
    text: () =>
      `nas 1\nspace s { input x: image[8, 8, 1]\n${range(20_000, (i) => `  let y${i} = x |> relu`).join('\n')}\n  output x\n}\n`,
    code: undefined,
  },
  '20,000 parameters': {
    text: () =>
      space(
        `let y = x |> f(${range(20_000, String).join(', ')})`,
        `motif f(x; ${range(20_000, (i) => `p${i}`).join(', ')}) = x |> relu\n`,
      ),
    code: undefined,
  },
  'widths beyond reason': { text: () => space('let y = x |> conv(1e15)'), code: 'NAS2008' },
  'padding beyond reason': {
    text: () => space('let y = x |> conv(4, 1, padding: (1000000000, 1000000000))'),
    code: 'NAS2008',
  },
  'a million cells': {
    text: () => space('let y = x |> m[0](c)', 'cell m[1000000](x; c) = x |> choose { a: relu, b: tanh }\n'),
    code: 'NAS2002',
  },
  'files that use 200 files': {
    text: () => `nas 1\n${range(200, (i) => `use "chain${i}.nas"`).join('\n')}\n`,
    code: 'NAS3002',
  },
};
