/** Commands on files that declare genomes, programs and properties. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, nas, temporaryFolder, type Ran } from './runNas.ts';

const spaces = join(files, '..', '..', '..', 'spaces');
const digits = 168n ** 20n;

/** Runs a command on a file `t.nas` of this text. */
async function on(text: string, words: string): Promise<Ran> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 't.nas'), text);
  return nas(words, { cwd });
}

describe('nas check', () => {
  test('a genome and a program, a line each', async () => {
    expect(await nas('check neat_xor.nas', { cwd: spaces })).toEqual({
      code: 0,
      out: 'genome xor: no finite number of networks: 2 inputs and a bias, 1 output, up to 64 nodes\n',
      err: '',
    });
    expect(await nas('check automl_zero.nas', { cwd: spaces })).toEqual({
      code: 0,
      out: `program linear: 168^20 = ${digits.toLocaleString('en-US')} programs\n`,
      err: '',
    });
  });

  test('architectures, notations, moves, properties and used files', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'base.nas'), readFileSync(join(files, 'tiny.nas')));
    const text = `nas 1
use "base.nas"
architecture best of tiny { filters = 8, down = pool, down.pool.k = 3 }
notation short of tiny "{filters}-{down:index}-{down.pool.k}"
moves of tiny { widen filters }
property "small" for a in tiny { a.params <= 200 }
`;
    writeFileSync(join(cwd, 't.nas'), text);
    expect(await nas('check t.nas', { cwd })).toEqual({
      code: 0,
      out: `space tiny: 3 decisions, 9 architectures, 7 of them allowed
architecture best of tiny
notation short of tiny
moves of tiny: widen filters
property "small" of tiny
uses base.nas: space tiny
`,
      err: '',
    });
    const { out } = await nas('check t.nas --json', { cwd });
    expect(JSON.parse(out)).toEqual({
      ok: true,
      diagnostics: [],
      spaces: [{ name: 'tiny', decisions: 3, free: '9', allowed: '7' }],
      searches: [],
      genomes: [],
      programs: [],
      architectures: [{ name: 'best', space: 'tiny' }],
      notations: [{ name: 'short', space: 'tiny' }],
      moves: [{ space: 'tiny', moves: ['widen filters'] }],
      properties: [{ name: 'small', space: 'tiny' }],
      uses: [{ file: 'base.nas', declares: ['space tiny'] }],
    });
  });

  test('as JSON: a genome has no number, that of programs is exact', async () => {
    const genome = JSON.parse((await nas('check neat_xor.nas --json', { cwd: spaces })).out);
    expect(genome.genomes).toEqual([
      {
        name: 'xor',
        inputs: 2,
        bias: true,
        outputs: 1,
        activations: [{ name: 'sigmoid', steepness: 4.9 }],
        recurrent: false,
        maxNodes: 64,
        free: null,
      },
    ]);
    const program = JSON.parse((await nas('check automl_zero.nas --json', { cwd: spaces })).out);
    expect(program.programs).toEqual([
      {
        name: 'linear',
        features: 4,
        memory: { scalars: 4, vectors: 3, matrices: 1 },
        functions: {
          setup: { length: 10, forms: 168 },
          predict: { length: 2, forms: 168 },
          learn: { length: 8, forms: 168 },
        },
        free: digits.toString(),
      },
    ]);
  });

  test('everything that is wrong, wherever it stands', async () => {
    const text = `${readFileSync(join(files, 'tiny.nas'), 'utf8')}
genome g { inputs 2, outputs 1, max_nodes 1e9 }
program p { features 4, memory { scalars 2, vectors 2 }, setup 1 of [mv_mul], predict 1 of [dott], learn 1 of [dot] }
property "small" for a in tiny { a.parms < 3 }
property "small" for a in tiny { a.params < 3 }
property "grown" for a in g { true }
search s of p { data digits, budget 1 trials }
`;
    const { code, out, err } = await on(text, 'check t.nas');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    await expect(err).toMatchFileSnapshot('golden/check-records.txt');
    const told = JSON.parse((await on(text, 'check t.nas --json')).out);
    expect(told.ok).toBe(false);
    const codes = told.diagnostics.map((d: { code: string }) => d.code);
    expect(codes.toSorted()).toEqual([
      'NAS2012',
      'NAS3108',
      'NAS3108',
      'NAS3113',
      'NAS3114',
      'NAS3115',
      'NAS3116',
    ]);
  });

  test('many programs are told by their size', async () => {
    const all = '100 of [dot, s_sub]';
    const text = `nas 1\nprogram p { features 4, memory { scalars 4, vectors 3 }, setup ${all}, predict ${all}, learn 1 of [dot] }\n`;
    // 75^200 * 27: 377 digits.
    expect(await on(text, 'check t.nas')).toMatchObject({
      code: 0,
      out: 'program p: 75^200 * 27^1 = about 2.7e+376 programs\n',
    });
  });

  test('a setting of a file without spaces sets nothing', async () => {
    const { code, err } = await nas('check neat_xor.nas --set inputs=3', { cwd: spaces });
    expect(code).toBe(1);
    expect(err).toContain('error[NAS3108]: `xor` is a genome, not a space of layered networks');
  });
});

