/** `nas compare` on searches whose trainings are faked: what it prints and keeps, how it goes on, what it refuses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StopSignal } from '../../cli/terminal.ts';
import type { FakeOptions } from '../runtime/search/fakes.ts';
import { judge } from './judge.ts';
import { Screen } from './screen.ts';
import { files, nas, temporaryFolder, type NasOptions, type Ran } from './runNas.ts';

const layers = join(files, 'layers.nas');
const strategies = 'evolution(population: 6, sample: 3), exhaustive';

interface Options extends NasOptions {
  readonly fake?: FakeOptions;
  readonly noise?: number;
}

/** Compares in a folder, by a list of strategies and other words. */
function compare(
  cwd: string,
  list: string,
  words = '',
  { fake, noise, ...options }: Options = {},
): Promise<Ran> {
  const argv = ['compare', layers, '--strategies', list, ...words.split(' ').filter((word) => word !== '')];
  return nas(argv, { cwd, evaluator: () => judge(noise, fake), ...options });
}

const experiments = async (cwd: string): Promise<{ experiment: string; seed: number; trials: number }[]> =>
  JSON.parse((await nas('trials --list --json --no-times', { cwd })).out);

describe('nas compare', () => {
  test('from the first search to the tables, the picture and the data', async () => {
    const cwd = temporaryFolder();
    const { code, out, err } = await compare(cwd, strategies, '--seeds 5 --trials 24 --svg curves.svg', {
      noise: 0.1,
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await expect(out).toMatchFileSnapshot('golden/compare.txt');
    await expect(readFileSync(join(cwd, 'curves.svg'), 'utf8')).toMatchFileSnapshot('golden/compare.svg');
    expect(await experiments(cwd)).toHaveLength(15);

    // All is there: nothing is trained again.
    const trained = { count: 0 };
    const counting = { fail: () => void trained.count++ };
    const again = await compare(cwd, strategies, '--seeds 5 --trials 24 --json', {
      fake: counting,
      noise: 0.1,
    });
    expect({ code: again.code, trained: trained.count }).toEqual({ code: 0, trained: 0 });
    const told = JSON.parse(again.out);
    expect(told).toMatchObject({ status: 'finished', search: 'brief', unit: 'evaluations', budget: 24 });
    expect(told.costs).toHaveLength(24);
    expect(told.strategies.map(({ strategy }: { strategy: string }) => strategy)).toEqual([
      'random',
      'evolution(population: 6, sample: 3)',
      'exhaustive',
    ]);
    const [random] = told.strategies;
    expect(random.runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 4, 5]);
    const ends = random.runs.map(({ curve }: { curve: { best: number }[] }) => curve.at(-1)?.best ?? NaN);
    expect(random.best.mean).toBeCloseTo(ends.reduce((a: number, b: number) => a + b, 0) / 5, 12);
    expect(random.curve.at(-1).mean).toBeCloseTo(random.best.mean, 12);

    const insight = JSON.parse((await nas(`insight ${layers} --permutations 199 --json`, { cwd })).out);
    expect(insight.samples).toHaveLength(1);
    expect(insight.samples[0].experiments).toHaveLength(15);
    expect(insight.similarity.architectures).toBe(15);
  });

  test('its searches are those that `nas search` makes', async () => {
    const cwd = temporaryFolder();
    await compare(cwd, 'evolution(population:6,sample:3)', '--seeds 2 --seed 7 --trials 8');
    const made = (await experiments(cwd)).map(({ experiment }) => experiment).sort();
    const other = temporaryFolder();
    for (const seed of [7, 8]) {
      const words = ['search', layers, '--seed', String(seed), '--trials', '8'];
      await nas(words, { cwd: other, evaluator: () => judge() });
      const more = ['--set', 'strategy=evolution(population: 6, sample: 3)'];
      await nas([...words, ...more], { cwd: other, evaluator: () => judge() });
    }
    expect((await experiments(other)).map(({ experiment }) => experiment).sort()).toEqual(made);
    for (const id of made) {
      const shown = await nas(`trials ${id} --json --no-times`, { cwd });
      expect((await nas(`trials ${id} --json --no-times`, { cwd: other })).out).toBe(shown.out);
    }
  });

  test('stopped and started again it comes to the same', async () => {
    const whole = temporaryFolder();
    const words = '--seeds 2 --trials 6 --json';
    const expected = (await compare(whole, strategies, words)).out;
    const cwd = temporaryFolder();
    let send: (name: StopSignal) => void = () => undefined;
    let made = 0;
    const fake: FakeOptions = {
      delay: 30,
      fail: () => {
        if (made++ === 16) send('SIGINT');
        return undefined;
      },
    };
    const first = await compare(cwd, strategies, words.replace('--json', ''), {
      fake,
      onStart: (signal) => (send = signal),
    });
    expect(first.code).toBe(130);
    expect(first.out).toMatch(/\nstopping\nstopped; 2 of 6 searches finished and kept in /);
    expect(first.out).toContain('The same command goes on after the last finished trial.');
    const second = await compare(cwd, strategies, words);
    expect({ code: second.code, out: second.out }).toEqual({ code: 0, out: expected });
  });

  test('a larger budget goes on; `--fresh` begins anew', async () => {
    const cwd = temporaryFolder();
    const count = { trials: 0 };
    const fake = { fail: () => void count.trials++ };
    await compare(cwd, 'random, tournament(population: 4)', '--seeds 2 --trials 5', { fake });
    const first = count.trials;
    await compare(cwd, 'random, tournament(population: 4)', '--seeds 2 --trials 7', { fake });
    // Two more trials and at most one more final training for each of four searches.
    expect(count.trials - first).toBeLessThanOrEqual(12);
    const before = count.trials;
    await compare(cwd, 'random, tournament(population: 4)', '--seeds 2 --trials 7 --fresh', { fake });
    expect(count.trials - before).toBe(4 * 8);
  });

  test('a search without a success is told of and ends nothing', async () => {
    const cwd = temporaryFolder();
    // The first two searches are those of seed 1.
    let made = 0;
    const fake: FakeOptions = { fail: () => (made++ < 3 ? 'failed' : undefined) };
    const { code, out } = await compare(cwd, 'exhaustive', '--seeds 4 --trials 3', { fake });
    expect(code).toBe(0);
    expect(out).toContain('seed 1  random      3 trials, nothing found\n');
    expect(out).toContain('random found nothing in 1 of 4 runs; the mean is of the others');
  });

  test('on a terminal the search that runs is shown in place, and leaves only lines of what has ended', async () => {
    const cwd = temporaryFolder();
    const screen = new Screen(100);
    const { code } = await compare(cwd, 'exhaustive', '--seeds 4 --trials 3', { stdout: screen });
    expect(code).toBe(0);
    const text = screen.rows.map((row) => row.join('').trimEnd()).join('\n');
    expect(text).not.toContain('search 1 of 8');
    expect(text).toMatch(
      /\nseed 1 {2}random {6}3 trials, best \d\d\.\d\d%\nseed 1 {2}exhaustive {2}3 trials/,
    );
    expect(screen.writes.join('')).toContain('search 3 of 8: random, seed 2, trial 2 of 3');
    expect(screen.cursorVisible).toBe(true);
  });

  test('a machine that cannot train stops it', async () => {
    const cwd = temporaryFolder();
    let made = 0;
    const fake: FakeOptions = { fail: () => (made++ === 5 ? 'fatal' : undefined) };
    const { code, out, err } = await compare(cwd, 'exhaustive', '--seeds 2 --trials 3', { fake });
    expect(code).toBe(1);
    expect(err).toContain('error[NAS4304]');
    expect(out).toMatch(/stopped; 1 of 4 searches finished and kept in /);
  });

  test('results are looked up where the search says so', async () => {
    const cwd = temporaryFolder();
    const { out } = await nas(`enumerate ${layers} -n 243 --json`);
    const rows = out
      .trim()
      .split('\n')
      .map((line, i) => {
        const words = Object.values<string>(JSON.parse(line).decisions.answers);
        const convolutions = words.filter((word) => word === 'conv').length;
        return `${words.join(' ')},${10 * convolutions + (i % 9)},${10 * convolutions}`;
      });
    writeFileSync(join(cwd, 'table.csv'), `arch,valid,test\n${rows.join('\n')}\n`);
    const evaluate = 'evaluate  tabular(file: "table.csv", accuracy: valid, scale: 0.01, test: test)';
    writeFileSync(join(cwd, 'table.nas'), readFileSync(layers, 'utf8').replace(/evaluate .*/, evaluate));
    const argv = [
      'compare',
      'table.nas',
      '--strategies',
      'evolution(population: 8, sample: 4)',
      '--seeds',
      '6',
      '--trials',
      '40',
      '--json',
    ];
    const ran = await nas(argv, { cwd });
    expect(ran.code).toBe(0);
    const [, evolution] = JSON.parse(ran.out).strategies;
    expect(evolution.verdict).toMatchObject({ claim: 'better' });
    expect(evolution.test.mean).toBeGreaterThan(0.35);
  });
});

describe('what it refuses', () => {
  test.each([
    ['evolutoin', '', 1, 'error[NAS4501]', 'did you mean `evolution`?'],
    ['evolution(populaton: 3)', '', 1, 'error[NAS4502]', 'did you mean `population`?'],
    ['evolution(population: 0)', '', 1, 'error[NAS4503]', ''],
    ['evolution(', '', 1, 'error[NAS', ''],
    ['evolution,', '', 2, 'error[NAS5106]', 'names parted by commas'],
    ['evolution, evolution', '', 1, 'error[NAS4906]', ''],
    ['random', '', 2, 'error[NAS5105]', '`--strategies evolution`'],
    ['evolution', '--seeds 1', 2, 'error[NAS5106]', 'a whole number from 2'],
    ['evolution', '--seed 4294967295', 2, 'error[NAS5106]', 'the first seed is 4294967295'],
    ['evolution', '--search nothing', 1, 'error[NAS', ''],
    ['evolution', '--trials 0', 2, 'error[NAS5106]', ''],
  ])('%s %s', async (list, words, code, error, hint) => {
    const cwd = temporaryFolder();
    const ran = await compare(cwd, list, words);
    expect(ran.err).toContain(error);
    expect(ran.err).toContain(hint);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).not.toContain('internal error');
    // Said before anything was made.
    expect((await nas('trials --list', { cwd })).code).not.toBe(0);
  });

  test('too few seeds for a claim are warned of, and the comparison is made', async () => {
    const { code, err, out } = await compare(temporaryFolder(), 'exhaustive', '--seeds 3 --trials 4');
    expect(code).toBe(0);
    expect(err).toBe(
      'warning[NAS4905]: with 3 seeds no difference can be told from chance: the smallest p is 0.10; 4 seeds or more can\n',
    );
    expect(out).toContain('not distinguishable from random');
  });

  test('a picture that cannot be written', async () => {
    const { code, err } = await compare(
      temporaryFolder(),
      'exhaustive',
      '--seeds 4 --trials 3 --svg no/such/folder.svg',
    );
    expect(code).toBe(2);
    expect(err).toContain('error[NAS5005]: no/such/folder.svg cannot be written');
  });
});
