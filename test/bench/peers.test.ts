// What `npm run bench:peers` makes of its words and of what the processes answer, without any process.
import { expect, test } from 'vitest';
import { Failure } from '../../bench/benchmark.ts';

import { compareRounds, disagreement } from '../../bench/peers/comparison.ts';
import { peerKeys, peers, pinnedVersion } from '../../bench/peers/implementations.ts';
import { readOptions } from '../../bench/peers/options.ts';
import { comparisonJson, comparisonLine } from '../../bench/peers/report.ts';
import { medianOf as median } from '../../util/statistics/summary.ts';
import { lossOfStep17 } from '../fixtures/checkNetwork.ts';

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 100])).toBe(6);
  expect(median([])).toBeNaN();
});

test('the words of the command line', () => {
  expect(readOptions([])).toEqual({ rounds: 5, peers: peerKeys });
  expect(readOptions(['--rounds', '9', 'pytorch', 'tfjs'])).toEqual({
    rounds: 9,
    peers: ['tfjs', 'pytorch'],
  });
  for (const [words, message] of [
    [['--rounds', '0'], '--rounds needs a number of 1 or more'],
    [['--rounds', '2.5'], '--rounds needs a number of 1 or more'],
    [['torch'], 'torch: the peers are tfjs, jax-js, pytorch and pytorch-nhwc'],
    [['--peers', 'tfjs'], "Unknown option '--peers'"],
  ] as const) {
    expect(() => readOptions(words)).toThrow(Failure);
    expect(() => readOptions(words)).toThrow(message);
  }
});

test('the packages of the peers have exact versions', () => {
  const names = peerKeys.flatMap((key) => peers[key].package ?? []);
  expect(names).toHaveLength(2);
  for (const name of names) expect(pinnedVersion(name)).toMatch(/^\d+\.\d+\.\d+$/);
});

/** An answer whose first two steps, which are not counted, took a second each. */
function answer(times: readonly number[], last: readonly (number | null)[] = []) {
  const all = [1000, 1000, ...times];
  return { times: all, cpuTimes: all.map((ms) => 1.5 * ms), last };
}

const rounds = [
  { ours: answer([10, 11, 12]), theirs: answer([100, 110, 120]) },
  { ours: answer([20, 22, 24]), theirs: answer([400, 440, 480]) },
  { ours: answer([10, 10, 10]), theirs: answer([150, 150, 150]) },
];

test('ratios are taken within a round, medians over the rounds', () => {
  expect(compareRounds(rounds)).toEqual({
    ours: { ms: 11, bestMs: 10, cpuMs: 8.25 },
    theirs: { ms: 150, bestMs: 100, cpuMs: 112.5 },
    ratios: [10, 20, 15],
    ratio: 15,
    bestRatio: 10,
    cpuRatio: 15,
  });
});

test('implementations that did not do the same are told apart', () => {
  const train = (ours: number | null, theirs: number | null): string | undefined =>
    disagreement('train', { ours: answer([], [ours]), theirs: answer([], [theirs]) }, 'peer');
  expect(train(lossOfStep17 + 9e-5, lossOfStep17 - 9e-5)).toBeUndefined();
  expect(train(lossOfStep17, 2.3)).toBe(`peer: the loss of step 17 is 2.3, and ${lossOfStep17} is right`);
  expect(train(null, lossOfStep17)).toContain('naslang: the loss of step 17 is null');
  const infer = (ours: readonly number[], theirs: readonly number[]): string | undefined =>
    disagreement('infer', { ours: answer([], ours), theirs: answer([], theirs) }, 'peer');
  expect(infer([1, 2], [1.0009, 2])).toBeUndefined();
  expect(infer([1, 2], [1, 2.002])).toBe('score 1 is 2 in naslang and 2.002 in peer');
  expect(infer([1, 2], [1, 2, 3])).toBe('naslang gives 2 scores and peer 3');
});

test('the report', () => {
  const subject = {
    work: 'train',
    key: 'jax-js',
    name: 'jax-js (WebGPU)',
    version: '0.1.25',
    adapter: 'llvmpipe',
    target: 7,
  } as const;
  const comparison = compareRounds(rounds);
  expect(comparisonLine(subject, comparison)).toBe(
    'training step, naslang and jax-js (WebGPU) 0.1.25: medians 11.00 and 150.00 ms, 15.00 times as fast, the target is 7; ' +
      '10.00 to 20.00 in 3 rounds; best steps 10.00 and 100.00 ms, 10.00 times; ' +
      'half of the processor time 8.25 and 112.50 ms, 15.00 times; results agree',
  );
  expect(JSON.parse(comparisonJson(subject, comparison))).toEqual({
    bench: 'peers',
    work: 'train',
    network: 'check',
    batch: 64,
    adapter: 'llvmpipe',
    peer: 'jax-js',
    version: '0.1.25',
    rounds: 3,
    ours_ms: 11,
    peer_ms: 150,
    ratio: 15,
    ratios: [10, 20, 15],
    ours_best_ms: 10,
    peer_best_ms: 100,
    best_ratio: 10,
    ours_cpu_ms: 8.25,
    peer_cpu_ms: 112.5,
    cpu_ratio: 15,
    target: 7,
  });
  const inference = JSON.parse(comparisonJson({ ...subject, work: 'infer', target: undefined }, comparison));
  expect(inference).not.toHaveProperty('target');
});
