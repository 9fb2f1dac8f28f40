/** Trainings that are ended early within a search, on synthetic learning curves y = a - b t^-c + noise. */
import { describe, expect, it } from 'vitest';
import type { SearchSpec } from '../../../compiler/search/search.ts';
import type { TrainRequest } from '../../../runtime/evaluate/protocol.ts';
import type { SearchHost } from '../../../runtime/search/host.ts';
import type { FinishedSearch } from '../../../runtime/search/outcome.ts';
import type { DoneTrial } from '../../../runtime/store/records.ts';
import { Random } from '../../../util/random.ts';
import { temporaryFolder } from '../store/folder.ts';
import { experiment, fakeHost, json, open, search, start, type Run } from './fakes.ts';

const epochs = 8;
const trials = 30;
const train = { ...(search.evaluate.kind === 'train' ? search.evaluate.train : undefined!), epochs };

function searchOf(delta: number, more: object = {}): SearchSpec {
  const stop = { delta, after: 0.25, least: 8 };
  return {
    ...search,
    evaluate: { kind: 'train', train, stop },
    budget: { trials, minutes: undefined },
    ...more,
  };
}

function curve({ seed }: TrainRequest): readonly number[] {
  const random = new Random(seed, 1);
  const [a, b, c] = [0.5 + 0.4 * random.next(), 0.3 + 0.1 * random.next(), 0.5 + random.next()];
  return Array.from({ length: epochs }, (_, t) => a - b * (t + 1) ** -c + 0.01 * (random.next() - 0.5));
}

const host: SearchHost = {
  ...fakeHost(),
  request: (architecture, phase, seed, id) => {
    const request = fakeHost().request(architecture, phase, seed, id);
    return phase === 'trial' ? { ...request, train, observed: true } : request;
  },
};

async function run(folder: string, spec: SearchSpec): Promise<Run & { done: readonly DoneTrial[] }> {
  const ran = await start(folder, { search: spec, curve, host });
  const store = await open(folder);
  const stored = await store.read(experiment);
  await store.close();
  return { ...ran, done: stored!.trials as readonly DoneTrial[] };
}

describe('stop: curve', () => {
  it('spares epochs, does not lose the best, and never lets a prediction win', async () => {
    const { done, outcome, evaluator } = await run(temporaryFolder(), searchOf(0.95));
    const stopped = done.filter((t) => t.metrics.stopped);
    const trained = done.reduce((sum, t) => sum + t.metrics.epochLosses.length, 0);
    expect(trained).toBeLessThan(0.7 * trials * epochs);
    // What all of them would have ended at is known here.
    const ends = evaluator.requests.slice(0, trials).map((request) => curve(request).at(-1)!);
    const { winner } = outcome as FinishedSearch;
    expect(winner.metrics.stopped).toBeUndefined();
    expect(winner.metrics.accuracy).toBe(Math.max(...ends));
    for (const { number, metrics } of stopped) {
      expect(metrics.epochAccuracies).toHaveLength(metrics.stopped!.epoch);
      expect(metrics.stopped!.epoch).toBeGreaterThanOrEqual(0.25 * epochs);
      expect(Math.abs(metrics.accuracy! - ends[number])).toBeLessThan(0.1);
    }
    // The first ones are whole, for there is nothing to predict from.
    expect(done.slice(0, 8).every((t) => t.metrics.epochLosses.length === epochs)).toBe(true);
  });

  it('trains more where it must be all but certain', async () => {
    const { done } = await run(
      temporaryFolder(),
      searchOf(1 - 1e-15, { budget: { trials: 18, minutes: undefined } }),
    );
    const usual = await run(
      temporaryFolder(),
      searchOf(0.95, { budget: { trials: 18, minutes: undefined } }),
    );
    const trained = (all: readonly DoneTrial[]): number =>
      all.reduce((sum, t) => sum + t.metrics.epochLosses.length, 0);
    expect(trained(done)).toBeGreaterThan(trained(usual.done));
  });

  it('decides alike after a restart', async () => {
    const [whole, folder] = [temporaryFolder(), temporaryFolder()];
    const budget = (n: number) => ({ budget: { trials: n, minutes: undefined } });
    await run(whole, searchOf(0.95, budget(16)));
    for (const n of [6, 11, 16]) await run(folder, searchOf(0.95, budget(n)));
    expect(JSON.parse(await json(folder)).trials).toEqual(JSON.parse(await json(whole)).trials);
  });
});
