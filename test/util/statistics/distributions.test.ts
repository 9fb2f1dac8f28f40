/** Tails against values that SciPy 1.17 gives, and against sums over all cases. */
import { describe, expect, test } from 'vitest';
import {
  fisherTail,
  hypergeometricTail,
  logGamma,
  normalDensity,
  normalQuantile,
  normalTail,
  studentQuantile,
  studentTail,
} from '../../../util/statistics/distributions.ts';

/** Within a relative error. */
function near(value: number, expected: number, relative: number = 1e-11): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300);
}

describe('tails', () => {
  test.each([
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.959963984540054, 0.025],
    [4, 3.167124183311986e-5],
    [8, 6.22096057427174e-16],
    [20, 2.7536241186061556e-89],
    [37, 5.7255712225239266e-300],
    [-1.3, 0.9031995154143897],
  ])('normal, z = %d', (z, expected) => near(normalTail(z), expected));

  // SciPy 1.17, scipy.stats.norm.ppf.
  test.each([
    [1e-300, -37.0470962993612],
    [1e-12, -7.034483825301131],
    [0.01, -2.3263478740408408],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
  ])('the normal quantile at %d', (share, expected) => near(normalQuantile(share), expected));

  test('the normal density is the slope of the tail', () => {
    for (let z = 0; z < 6; z += 0.37) {
      const slope = (normalTail(z - 1e-5) - normalTail(z + 1e-5)) / 2e-5;
      near(slope, normalDensity(z), 1e-7);
    }
    expect(normalQuantile(0.5)).toBeCloseTo(0, 14);
    expect(() => normalQuantile(1)).toThrow('no normal quantile');
  });

  test.each([
    [0, 3, 0.5],
    [1, 1, 0.25],
    [2.5, 4, 0.03338327240599407],
    [2, 30, 0.027312522481491547],
    [12, 7.5, 1.8304032278097405e-6],
    [5, 15000, 2.898874124116521e-7],
    [-0.7, 9, 0.7491904803919275],
  ])('Student, t = %d with %d degrees', (t, degrees, expected) =>
    near(studentTail(t, degrees), expected, 1e-10),
  );

  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 2, 4.302652729749462],
    [0.975, 9, 2.262157162798205],
    [0.975, 99, 1.9842169515864174],
    [0.95, 4, 2.1318467863266495],
  ])('Student, the quantile %d with %d degrees', (share, degrees, expected) =>
    near(studentQuantile(share, degrees), expected),
  );

  test.each([
    [1, 1, 1, 0.5],
    [3.2, 4, 10, 0.06178892552964908],
    [0.3, 5, 40, 0.9099525618715706],
    [25, 4, 15000, 1.1536643527576167e-20],
    [7.1, 2, 3, 0.0728432328126067],
  ])('Fisher, F = %d with %d and %d degrees', (f, between, within, expected) =>
    near(fisherTail(f, between, within), expected, 1e-10),
  );

  test.each([
    [3, 10, 5, 4, 0.2619047619047619],
    [12, 15625, 625, 156, 0.022860013210507596],
    [40, 15625, 3125, 156, 0.050581364892236],
    [0, 10, 2, 2, 1],
    // Fisher's lady who tastes tea (1935): 1/70 and 17/70.
    [4, 8, 4, 4, 1 / 70],
    [3, 8, 4, 4, 17 / 70],
  ])('at least %d of an urn of %d balls, %d marked, %d drawn', (least, balls, marked, drawn, expected) =>
    near(hypergeometricTail(least, { balls, marked, drawn }), expected, 1e-9),
  );

  test.each([
    [0.1, 2.252712651734206],
    [0.5, 0.5723649429247],
    [3.7, 1.428072326665388],
    [150, 600.0094705553274],
    [15625.5, 135260.72322656345],
  ])('the logarithm of gamma(%d)', (x, expected) => near(logGamma(x), expected, 1e-12));
});
