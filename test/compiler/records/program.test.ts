/** `program`: the table of instructions, exact counts, and what is refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { countPrograms, formsOf, instructionForms } from '../../../compiler/records/program.ts';
import { programOpNames, programOps } from '../../../compiler/records/programOps.ts';
import { program, told } from './check.ts';

describe('the 65 instructions', () => {
  test('stand in the order of the paper', () => {
    expect(programOpNames).toHaveLength(65);
    const at = (place: number): string | undefined => programOpNames[place];
    expect([0, 15, 27, 28, 43, 44, 49, 56, 64].map(at)).toEqual([
      'no_op',
      's_heaviside',
      'dot',
      'outer',
      'mm_mul',
      's_min',
      'm_max',
      's_const',
      'm_gaussian',
    ]);
  });

  test('are named after what they write and read', () => {
    const letter = { scalar: 's', vector: 'v', matrix: 'm' };
    for (const [name, { inputs, output, constants }] of Object.entries(programOps)) {
      const [prefix] = name.split('_');
      const read = inputs.map((type) => letter[type]).join('');
      if (/^[svm]$/.test(prefix ?? '')) expect(read, name).toMatch(new RegExp(`^${prefix}*$`));
      else if (/^[svm]{2}$/.test(prefix ?? '')) expect(read, name).toBe(prefix);
      expect(output === undefined, name).toBe(name === 'no_op');
      // What reads nothing takes constants, and the other way round.
      if (name !== 'no_op') expect(constants.length > 0, name).toBe(inputs.length === 0);
    }
  });

  test('are of so many signatures as in the paper', () => {
    const signatures = new Map<string, number>();
    for (const { inputs, output } of Object.values(programOps)) {
      const key = `${inputs.map((t) => t[0]).join('')}>${output?.[0] ?? ''}`;
      signatures.set(key, (signatures.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(signatures)).toEqual({
      '>': 1,
      'ss>s': 6,
      's>s': 11,
      'v>v': 3,
      'm>m': 4,
      'sv>v': 1,
      's>v': 1,
      'v>s': 3,
      'vv>v': 6,
      'vv>s': 1,
      'vv>m': 1,
      'sm>m': 1,
      'mv>v': 1,
      'v>m': 2,
      'm>s': 3,
      'm>v': 4,
      'mm>m': 7,
      '>s': 3,
      '>v': 3,
      '>m': 3,
    });
  });
});

const list = '[s_const, dot, s_sub, s_mul, sv_mul, v_add]';
const memory = 'memory { scalars 4, vectors 3, matrices 1 }';

describe('counts', () => {
  test('of the demonstration: 168^20, as the shipped file says', () => {
    const text = readFileSync(new URL('../../../spaces/automl_zero.nas', import.meta.url), 'utf8');
    const { value, diagnostics } = program(text.slice(text.indexOf('{\n') + 1, text.lastIndexOf('}')));
    expect(told(diagnostics)).toEqual([]);
    expect(value && instructionForms(value, 'predict')).toBe(3 + 27 + 48 + 48 + 24 + 18);
    const count = value && countPrograms(value);
    expect(count).toBe(168n ** 20n);
    expect(text.replaceAll(/\s*\/\/\/\s*/g, ' ')).toContain(`${count?.toLocaleString('en-US')} programs`);
  });

  test('of each function by itself, to the power of its length', () => {
    const fields = `features 8, ${memory}, setup 1 of [s_const], predict 2 of [dot, no_op], learn 3 of [m_transpose, outer]`;
    const { value } = program(fields);
    expect(value && countPrograms(value)).toBe(3n ** 1n * (27n + 1n) ** 2n * (1n + 9n) ** 3n);
  });

  test('the same as listing every instruction and its addresses', () => {
    const sizes = { scalars: 3, vectors: 4, matrices: 2 };
    const addresses = {
      scalar: ['s0', 's1', 's2'],
      vector: ['v0', 'v1', 'v2', 'v3'],
      matrix: ['m0', 'm1'],
    };
    for (const name of programOpNames) {
      const { inputs, output } = programOps[name];
      let forms = [name as string];
      for (const type of inputs) forms = forms.flatMap((form) => addresses[type].map((a) => `${form} ${a}`));
      if (output) {
        const writable = addresses[output].filter((a) => a !== 's0' && a !== 'v0');
        forms = forms.flatMap((form) => writable.map((a) => `${a} = ${form}`));
      }
      expect(formsOf(sizes, name), name).toBe(forms.length);
    }
  });

  test('of the longest functions at once', () => {
    const all = `1000 of [${programOpNames.join(', ')}]`;
    const largest = 'memory { scalars 256, vectors 256, matrices 256 }';
    const { value } = program(`features 16, ${largest}, setup ${all}, predict ${all}, learn ${all}`);
    expect(value && countPrograms(value) > 10n ** 20_000n).toBe(true);
  });
});

