/** Several objectives, other metrics, scores of untrained networks, repeats, caches, and what is no number. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectiveSpec, SearchSpec } from '../../../compiler/search/search.ts';
import { frontOf } from '../../../runtime/search/Front.ts';
import type { FinishedSearch } from '../../../runtime/search/outcome.ts';
import { repeatsOf } from '../../../runtime/search/evaluation/repeats.ts';
import type { DoneTrial, TrialRecord } from '../../../runtime/store/records.ts';
import { temporaryFolder } from '../store/folder.ts';
import { fakeHost, json, open, experiment, search, start } from './fakes.ts';

const accuracy: ObjectiveSpec = { direction: 'maximize', metric: 'accuracy' };
const params: ObjectiveSpec = { direction: 'minimize', metric: 'params' };
const latency: ObjectiveSpec = { direction: 'minimize', metric: 'latency', batch: 1 };
const memory: ObjectiveSpec = { direction: 'minimize', metric: 'peak_memory' };

function trial(number: number, value: number, size: number, more: object = {}): DoneTrial {
  const metrics = { accuracy: value, loss: 1, images: 10, epochLosses: [], ...more };
  return { number, status: 'done', metrics, params: size, macs: 1 } as unknown as DoneTrial;
}

async function stored(folder: string): Promise<readonly TrialRecord[]> {
  const store = await open(folder);
  const found = await store.read(experiment);
  await store.close();
  return found!.trials;
}

describe('the front', () => {
  it('holds what nothing beats in everything, the best by the first objective first', () => {
    const trials = [
      trial(0, 0.5, 10),
      trial(1, 0.7, 30),
      trial(2, 0.6, 30),
      trial(3, 0.5, 10),
      trial(4, 0.1, 5),
    ];
    expect(frontOf(trials, [accuracy, params]).map((t) => t.number)).toEqual([1, 0, 4]);
    expect(frontOf(trials, [params, accuracy]).map((t) => t.number)).toEqual([4, 0, 1]);
    expect(frontOf(trials, [accuracy]).map((t) => t.number)).toEqual([1]);
  });

  it('leaves out what failed or is only predicted', () => {
    const failed = { ...trial(0, 1, 1), status: 'failed' } as unknown as TrialRecord;
    const stopped = trial(1, 1, 1, { stopped: { epoch: 1, epochs: 2, deviation: 0.1 } });
    expect(frontOf([failed, stopped, trial(2, 0.2, 9)], [accuracy, params]).map((t) => t.number)).toEqual([
      2,
    ]);
  });

  it('is what comparing everything with everything finds', () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (points) => {
        const trials = points.map(([a, p], i) => trial(i, a, p));
        const beaten = (i: number): boolean =>
          points.some(([a, p], j) => {
            const [x, y] = points[i];
            return a >= x && p <= y && (a > x || p < y || j < i);
          });
        const expected = points.flatMap((_, i) => (beaten(i) ? [] : [i]));
        const found = frontOf(trials, [accuracy, params]).map((t) => t.number);
        expect([...found].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });
});

describe('a search with several objectives', () => {
  const several: SearchSpec = { ...search, objectives: [accuracy, params, latency, memory] };

  it('measures and stores all of them, tells the strategy, and goes on after them', async () => {
    const folder = temporaryFolder();
    const told: (readonly number[])[] = [];
    const strategies = {
      random: {
        doc: '',
        arguments: {},
        several: true,
        create: (_: unknown, task: { objectives: number }) => {
          expect(task.objectives).toBe(4);
          let next = 0n;
          return {
            ask: () => ({ architecture: fakeHost().members.unrank(next), rank: next++ }),
            tell: ({ fitnesses }: { fitnesses: readonly number[] }) => void told.push(fitnesses),
          };
        },
      },
    };
    await start(folder, { search: several, strategies });
    const trials = (await stored(folder)) as readonly DoneTrial[];
    expect(trials.map(({ metrics }) => metrics.latency)).toEqual(Array(6).fill(2));
    expect(trials.map(({ metrics }) => metrics.peakMemory)).toEqual([100, 100, 100, 100, 200, 200]);
    expect(told).toEqual(
      trials.map((t) => [t.metrics.accuracy, -t.params, -t.metrics.latency!, -t.metrics.peakMemory!]),
    );
    const before = await json(folder);
    expect(JSON.parse(before)).toMatchObject({
      objectives: several.objectives,
      front: frontOf(trials, several.objectives).map((t) => t.number),
    });
    expect((await start(folder, { search: several, strategies })).outcome).toMatchObject({ earlier: true });
    expect(await json(folder)).toBe(before);
  });

  it('counts a measurement that is no number, or fails, as a failed trial', async () => {
    const folder = temporaryFolder();
    let made = 0;
    const measured = (request: { id: number }): never => {
      const device = { adapter: 'fake adapter' };
      const milliseconds = made++ === 1 ? NaN : 5;
      const answer = { kind: 'latency', id: request.id, milliseconds, device };
      const diagnostic = { code: 'NAS4603', severity: 'error', message: '', labels: [], notes: [] };
      return (made === 3 ? { kind: 'failure', id: request.id, diagnostic, fatal: false } : answer) as never;
    };
    const { outcome } = await start(folder, { search: several, measured });
    expect(outcome.kind).toBe('finished');
    const trials = await stored(folder);
    expect(trials.map((t) => (t.status === 'failed' ? t.diagnostic.code : t.status))).toEqual([
      'done',
      'NAS4507',
      'NAS4603',
      'done',
      'done',
      'done',
    ]);
  });
});

describe('scores of untrained networks', () => {
  const scored: SearchSpec = {
    ...search,
    evaluate: { kind: 'zero_cost', score: 'synflow', batch: 8 },
    objectives: [{ direction: 'maximize', metric: 'score' }],
  };
  const host = {
    ...fakeHost(),
    score: (_: unknown, seed: number, id: number) => ({ kind: 'score', id, seed, batch: 8 }) as never,
  };

  it('rank trials; the winner is trained, and what is no number fails', async () => {
    const folder = temporaryFolder();
    const values = [3, NaN, 7, -Infinity, 1, 5];
    const measured = (request: { id: number }): never => {
      const device = { adapter: 'fake adapter' };
      return { kind: 'score', id: request.id, score: values[request.id], device } as never;
    };
    const { outcome, evaluator } = await start(folder, { search: scored, host, measured });
    const { winner } = outcome as FinishedSearch;
    expect(winner).toMatchObject({ number: 2, metrics: { score: 7, images: 0 } });
    expect(evaluator.requests.map((r) => r.evaluateOn)).toEqual(['test']);
    const trials = await stored(folder);
    expect(trials.map((t) => (t.status === 'failed' ? t.diagnostic.code : t.status))).toEqual([
      'done',
      'NAS4507',
      'done',
      'NAS4507',
      'done',
      'done',
    ]);
  });

  it('by parameters ask for no device', async () => {
    const byParams: SearchSpec = { ...scored, evaluate: { kind: 'zero_cost', score: 'params', batch: 8 } };
    const measured = (): never => {
      throw new Error('nothing is to be measured');
    };
    const { outcome } = await start(temporaryFolder(), { search: byParams, measured });
    const { winner } = outcome as FinishedSearch;
    expect(winner.metrics.score).toBe(winner.params);
  });
});

describe('repeats', () => {
  const repeated: SearchSpec = {
    ...search,
    evaluate: { ...(search.evaluate as Extract<SearchSpec['evaluate'], { kind: 'train' }>), repeats: 3 },
    budget: { trials: 2, minutes: undefined },
  };

  it('are trainings from as many seeds, of which the mean counts', async () => {
    const folder = temporaryFolder();
    const { evaluator } = await start(folder, { search: repeated });
    const seeds = evaluator.requests.slice(0, 6).map((r) => r.seed);
    expect(new Set(seeds).size).toBe(6);
    const trials = (await stored(folder)) as readonly DoneTrial[];
    for (const { metrics, seed } of trials) {
      expect(seeds).toContain(seed);
      const { accuracies } = metrics.repeats!;
      const mean = accuracies.reduce((a, b) => a + b, 0) / 3;
      expect(metrics.accuracy).toBeCloseTo(mean, 12);
      const deviation = Math.sqrt(accuracies.reduce((sum, a) => sum + (a - mean) ** 2, 0) / 2);
      expect(metrics.repeats!.deviation).toBeCloseTo(deviation, 12);
      // Student's t with two degrees of freedom at 97.5 %: 4.302653.
      expect(metrics.repeats!.interval).toBeCloseTo((4.302652729696142 * deviation) / Math.sqrt(3), 6);
    }
  });

  it('of which one fails are a failed trial', async () => {
    const folder = temporaryFolder();
    let made = 0;
    const fail = () => (made++ === 1 ? ('failed' as const) : undefined);
    await start(folder, { search: repeated, fail });
    expect((await stored(folder)).map((t) => t.status)).toEqual(['failed', 'done']);
  });

  it('of equal values do not spread', () => {
    expect(repeatsOf([0.5, 0.5])).toEqual({ mean: 0.5, deviation: 0, interval: 0 });
  });
});

describe('a cache', () => {
  const cached: SearchSpec = {
    ...search,
    evaluate: { ...(search.evaluate as Extract<SearchSpec['evaluate'], { kind: 'train' }>), cache: true },
  };
  // Two networks: those of even and of odd rank.
  const host = {
    ...fakeHost(),
    canonicalHash: ({ choices }: { choices: readonly number[] }) => String((choices.at(-1) ?? 0) % 2),
  };

  it('trains equal networks once, after a restart, too', async () => {
    const [whole, folder] = [temporaryFolder(), temporaryFolder()];
    const { evaluator } = await start(whole, { search: cached, host });
    expect(evaluator.requests.length).toBe(2 + 1);
    const trials = (await stored(whole)) as readonly DoneTrial[];
    expect(trials.filter((t) => t.metrics.sameAs !== undefined).length).toBe(4);
    for (const { metrics } of trials) {
      const origin = trials[metrics.sameAs ?? -1];
      if (origin) expect(metrics.accuracy).toBe(origin.metrics.accuracy);
    }
    await start(folder, { search: { ...cached, budget: { trials: 3, minutes: undefined } }, host });
    await start(folder, { search: cached, host });
    expect(JSON.parse(await json(folder)).trials).toEqual(JSON.parse(await json(whole)).trials);
  });

  it('does not remember a failure', async () => {
    const folder = temporaryFolder();
    let made = 0;
    const fail = () => (made++ === 0 ? ('failed' as const) : undefined);
    await start(folder, { search: cached, host, fail });
    expect((await stored(folder)).filter((t) => t.status === 'failed').length).toBe(1);
  });

  it('is off unless asked for', async () => {
    const { evaluator } = await start(temporaryFolder(), { host });
    expect(evaluator.requests.length).toBe(6 + 1);
  });
});