describe('nas count', () => {
  test('programs by plain digits, genomes in words', async () => {
    expect(await nas('count automl_zero.nas', { cwd: spaces })).toEqual({
      code: 0,
      out: `free ${digits}\n`,
      err: '',
    });
    expect(await nas('count neat_xor.nas', { cwd: spaces })).toEqual({
      code: 0,
      out: 'no finite number: genomes grow to 64 nodes, and weights are real numbers\n',
      err: '',
    });
  });

  test('as JSON', async () => {
    expect(JSON.parse((await nas('count neat_xor.nas --json', { cwd: spaces })).out)).toEqual({
      genome: 'xor',
      free: null,
    });
    expect(JSON.parse((await nas('count automl_zero.nas --json', { cwd: spaces })).out)).toMatchObject({
      program: 'linear',
      functions: { setup: { length: 10, forms: 168 } },
      free: digits.toString(),
    });
  });

  test('one of several', async () => {
    const text = `${readFileSync(join(files, 'tiny.nas'), 'utf8')}\ngenome g { inputs 2, outputs 1 }\n`;
    expect((await on(text, 'count t.nas --space g')).out).toContain('no finite number');
    expect((await on(text, 'count t.nas --space tiny')).out).toContain('free 9\n');
    expect(await on(text, 'count t.nas')).toEqual({
      code: 1,
      out: '',
      err: 'error[NAS2034]: this file has several things to count: tiny and g\n  hint: say which: --space tiny\n',
    });
  });

  test('a broken record is refused with its errors', async () => {
    const { code, out, err } = await on('nas 1\ngenome g { inputs 0, outputs 1 }\n', 'count t.nas');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('error[NAS3113]: `inputs` cannot be 0');
  });
});

const refused = (what: string, file: string, place: string): string =>
  `error[NAS3108]: ${what}, not a space of layered networks --> ${file}:${place} |`;

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

test.each(['show', 'sample', 'show --space', 'enumerate', 'count --of cell'])(
  'nas %s wants a space',
  async (command) => {
    const [word = '', ...options] = command.split(' ');
    const genome = await nas([word, 'neat_xor.nas', ...options], { cwd: spaces });
    expect({ code: genome.code, out: genome.out }).toEqual({ code: 1, out: '' });
    expect(onOneLine(genome.err)).toContain(refused('`xor` is a genome', 'neat_xor.nas', '6:8'));
    expect(genome.err).toContain('hint: `nas check` and `nas count` work on it');
    const program = await nas([word, 'automl_zero.nas', ...options], { cwd: spaces });
    expect(onOneLine(program.err)).toContain(refused('`linear` is a program', 'automl_zero.nas', '10:9'));
  },
);

test('nas show of the syntax works on every file', async () => {
  const { code, out } = await nas('show neat_xor.nas --ast', { cwd: spaces });
  expect(code).toBe(0);
  expect(out).toContain('genome');
});
