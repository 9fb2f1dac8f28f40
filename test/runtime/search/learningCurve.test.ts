/** Learning curves y_t = a - b t^-c with noise: how well their ends are told, and what is saved by it. */
import { describe, expect, it } from 'vitest';
import {
  type Curve,
  CurveModel,
  curveFeatures,
  knownFeatures,
} from '../../../runtime/search/evaluation/learningCurve.ts';
import { Random } from '../../../util/random.ts';
import { long } from '../../long.ts';

const epochs = 40;

/** Networks of which the larger ones are better and slower, as far as their features tell. */
function curves(seed: number, count: number, noise: number = 0.005): readonly Curve[] {
  const random = new Random(seed, 3);
  const normal = (): number => random.next() + random.next() + random.next() - 1.5; // deviation 1/2
  return Array.from({ length: count }, () => {
    const size = random.next();
    const a = 0.75 + 0.1 * size + 0.1 * normal();
    const b = 0.2 + 0.3 * random.next();
    const c = 0.3 + 0.5 * random.next() - 0.1 * size;
    const values = Array.from({ length: epochs }, (_, t) => a - b * (t + 1) ** -c + 2 * noise * normal());
    return { values, features: knownFeatures([10 ** (4 + 2 * size), 3]) };
  });
}

const first = ({ values, features }: Curve, seen: number): Curve => ({
  values: values.slice(0, seen),
  features,
});
const last = ({ values }: Curve): number => values.at(-1)!;

/** 1 - sum of squares that is left / sum of squares. */
function explained(model: CurveModel, unseen: readonly Curve[], seen: number): number {
  const ends = unseen.map(last);
  const mean = ends.reduce((s, y) => s + y, 0) / ends.length;
  const left = unseen.reduce(
    (s, curve) => s + (last(curve) - model.verdict(first(curve, seen), 0).predicted) ** 2,
    0,
  );
  return 1 - left / ends.reduce((s, y) => s + (y - mean) ** 2, 0);
}

describe('predicted learning curves', () => {
  const model = new CurveModel(curves(1, 100), { draws: 10 });
  const unseen = curves(2, 100);
  it('are right from a quarter of the epochs on, and more epochs never hurt much', () => {
    const shares = [10, 20, 30].map((seen) => explained(model, unseen, seen));
    expect(shares[0]).toBeGreaterThan(0.8);
    expect(shares[1]).toBeGreaterThan(shares[0] - 0.03);
    expect(shares[2]).toBeGreaterThan(shares[1] - 0.03);
  });
  it('err by as much as they say', () => {
    const errors = unseen.map((curve) => {
      const { predicted, deviation } = model.verdict(first(curve, 10), 0);
      return (last(curve) - predicted) / deviation;
    });
    const deviation = Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / errors.length);
    expect(deviation).toBeGreaterThan(0.7);
    expect(deviation).toBeLessThan(1.4);
  });
  it('do not know what comes later', () => {
    const [curve] = unseen;
    const other = { ...curve, values: curve.values.map((y, t) => (t < 10 ? y : 0)) };
    expect(curveFeatures(curve, 10)).toEqual(curveFeatures(other, 10));
    expect(curveFeatures(curve, 10)).toHaveLength(10 + 9 + 8 + 2);
    expect(curveFeatures(curve, 1)).toEqual([curve.values[0], ...curve.features]);
  });
  it('are the same for the same seed', () => {
    const again = new CurveModel(curves(1, 100), { draws: 10 }).verdict(first(unseen[3], 10), 0.8);
    expect(again).toEqual(model.verdict(first(unseen[3], 10), 0.8));
  });
});

describe('early termination', () => {
  it(
    'at 0.95 keeps the best in 95 % of repetitions and saves 30 % of the epochs',
    { timeout: 300_000 },
    () => {
      const [models, repetitions] = long ? [20, 25] : [4, 25];
      let [kept, run, all] = [0, 0, 0];
      for (let m = 0; m < models; m++) {
        const history = curves(100 + m, 60);
        const model = new CurveModel(history, { draws: 10 });
        for (let r = 0; r < repetitions; r++) {
          const candidates = curves(1000 * (m + 1) + r, 60);
          const best = candidates.toSorted((a, b) => last(b) - last(a))[0];
          let reached = Math.max(...history.map(last));
          for (const curve of candidates) {
            const stopped = [5, 10, 20, 30].find((seen) => model.verdict(first(curve, seen), reached).stop);
            run += stopped ?? epochs;
            all += epochs;
            if (stopped === undefined) reached = Math.max(reached, last(curve));
            if (curve === best) kept += stopped === undefined || last(best) < reached ? 1 : 0;
          }
        }
      }
      expect(kept / (models * repetitions)).toBeGreaterThanOrEqual(0.95);
      expect(1 - run / all).toBeGreaterThanOrEqual(0.3);
    },
  );
  it('stops what must end below the best, and never at a certainty of 1', () => {
    const history = curves(1, 60);
    const [curve] = curves(2, 1);
    const verdictAt = (certainty: number): boolean =>
      new CurveModel(history, { certainty, draws: 5 }).verdict(first(curve, 20), 1e6).stop;
    expect([0.95, 0.99, 1].map(verdictAt)).toEqual([true, true, false]);
    expect(new CurveModel(history, { draws: 5 }).verdict(first(curve, 20), -1e6).stop).toBe(false);
  });
  it('stops nothing that it knows nothing about', () => {
    const [curve] = curves(2, 1);
    const few = new CurveModel(curves(1, 19));
    expect(few.verdict(first(curve, 20), 1e6)).toEqual({
      stop: false,
      predicted: curve.values[19],
      deviation: Infinity,
    });
    const model = new CurveModel(curves(1, 40), { draws: 2 });
    expect(model.verdict(first(curve, 0), 1e6).stop).toBe(false);
    expect(model.verdict(curve, 1e6).stop).toBe(false);
    expect(model.verdict({ ...curve, values: [Number.NaN, 0.1] }, 1e6).stop).toBe(false);
  });
  it('leaves out curves that ended early or in no number', () => {
    const history = curves(1, 40);
    const odd = [first(history[0], 12), { ...history[1], values: history[1].values.map(() => Number.NaN) }];
    const [curve] = curves(2, 1);
    const verdict = (all: readonly Curve[]): unknown =>
      new CurveModel(all, { draws: 2 }).verdict(first(curve, 9), 0.8);
    expect(verdict([...odd, ...history])).toEqual(verdict(history));
  });
  it('takes curves that are all the same', () => {
    const flat = Array.from({ length: 20 }, () => ({ values: [0.1, 0.2, 0.2], features: [1] }));
    const { predicted, stop } = new CurveModel(flat).verdict({ values: [0.1, 0.2], features: [1] }, 0.5);
    expect(predicted).toBeCloseTo(0.2, 9);
    expect(stop).toBe(true);
  });
});
