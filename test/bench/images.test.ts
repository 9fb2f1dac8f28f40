/** What `npm run bench:images` asks of searches and makes of their trials, without a device. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { Failure } from '../../bench/benchmark.ts';
import { pairOf } from '../../bench/images/curves.ts';
import { childrenOf, GROWTH, GROWTH_FILE, spentBy } from '../../bench/images/growth.ts';
import { replay } from '../../bench/images/replay.ts';
import { STRATEGIES, STRATEGIES_FILE } from '../../bench/images/strategies.ts';
import { compileSearch } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import { nodeHost } from '../../runtime/host.ts';
import type { DoneTrial, TrialRecord } from '../../runtime/store/records.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';

/** What is wrong with a search that has another strategy; `diagnostics` are warnings, too. */
const problems = (file: string, search: string, strategy: string): readonly string[] => {
  const program = readProgram({ name: file, text: readFileSync(file, 'utf8') }, nodeHost()).value!;
  const settings = [{ path: 'search.strategy', value: strategy }];
  return compileSearch(program, search, settings, vocabulary).diagnostics.map(({ message }) => message);
};

test.each(STRATEGIES)('%s searches the small NAS-Bench-201', (strategy) => {
  expect(problems(STRATEGIES_FILE, 'small', strategy)).toEqual([]);
});

test.each(GROWTH)('$strategy searches $search', ({ search, strategy }) => {
  expect(problems(GROWTH_FILE, search, strategy)).toEqual([]);
});

const EPOCHS = 4;

/** A trial as the store has it: trained whole, or ended after an epoch with a prediction for its accuracy. */
function trialOf(number: number, accuracy: number, after: number = EPOCHS): DoneTrial {
  return {
    status: 'done',
    number,
    architecture: `s:${number}`,
    json: {},
    rank: undefined,
    seed: number,
    params: 100,
    macs: 1000,
    run: 1,
    started: '',
    finished: '',
    seconds: 1,
    metrics: {
      loss: 1,
      accuracy,
      images: 100,
      epochLosses: Array.from({ length: after }, () => 1),
      ...(after < EPOCHS && { stopped: { epoch: after, epochs: EPOCHS, deviation: 0.01 } }),
    },
  };
}

describe('a search with and one without `stop`', () => {
  const whole = [trialOf(0, 0.5), trialOf(1, 0.8), trialOf(2, 0.6), trialOf(3, 0.7)];

  it('spares epochs and keeps the best', () => {
    const stopped = [trialOf(0, 0.5), trialOf(1, 0.8), trialOf(2, 0.63, 1), trialOf(3, 0.66, 2)];
    const pair = pairOf(7, whole, stopped);
    expect(pair).toMatchObject({ seed: 7, trials: 4, ended: 2, alike: true });
    expect(pair.best).toEqual({ trial: 1, accuracy: 0.8 });
    expect(pair.bestOfStopped).toEqual({ trial: 1, accuracy: 0.8 });
    expect(pair.spared).toBeCloseTo((3 + 2) / 16, 12);
    expect(pair.error).toBeCloseTo(Math.sqrt((0.03 ** 2 + 0.04 ** 2) / 2), 12);
  });

  it('loses the best when its training is ended, whatever was predicted of it', () => {
    const pair = pairOf(1, whole, [trialOf(0, 0.5), trialOf(1, 0.9, 1), trialOf(2, 0.6), trialOf(3, 0.7)]);
    expect(pair.bestOfStopped).toEqual({ trial: 3, accuracy: 0.7 });
  });

  it('says so when what was trained whole twice differs, and refuses other architectures', () => {
    const other = whole.with(0, trialOf(0, 0.51));
    expect(pairOf(1, whole, other).alike).toBe(false);
    expect(() => pairOf(1, whole, whole.with(0, trialOf(5, 0.5)))).toThrow(Failure);
  });
});

describe('recorded trainings in other orders', () => {
  /** Curves that rise in parallel: what they end at is told by any of their values. */
  const whole = Array.from({ length: 16 }, (_, i): DoneTrial => {
    const trial = trialOf(i, 0.5 + 0.02 * i);
    const epochAccuracies = [0.3, 0.2, 0.1, 0].map((below) => 0.5 + 0.02 * i - below);
    return { ...trial, metrics: { ...trial.metrics, epochAccuracies } };
  });

  it('spares epochs and keeps the best', () => {
    const { orders, kept, spared, lost } = replay(whole, { delta: 0.9, after: 0.25, least: 5 }, EPOCHS, 4, 1);
    expect({ orders, kept, lost }).toEqual({ orders: 4, kept: 4, lost: 0 });
    expect(spared).toBeGreaterThan(0.2);
    // Five of sixteen are whole in any case, and of the others one epoch in four.
    expect(spared).toBeLessThanOrEqual((11 / 16) * 0.75);
  });

  it('ends none before there are as many whole ones as are asked for', () => {
    const waiting = replay(whole, { delta: 0.9, after: 0.25, least: 17 }, EPOCHS, 2, 1);
    expect(waiting).toEqual({ orders: 2, kept: 2, spared: 0, lost: 0 });
  });
});

test('children and the parents that they begin like', () => {
  const start = { strategy: 'eas', exact: 0.9, noisy: 0.89, preserves: true };
  const searches = new Map<number, readonly TrialRecord[]>([
    [1, [trialOf(0, 0.9), { ...trialOf(1, 0.95), parent: 0 }]],
    [2, [trialOf(0, 0.7), { ...trialOf(1, 0.8), parent: 0 }]],
  ]);
  const starts = [
    { ...start, seed: 1, trial: 1 },
    { ...start, seed: 2, trial: 1 },
    { ...start, strategy: 'other', seed: 1, trial: 1 },
  ];
  const children = childrenOf('eas', searches, starts);
  expect(children.map(({ seed, parent, before }) => [seed, parent, before])).toEqual([
    [1, 0, 0.9],
    [2, 0, 0.7],
  ]);
});

test('what searches spent, and the best that as much arithmetic finds', () => {
  const frugal = [trialOf(0, 0.5), trialOf(1, 0.6)];
  const large = [trialOf(0, 0.7), { ...trialOf(1, 0.9), macs: 2000 }];
  const spent = spentBy(
    new Map([
      ['random', [frugal, frugal.toReversed()]],
      ['eas', [large, large.toReversed()]],
    ]),
  );
  expect(spent).toEqual([
    { strategy: 'random', epochs: 8, macs: 8000, within: [0.6, 0.6] },
    { strategy: 'eas', epochs: 8, macs: 12_000, within: [0.7, 0.9] },
  ]);
});

test('without the images it says where they come from', () => {
  const script = fileURLToPath(new URL('../../bench/images.ts', import.meta.url));
  const words = ['--import', 'tsx', script, '--part', 'strategies', '--cifar10', '/nowhere'];
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('CIFAR-10 cannot be read from /nowhere/data_batch_1.bin: there is no such file');
  expect(stderr).toContain('NASLANG_CIFAR10');
});
