/** Normal equations that need not be of full rank. */

/** A generalised inverse of a symmetric matrix that is not negative anywhere. */
export interface Inverse {
  /** Rows of n numbers; 0 for columns that follow from earlier ones. */
  readonly values: Float64Array;
  readonly rank: number;
  /** Whether each coefficient is the same in all solutions of the normal equations. */
  readonly unique: readonly boolean[];
}

/** Goodnight's sweep (1979) over the columns of an n x n matrix of sums of products, in order. */
export function invertProducts(products: Float64Array, n: number): Inverse {
  const swept = Float64Array.from(products);
  const at = (row: number, column: number): number => swept[row * n + column] ?? 0;
  const kept: number[] = [];
  for (let k = 0; k < n; k++) {
    const pivot = at(k, k);
    if (pivot <= 1e-9 * Math.max(products[k * n + k] ?? 0, 1e-300)) continue;
    kept.push(k);
    for (let row = 0; row < n; row++) {
      if (row === k) continue;
      const share = at(row, k) / pivot;
      if (share === 0) continue;
      for (let column = 0; column < n; column++) {
        if (column !== k) swept[row * n + column] = at(row, column) - share * at(k, column);
      }
      swept[row * n + k] = -share;
    }
    for (let column = 0; column < n; column++)
      if (column !== k) swept[k * n + column] = at(k, column) / pivot;
    swept[k * n + k] = 1 / pivot;
  }
  const pivots = new Set(kept);
  const values = new Float64Array(n * n);
  for (const row of kept) for (const column of kept) values[row * n + column] = at(row, column);
  // A swept row holds how a left-out column follows from the kept ones: what it adds to shows in its coefficient.
  const unique = Array.from({ length: n }, (_, row) => {
    if (!pivots.has(row)) return false;
    for (let column = 0; column < n; column++) {
      if (!pivots.has(column) && Math.abs(at(row, column)) > 1e-6) return false;
    }
    return true;
  });
  return { values, rank: kept.length, unique };
}
