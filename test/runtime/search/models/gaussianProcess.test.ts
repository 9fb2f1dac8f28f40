/** The process against an inverse that is computed another way, and expected improvement against an integral. */
import { describe, expect, it } from 'vitest';
import { expectedImprovement } from '../../../../runtime/search/models/expectedImprovement.ts';
import { GaussianProcess } from '../../../../runtime/search/models/gaussianProcess.ts';
import { hammingCorrelation } from '../../../../runtime/search/models/hamming.ts';
import {
  fitParameters,
  HammingProcess,
  likelihoodOf,
} from '../../../../runtime/search/models/hammingProcess.ts';
import { Random } from '../../../../util/random.ts';

/** Inverse and determinant by Gauss & Jordan with pivoting. */
function invert(matrix: readonly (readonly number[])[]): { inverse: number[][]; determinant: number } {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  let determinant = 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column; i < n; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    if (pivot !== column) {
      [rows[pivot], rows[column]] = [rows[column], rows[pivot]];
      determinant *= -1;
    }
    const divisor = rows[column][column];
    determinant *= divisor;
    rows[column] = rows[column].map((value) => value / divisor);
    for (let i = 0; i < n; i++) {
      const factor = rows[i][column];
      if (i !== column) rows[i] = rows[i].map((value, j) => value - factor * rows[column][j]);
    }
  }
  return { inverse: rows.map((row) => row.slice(n)), determinant };
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i], 0);
const times = (m: readonly (readonly number[])[], v: readonly number[]): number[] =>
  m.map((row) => dot(row, v));

function drawn(seed: number, count: number): { points: Int16Array[]; values: number[] } {
  const random = new Random(seed);
  const points = Array.from({ length: count }, () =>
    Int16Array.from({ length: 5 }, () => random.below(4) - 1),
  );
  return { points, values: points.map((p) => p[0] * 2 - p[1] + random.next()) };
}

describe('a Gaussian process', () => {
  it('is what two values say of a third, worked out by hand', () => {
    // Correlations 1/2 and 1/4 with the new point, 1/2 between the two; no noise. The inverse of [1 1/2; 1/2 1] is
    // [4 -2; -2 4] / 3, so the mean is (1 + 3) / 2 = 2, the weights (-2, 2) of the differences from it, and the variance
    // ((-1)(-2) + 1 * 2) / 2 = 2. At the new point 2 - 2/2 + 2/4 = 1.5, and 2 (1 - 1/4) of the variance are left.
    const at = (a: number, b: number): number =>
      a === b
        ? 1
        : [
              [0, 1],
              [0, 2],
            ].some((p) => p.includes(a) && p.includes(b))
          ? 0.5
          : 0.25;
    const process = new GaussianProcess<number>(at, 0);
    process.add(0);
    process.add(1);
    process.observe([1, 3]);
    const { mean, deviation } = process.predict(2);
    expect(mean).toBeCloseTo(1.5, 12);
    expect(deviation ** 2).toBeCloseTo(1.5, 12);
  });
  it.each([1, 2, 3])('has the posterior and the likelihood of the formulas, seed %i', (seed) => {
    const { points, values } = drawn(seed, 14);
    const correlation = hammingCorrelation([0.4, 0.1, 0.8, 0.3, 0.05]);
    const noise = 0.07;
    const process = new GaussianProcess(correlation, noise);
    for (const point of points) process.add(point);
    process.observe(values);
    const matrix = points.map((a, i) => points.map((b, j) => correlation(a, b) + (i === j ? noise : 0)));
    const { inverse, determinant } = invert(matrix);
    const ones = values.map(() => 1);
    const mean = dot(ones, times(inverse, values)) / dot(ones, times(inverse, ones));
    const rest = values.map((value) => value - mean);
    const variance = dot(rest, times(inverse, rest)) / values.length;
    for (const point of drawn(seed + 10, 6).points) {
      const row = points.map((other) => correlation(point, other));
      const predicted = process.predict(point);
      expect(predicted.mean).toBeCloseTo(mean + dot(row, times(inverse, rest)), 9);
      expect(predicted.deviation ** 2).toBeCloseTo(variance * (1 - dot(row, times(inverse, row))), 9);
    }
    const exponent = dot(rest, times(inverse, rest)) / variance;
    const n = values.length;
    const density = -0.5 * (exponent + Math.log(determinant) + n * Math.log(2 * Math.PI * variance));
    expect(process.logLikelihood).toBeCloseTo(density, 8);
  });
  it('takes points that repeat without noise, and equal values', () => {
    const process = new GaussianProcess(hammingCorrelation([1, 1]), 0);
    for (const point of [
      [0, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ])
      process.add(Int16Array.from(point));
    process.observe([1, 1, 2, 2, 2]);
    expect(process.predict(Int16Array.of(1, 0)).mean).toBeCloseTo(2, 3);
    process.observe([3, 3, 3, 3, 3]);
    const { mean, deviation } = process.predict(Int16Array.of(0, 1));
    expect(mean).toBeCloseTo(3, 9);
    expect(deviation).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(process.logLikelihood)).toBe(true);
  });
});

describe('parameters by likelihood', () => {
  it('tell the answers that matter from those that do not', () => {
    const random = new Random(5);
    const points = Array.from({ length: 80 }, () => Int16Array.from({ length: 4 }, () => random.below(3)));
    const values = points.map((p) => [0, 2, 1][p[0]] + [0, 0.5, 2][p[1]] * (p[0] === 1 ? 1 : -1));
    const from = { weights: [0.5, 0.5, 0.5, 0.5], noise: 0.01 };
    const { weights, noise } = fitParameters(points, values, from);
    expect(Math.min(weights[0], weights[1])).toBeGreaterThan(4 * Math.max(weights[2], weights[3]));
    expect(likelihoodOf(points, values, { weights, noise })).toBeGreaterThan(
      likelihoodOf(points, values, from),
    );
  });
  it('are fitted to a part of very many points', () => {
    const { points, values } = drawn(4, 900);
    const process = new HammingProcess(5);
    process.fit(points, values);
    const errors = points.map((point, i) => process.predict(point).mean - values[i]);
    // What is left is the noise, evenly distributed from 0 to 1: a variance of 1/12.
    expect(dot(errors, errors) / errors.length).toBeLessThan(0.1);
  });
});

describe('expected improvement', () => {
  it.each([
    [0.3, 1, 0],
    [-1.5, 0.4, 0.2],
    [2, 0.01, 1],
    [-3, 1, 1],
  ])('of N(%d, %d^2) over %d is the integral', (mean, deviation, best) => {
    let integral = 0;
    const step = deviation / 2000;
    for (let y = Math.max(best, mean - 12 * deviation) + step / 2; y < mean + 12 * deviation; y += step) {
      const z = (y - mean) / deviation;
      integral += (y - best) * Math.exp((-z * z) / 2) * step;
    }
    integral /= deviation * Math.sqrt(2 * Math.PI);
    expect(Math.abs(expectedImprovement({ mean, deviation }, best) / integral - 1)).toBeLessThan(1e-5);
  });
  it('of what is certain is the difference, and never below 0', () => {
    expect(expectedImprovement({ mean: 2, deviation: 0 }, 1.5)).toBe(0.5);
    expect(expectedImprovement({ mean: 1, deviation: 0 }, 1.5)).toBe(0);
    expect(expectedImprovement({ mean: -30, deviation: 1 }, 9)).toBeGreaterThanOrEqual(0);
  });
});