const rest = `setup 1 of ${list}, predict 1 of ${list}, learn 1 of ${list}`;
const good = `features 4, ${memory}, predict 1 of ${list}, learn 1 of ${list}`;

test.each([
  [
    '',
    [
      'NAS3113 | the program `p` does not say its `features`, `memory`, `setup`, `predict` and `learn` | at p | write `features 4, memory { scalars 4, vectors 3, matrices 1 }, setup 10 of [s_const, v_add], predict 2 of [dot, s_add], learn 8 of [s_sub, s_mul, sv_mul, v_add]`',
    ],
  ],
  [
    `features 0, ${memory}, ${rest}`,
    ['NAS3113 | `features` cannot be 0 | at 0 | expected a whole number from 1 to 4,096'],
  ],
  [
    `features 1e9, ${memory}, ${rest}`,
    ['NAS3113 | `features` cannot be 1,000,000,000 | at 1e9 | expected a whole number from 1 to 4,096'],
  ],
  [
    `features 4, memory 3, ${rest}`,
    [
      'NAS3113 | `memory` cannot be 3 | at 3 | expected fields in braces: `memory { scalars 4, vectors 3, matrices 1 }`',
    ],
  ],
  [
    `features 4, memory { scalars 4 }, ${rest}`,
    ['NAS3113 | `memory` does not say its `vectors` | at memory | write `vectors 3`'],
  ],
  [
    `features 4, memory { scalars 1, vectors 3 }, ${rest}`,
    ['NAS3113 | `scalars` cannot be 1 | at 1 | expected a whole number from 2 to 256'],
  ],
  [
    `features 4, memory { scalars 4, vectors 3, matrixes 1 }, ${rest}`,
    ['NAS3113 | `memory` has no field `matrixes` | at matrixes | did you mean `matrices`?'],
  ],
  [
    `features 4096, memory { scalars 4, vectors 3, matrices 256 }, ${rest}`,
    [
      'NAS3113 | the memory holds 4,294,979,588 numbers | at memory { scalars 4, vectors 3, matrices 256 } | expected 16,777,216 at most | take fewer features or fewer matrices',
    ],
  ],
  [
    `${good}, setup 0 of [dot]`,
    ['NAS3113 | `setup` cannot have 0 instructions | at 0 | expected a whole number from 1 to 1,000'],
  ],
  [
    `${good}, setup 1e9 of [dot]`,
    ['NAS3113 | `setup` cannot have 1e9 instructions | at 1e9 | expected a whole number from 1 to 1,000'],
  ],
  [
    `${good}, setup 1.5 of [dot]`,
    ['NAS3113 | `setup` cannot have 1.5 instructions | at 1.5 | expected a whole number from 1 to 1,000'],
  ],
  [
    `${good}, setup 3`,
    [
      'NAS3113 | `setup` cannot be 3 | at 3 | expected a length and its instructions: `setup 8 of [dot, s_sub, s_mul]`',
    ],
  ],
  [
    `${good}, setup [dot]`,
    [
      'NAS3113 | `setup` cannot be a list | at [dot] | expected a length and its instructions: `setup 8 of [dot, s_sub, s_mul]`',
    ],
  ],
  [
    `${good}, setup 1 of []`,
    ['NAS3113 | `setup` has nothing to choose from | at [] | expected one name at least'],
  ],
  [
    `${good}, setup 1 of [...ops]`,
    ['NAS3113 | `setup` is not written out | at ...ops | expected a list of names in brackets'],
  ],
  [`${good}, setup 1 of [dot, dot]`, ['NAS3113 | `dot` stands in `setup` already | at dot | leave one out']],
  [
    `${good}, setup 1 of [dot(1)]`,
    ['NAS3113 | this is no instruction | at dot(1) | expected the name of an instruction, such as `dot`'],
  ],
  [
    `${good}, setup 1 of [outher]`,
    ['NAS3115 | there is no instruction `outher` | at outher | did you mean `outer`?'],
  ],
  [
    `${good}, setup 1 of [backpropagate]`,
    [
      'NAS3115 | there is no instruction `backpropagate` | at backpropagate | the reference lists all 65, from no_op to m_gaussian',
    ],
  ],
  [
    `features 4, memory { scalars 2, vectors 1 }, setup 1 of [mv_mul], predict 1 of [dot, v_abs], learn 1 of [outer]`,
    [
      'NAS3116 | `mv_mul` reads a matrix, and the memory has no matrices | at mv_mul | write `memory { ... matrices 1 }`',
      'NAS3116 | `v_abs` writes a vector, and `v0` is read only | at v_abs | write `memory { ... vectors 2 }`',
      'NAS3116 | `outer` writes a matrix, and the memory has no matrices | at outer | write `memory { ... matrices 1 }`',
    ],
  ],
])('refused: %s', (fields, wanted) => {
  const { value, diagnostics } = program(fields);
  expect(told(diagnostics)).toEqual(wanted);
  expect(value).toBeUndefined();
});
