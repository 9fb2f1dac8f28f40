/** The line from sums of rows to latencies, and how far it is off. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calibrated,
  errorOf,
  fitCalibration,
  type Calibration,
  type LatencyPoint,
} from '../../../compiler/latency/calibration.ts';

const point = (sum: number, milliseconds: number): LatencyPoint => ({ sum, milliseconds });

const lossOf = (line: Calibration, points: readonly LatencyPoint[]): number =>
  points.reduce((total, { sum, milliseconds }) => {
    return total + (calibrated(line, sum) / milliseconds - 1) ** 2;
  }, 0);

describe('fitCalibration', () => {
  it('finds the line that the networks lie on', () => {
    const points = [1, 2, 5, 9].map((sum) => point(sum, 3 + 0.8 * sum));
    const { intercept, factor } = fitCalibration(points);
    expect(intercept).toBeCloseTo(3, 10);
    expect(factor).toBeCloseTo(0.8, 10);
  });

  it('gives neither a negative intercept nor a negative factor', () => {
    const steep = fitCalibration([point(2, 1), point(4, 5)]);
    expect(steep.intercept).toBe(0);
    expect(steep.factor).toBeGreaterThan(0);
    const falling = fitCalibration([point(2, 5), point(4, 1)]);
    expect(falling.factor).toBe(0);
    expect(falling.intercept).toBeGreaterThan(0);
  });

  it('makes do with few networks', () => {
    expect(fitCalibration([])).toEqual({ intercept: 0, factor: 1 });
    expect(fitCalibration([point(4, 6)])).toEqual({ intercept: 0, factor: 1.5 });
    expect(fitCalibration([point(4, 6), point(4, 6)]).factor).toBeCloseTo(1.5, 10);
    expect(fitCalibration([point(0, 6), point(0, 6)])).toEqual({ intercept: 6, factor: 0 });
  });

  it('is the best line that is allowed', () => {
    const positive = fc.double({ min: 0.1, max: 100, noNaN: true });
    const points = fc.array(fc.record({ sum: positive, milliseconds: positive }), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(points, positive, positive, (given, i, f) => {
        const best = fitCalibration(given);
        expect(best.intercept).toBeGreaterThanOrEqual(0);
        expect(best.factor).toBeGreaterThanOrEqual(0);
        const loss = lossOf(best, given);
        const others = [
          { intercept: i / 10, factor: f / 10 },
          { intercept: 0, factor: f / 10 },
          { intercept: i, factor: 0 },
          { intercept: best.intercept * 1.01, factor: best.factor * 0.99 },
        ];
        for (const other of others) expect(loss).toBeLessThanOrEqual(lossOf(other, given) + 1e-6);
      }),
    );
  });
});

describe('errorOf', () => {
  it('is the mean of relative errors, and the correlation of ranks', () => {
    const points = [point(1, 2), point(2, 2), point(3, 2.4)];
    const { mape, spearman, networks } = errorOf({ intercept: 1, factor: 1 }, points);
    // Predicted 2, 3, 4: off by 0, 1/2 and 2/3.
    expect(mape).toBeCloseTo((0 + 1 / 2 + 2 / 3) / 3, 10);
    expect(networks).toBe(3);
    // Midranks 1.5, 1.5, 3 against 1, 2, 3.
    expect(spearman).toBeCloseTo(Math.sqrt(3) / 2, 10);
  });

  it('says nothing of no networks', () => {
    expect(errorOf({ intercept: 1, factor: 1 }, []).mape).toBeNaN();
  });
});
