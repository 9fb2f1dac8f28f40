// Curves, tests and pictures of comparisons, on runs whose results are made up.
import { describe, expect, test } from 'vitest';
import type { ObjectiveSpec } from '../../../../compiler/search/search.ts';
import { diagnose } from '../../../../grammar/diagnostics.ts';
import {
  compare,
  leastSeeds,
  smallestP,
  type ComparedStrategy,
} from '../../../../runtime/search/compare/comparison.ts';
import { bestAt, curveOf, unitOf } from '../../../../runtime/search/compare/curve.ts';
import { plotComparison } from '../../../../runtime/search/compare/plot.ts';
import { ticksBetween } from '../../../../runtime/search/compare/ticks.ts';
import type { MoreMetrics, TrialRecord } from '../../../../runtime/store/records.ts';
import { Random } from '../../../../util/random.ts';
import { mannWhitney } from '../../../../util/statistics/mannWhitney.ts';

const accuracy: ObjectiveSpec = { direction: 'maximize', metric: 'accuracy' };
const loss: ObjectiveSpec = { direction: 'minimize', metric: 'loss' };

interface Made extends MoreMetrics {
  readonly accuracy?: number;
  readonly loss?: number;
  readonly share?: number;
}

/** Trials of half a minute each; `undefined` failed. */
function trials(...made: readonly (Made | undefined)[]): readonly TrialRecord[] {
  return made.map((one, number): TrialRecord => {
    const { share, ...metrics } = one ?? {};
    const base = {
      number,
      architecture: `a:${number}`,
      json: {},
      rank: undefined,
      seed: number,
      params: 1,
      macs: 1,
      run: 1,
      started: '',
      finished: '',
      seconds: 30,
      ...(share === undefined ? {} : { share }),
    };
    if (one === undefined) {
      return { ...base, status: 'failed', diagnostic: diagnose('lossNotFinite', { epoch: 1, step: 1 }) };
    }
    const none = { accuracy: undefined, loss: undefined, images: 10, epochLosses: [] };
    return { ...base, status: 'done', metrics: { ...none, ...metrics } };
  });
}

describe('curves', () => {
  test('rise where something better was found; failures cost and find nothing', () => {
    const made = trials(undefined, { accuracy: 0.5 }, { accuracy: 0.4 }, { accuracy: 0.7 }, undefined);
    expect(curveOf(made, accuracy, 'evaluations')).toEqual([
      { cost: 2, best: 0.5 },
      { cost: 4, best: 0.7 },
    ]);
    expect(curveOf(made, accuracy, 'minutes')).toEqual([
      { cost: 1, best: 0.5 },
      { cost: 2, best: 0.7 },
    ]);
    expect(
      curveOf(trials({ loss: 3 }, { loss: 2 }, { loss: 4 }), loss, 'evaluations').map((p) => p.best),
    ).toEqual([3, 2]);
    expect(curveOf(trials(undefined, undefined), accuracy, 'evaluations')).toEqual([]);
  });

  test('a shortened evaluation costs what was trained of it, and what is only predicted is no find', () => {
    const stopped = { epoch: 2, epochs: 10, deviation: 0.01 };
    const made = trials({ accuracy: 0.5, share: 0.25 }, { accuracy: 0.9, stopped }, { accuracy: 0.6 });
    const curve = curveOf(made, accuracy, 'evaluations');
    expect(curve.map(({ best }) => best)).toEqual([0.5, 0.6]);
    expect(curve[1]?.cost).toBeCloseTo(0.25 + 0.2 + 1, 12);
  });

  test('the best after some cost, sums of shares included', () => {
    const curve = curveOf(
      trials(...Array.from({ length: 10 }, (_, i) => ({ accuracy: i / 10, share: 0.1 }))),
      accuracy,
      'evaluations',
    );
    expect(bestAt(curve, 0.05)).toBeUndefined();
    expect(bestAt(curve, 0.35)).toBe(0.2);
    expect(bestAt(curve, 1)).toBe(0.9);
  });

  test('minutes count where nothing else bounds a search', () => {
    expect(unitOf({ trials: 3, minutes: 2 })).toBe('evaluations');
    expect(unitOf({ trials: undefined, minutes: 2 })).toBe('minutes');
  });
});

/** Runs that come to these values after half of ten evaluations, having been at half of it after one. */
function strategy(name: string, ends: readonly (number | undefined)[], shift = 0): ComparedStrategy {
  return {
    strategy: name,
    runs: ends.map((end, seed) => ({
      seed,
      experiment: `${name}-${seed}`,
      trials: 10,
      cost: 10,
      curve:
        end === undefined
          ? []
          : [
              { cost: 1, best: end / 2 },
              { cost: 5, best: end },
            ],
      test: end === undefined ? undefined : end + shift,
    })),
  };
}

const baseline = [0.5, 0.52, 0.48, 0.51, 0.49, 0.505];

