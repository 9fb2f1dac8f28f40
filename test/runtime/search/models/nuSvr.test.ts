/** The regression against a solver of another kind, and the bounds that nu promises. */
import { describe, expect, it } from 'vitest';
import { fitNuSvr, solveDual } from '../../../../runtime/search/models/nuSvr.ts';
import { tuneNuSvr } from '../../../../runtime/search/models/tuneNuSvr.ts';
import { Random } from '../../../../util/random.ts';

/** The nearest point of {0 <= a <= c, sum a = total}: a shift, found by halving. */
function project(values: readonly number[], c: number, total: number): number[] {
  let [low, high] = [Math.min(...values) - c, Math.max(...values)];
  const shifted = (by: number): number[] => values.map((v) => Math.min(Math.max(v - by, 0), c));
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (shifted(middle).reduce((s, v) => s + v, 0) > total) low = middle;
    else high = middle;
  }
  return shifted(high);
}

/** Accelerated projected gradients (Beck & Teboulle 2009) on both sets of variables. */
function byGradients(
  matrix: readonly Float64Array[],
  targets: readonly number[],
  c: number,
  nu: number,
): number[] {
  const n = targets.length;
  const total = (c * nu * n) / 2;
  const rate = 0.5 / Math.max(...matrix.map((row) => row.reduce((s, v) => s + Math.abs(v), 0)));
  let above = project(
    targets.map(() => 0),
    c,
    total,
  );
  let below = [...above];
  let [leadAbove, leadBelow] = [above, below];
  for (let t = 1; t < 2_000; t++) {
    const slopes = matrix.map(
      (row, i) => row.reduce((s, v, j) => s + v * (leadAbove[j] - leadBelow[j]), 0) - targets[i],
    );
    const nextAbove = project(
      leadAbove.map((v, i) => v - rate * slopes[i]),
      c,
      total,
    );
    const nextBelow = project(
      leadBelow.map((v, i) => v + rate * slopes[i]),
      c,
      total,
    );
    const momentum = (t - 1) / (t + 2);
    leadAbove = nextAbove.map((v, i) => v + momentum * (v - above[i]));
    leadBelow = nextBelow.map((v, i) => v + momentum * (v - below[i]));
    [above, below] = [nextAbove, nextBelow];
  }
  return above.map((v, i) => v - below[i]);
}

function objective(
  matrix: readonly Float64Array[],
  targets: readonly number[],
  b: ArrayLike<number>,
): number {
  return targets.reduce(
    (sum, y, i) => sum + b[i] * (0.5 * matrix[i].reduce((s, v, j) => s + v * b[j], 0) - y),
    0,
  );
}

/** sin with noise, and a feature that means nothing. */
function waves(seed: number, n: number): { features: number[][]; targets: number[] } {
  const random = new Random(seed);
  const features = Array.from({ length: n }, () => [6 * random.next(), 100 * random.next()]);
  return {
    features,
    targets: features.map(([x]) => 5 + Math.sin(x) + 0.4 * (random.next() + random.next() - 1)),
  };
}

describe('the dual of nu-SVR', () => {
  it.each([
    [1, 1, 0.5],
    [2, 5, 0.2],
    [3, 0.3, 0.8],
    [4, 2, 1],
  ])('is solved as by projected gradients, seed %i, C = %d, nu = %d', (seed, c, nu) => {
    const { features, targets } = waves(seed, 16);
    const y = targets.map((t) => t - 5);
    const matrix = features.map(([x]) => Float64Array.from(features, ([z]) => Math.exp(-0.5 * (x - z) ** 2)));
    const { weights, epsilon, bias } = solveDual(matrix, y, { c, nu });
    const found = objective(matrix, y, weights);
    const expected = objective(matrix, y, byGradients(matrix, y, c, nu));
    expect(Math.abs(found - expected)).toBeLessThan(1e-3 * Math.abs(expected));
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(0, 9);
    expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(c + 1e-9);
    expect(weights.reduce((s, w) => s + Math.abs(w), 0)).toBeLessThanOrEqual(c * nu * 16 + 1e-9);
    // The conditions of optimality: what is above the tube weighs C, what is inside of it nothing.
    matrix.forEach((row, i) => {
      const error = y[i] - bias - row.reduce((s, v, j) => s + v * weights[j], 0);
      if (error > epsilon + 5e-3) expect(weights[i]).toBeCloseTo(c, 6);
      if (error < -epsilon - 5e-3) expect(weights[i]).toBeCloseTo(-c, 6);
      if (Math.abs(error) < epsilon - 5e-3) expect(weights[i]).toBeCloseTo(0, 6);
    });
  });
});

describe('nu-SVR', () => {
  it.each([0.1, 0.3, 0.5, 0.7])(
    'has at most nu = %d outside of the tube, and at least as many support vectors',
    (nu) => {
      const { features, targets } = waves(9, 200);
      const model = fitNuSvr(features, targets, { kernel: 'rbf', c: 1, nu, gamma: 0.5 });
      const outside = targets.filter(
        (y, i) => Math.abs(y - model.predict(features[i])) > model.epsilon + 1e-3,
      );
      expect(outside.length / 200).toBeLessThanOrEqual(nu);
      expect(model.supportShare).toBeGreaterThanOrEqual(nu);
      expect(model.supportShare).toBeLessThan(nu + 0.15);
    },
  );
  it('fits a plane of features of very different sizes, in the unit of the targets', () => {
    const random = new Random(2);
    const features = Array.from({ length: 60 }, () => [random.next() * 1e6, random.next() * 1e-3, 7]);
    const plane = ([a, b]: readonly number[]): number => 100 + a / 1e4 - 2e4 * b;
    const model = fitNuSvr(features, features.map(plane), { kernel: 'linear', c: 10, nu: 0.5, gamma: 1 });
    expect(model.predict([5e5, 5e-4, 7])).toBeCloseTo(plane([5e5, 5e-4]), 1);
  });
  it('takes one point, equal points and equal targets', () => {
    const parameters = { kernel: 'rbf', c: 1, nu: 0.5, gamma: 1 } as const;
    expect(fitNuSvr([[1]], [3], parameters).predict([9])).toBeCloseTo(3, 9);
    expect(fitNuSvr([[1], [1], [1]], [2, 4, 3], parameters).predict([1])).toBeCloseTo(3, 1);
    expect(fitNuSvr([[1], [2], [3]], [5, 5, 5], parameters).predict([1.5])).toBeCloseTo(5, 9);
  });
  it('gets its parameters from rows that were held out', () => {
    const { features, targets } = waves(5, 80);
    const { model, residuals } = tuneNuSvr(features, targets, 25, new Random(1));
    const meanSquare = (errors: readonly number[]): number =>
      errors.reduce((s, e) => s + e * e, 0) / errors.length;
    // The noise has a variance of 0.16 / 6, the wave of about 1/2.
    expect(meanSquare(residuals)).toBeLessThan(0.1);
    const unseen = waves(6, 200);
    const errors = unseen.targets.map((y, i) => y - model.predict(unseen.features[i]));
    expect(meanSquare(errors)).toBeLessThan(2 * meanSquare(residuals));
    const seen = targets.map((y, i) => y - model.predict(features[i]));
    expect(meanSquare(seen)).toBeLessThan(meanSquare(residuals));
  });
});
