/** The expected best-of-n curve against the mean over all subsets. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectedBestOfN } from '../../../runtime/search/bestOfN.ts';

/** The mean of the maxima of all subsets of each size. */
function bruteForce(values: readonly number[]): number[] {
  const sums = values.map(() => 0);
  const counts = values.map(() => 0);
  for (let subset = 1; subset < 2 ** values.length; subset++) {
    const members = values.filter((_, i) => subset & (1 << i));
    sums[members.length - 1] += Math.max(...members);
    counts[members.length - 1]++;
  }
  return sums.map((sum, i) => sum / counts[i]);
}

it('agrees with a worked example', () => {
  // Pairs of 1, 2, 4: maxima 2, 4, 4.
  expect(expectedBestOfN([4, 1, 2])).toEqual([7 / 3, 10 / 3, 4].map((v) => expect.closeTo(v, 12)));
  expect(expectedBestOfN([5])).toEqual([5]);
  expect(expectedBestOfN([])).toEqual([]);
});

it('is the mean over all subsets', () => {
  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(values, (ys) => {
      const curve = expectedBestOfN(ys);
      const expected = bruteForce(ys);
      // 1e-12: sums of at most 2^10 float64 numbers of size 1.
      for (const [i, value] of curve.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-12);
    }),
  );
});

it('rises to the maximum without overflow for many trials', () => {
  const values = Array.from({ length: 2000 }, (_, i) => Math.sin(i));
  const curve = expectedBestOfN(values);
  for (const [i, value] of curve.entries())
    if (i > 0) expect(value).toBeGreaterThanOrEqual(curve[i - 1] - 1e-12);
  expect(curve.at(-1)).toBe(Math.max(...values));
});