describe('comparisons', () => {
  test('means, intervals and tests are those of the values', () => {
    const better = [0.6, 0.62, 0.55, 0.58, 0.59, 0.61];
    const equal = [0.5, 0.515, 0.485, 0.512, 0.488, 0.506];
    const { strategies, costs } = compare(
      [strategy('random', baseline), strategy('good', better, -0.1), strategy('same', equal)],
      accuracy,
      'evaluations',
      10,
    );
    expect(costs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const [random, good, same] = strategies;
    expect(random?.verdict).toBeUndefined();
    expect(random?.curve[3]?.mean).toBeCloseTo(0.25042, 4);
    // SciPy's t.interval(0.95, 5, mean, sem) of the six values.
    expect(random?.best?.mean).toBeCloseTo(0.5008333, 6);
    expect(random?.best?.interval?.low).toBeCloseTo(0.4858383, 6);
    expect(random?.best?.interval?.high).toBeCloseTo(0.5158284, 6);
    expect(good?.verdict).toEqual({ claim: 'better', p: 2 * mannWhitney(better, baseline).p });
    expect(same?.verdict).toEqual({ claim: 'not distinguishable', p: mannWhitney(equal, baseline).p });
    expect(good?.testVerdict?.claim).toBe('not distinguishable');
  });

  test('less is better where the objective says so', () => {
    const lower = baseline.map((value) => value - 0.2);
    const { strategies } = compare(
      [strategy('random', baseline), strategy('low', lower)],
      loss,
      'evaluations',
      10,
    );
    expect(strategies[1]?.verdict?.claim).toBe('better');
    const other = compare(
      [strategy('random', baseline), strategy('low', lower)],
      accuracy,
      'evaluations',
      10,
    );
    expect(other.strategies[1]?.verdict?.claim).toBe('worse');
  });

  test('runs that found nothing count as the worst, and leave a gap in the curve', () => {
    const { strategies } = compare(
      [strategy('random', baseline), strategy('some', [0.9, undefined, 0.9, undefined, 0.9, undefined])],
      accuracy,
      'evaluations',
      10,
    );
    const some = strategies[1];
    expect(some?.curve[9]).toBeUndefined();
    expect(some?.best).toMatchObject({ runs: 3, mean: 0.9 });
    expect(some?.verdict?.claim).toBe('not distinguishable');
    const none = compare(
      [
        strategy('random', baseline),
        strategy(
          'none',
          baseline.map(() => undefined),
        ),
      ],
      accuracy,
      'evaluations',
      10,
    );
    expect(none.strategies[1]).toMatchObject({
      best: undefined,
      test: undefined,
      verdict: { claim: 'worse' },
    });
  });

  test('of equal strategies a difference is claimed at most as often as the level says', () => {
    const random = new Random(17);
    const draw = (): number[] => Array.from({ length: 8 }, () => random.next());
    let claimed = 0;
    for (let round = 0; round < 150; round++) {
      const strategies = ['random', 'a', 'b', 'c'].map((name) => strategy(name, draw()));
      const { strategies: told } = compare(strategies, accuracy, 'evaluations', 10);
      if (told.some(({ verdict }) => verdict && verdict.claim !== 'not distinguishable')) claimed++;
    }
    // At most 7.5 expected, 2.7 deviation.
    expect(claimed).toBeLessThan(18);
  });

  test('how many seeds a claim needs', () => {
    for (const seeds of [2, 3, 4, 5, 7]) {
      const up = Array.from({ length: seeds }, (_, i) => i);
      const p = mannWhitney(
        up.map((i) => i + 100),
        up,
      ).p;
      expect(smallestP(seeds, 3)).toBeCloseTo(Math.min(1, 3 * p), 12);
    }
    expect([1, 2, 6, 7].map(leastSeeds)).toEqual([4, 5, 5, 6]);
  });
});

describe('pictures', () => {
  const text = {
    title: 'a < b',
    yTitle: 'best accuracy so far',
    xTitle: 'evaluations',
    format: (value: number) => value.toFixed(2),
  };

  test('have a curve and a band for each strategy, best first in the legend', () => {
    const svg = plotComparison(
      compare(
        [
          strategy('random', baseline),
          strategy(
            'evolution(population: 20, sample: 10)',
            baseline.map((v) => v + 0.2),
          ),
        ],
        accuracy,
        'evaluations',
        10,
      ),
      text,
    );
    expect(svg.match(/fill-opacity/g)).toHaveLength(2);
    expect(svg.match(/stroke-linejoin/g)).toHaveLength(2);
    expect(svg).toContain('a &lt; b');
    expect(svg.indexOf('>evolution(population: 20,<')).toBeLessThan(svg.lastIndexOf('>random<'));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    wellFormed(svg);
  });

  test('of nothing are empty, not broken', () => {
    const nothing = compare(
      [strategy('random', [undefined, undefined]), strategy('x', [undefined, 0.5])],
      accuracy,
      'evaluations',
      10,
    );
    const svg = plotComparison(nothing, text);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    wellFormed(svg);
    const flat = compare(
      [strategy('random', [0.5, 0.5]), strategy('x', [0.5, 0.5])],
      accuracy,
      'evaluations',
      3,
    );
    expect(plotComparison(flat, text)).not.toMatch(/NaN|undefined|Infinity/);
  });

  test.each([
    [0, 300, 6, 50, [0, 50, 100, 150, 200, 250, 300]],
    [79.6, 85.2, 6, 1, [80, 81, 82, 83, 84, 85]],
    [0.1, 0.3, 4, 0.05, [0.1, 0.15, 0.2, 0.25, 0.3]],
    [-3, 4, 3, 5, [0]],
  ])('marks from %d to %d', (low, high, count, step, values) => {
    const ticks = ticksBetween(low, high, count);
    expect(ticks.step).toBeCloseTo(step, 12);
    expect(ticks.values).toEqual(values);
  });
});

/** Every element that opens closes, in order. */
function wellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, rest] of svg.matchAll(/<(\/?)([A-Za-z]+)([^<>]*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
}
