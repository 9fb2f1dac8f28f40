/** Eigenvalues of symmetric matrices, from matrices that are made of known ones. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../util/symmetricEigenvalues.ts';

describe('eigenvalues', () => {
  it.each([
    [[2], 1, [2]],
    [[2, 1, 1, 2], 2, [1, 3]],
    [[0, 0, 0, 0], 2, [0, 0]],
    // The second difference: 2 - 2 cos(k pi / 4).
    [[2, -1, 0, -1, 2, -1, 0, -1, 2], 3, [2 - Math.SQRT2, 2, 2 + Math.SQRT2]],
  ])('of %j', (matrix, n, expected) => {
    const found = symmetricEigenvalues(Float64Array.from(matrix), n);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  it('are those that a matrix was made of, by reflections', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const size = 6;
    const vectors = fc.array(fc.array(number, { minLength: size, maxLength: size }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(number, { minLength: size, maxLength: size }), vectors, (values, mirrors) => {
        let matrix = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
        for (const v of mirrors) {
          const norm = v.reduce((sum, x) => sum + x * x, 0);
          if (norm < 1e-3) continue;
          const h = v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (2 * x * y) / norm));
          const times = (a: number[][], b: number[][]): number[][] =>
            a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
          matrix = times(times(h, matrix), h);
        }
        const found = symmetricEigenvalues(Float64Array.from(matrix.flat()), size);
        const sorted = [...values].sort((a, b) => a - b);
        found.forEach((value, i) => expect(Math.abs(value - sorted[i])).toBeLessThan(1e-9));
      }),
    );
  });
});
