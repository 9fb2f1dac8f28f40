/**
 * The Cholesky factor of a symmetric positive definite matrix that grows by a row at a time (Golub & Van Loan 2013, section
 * 4.2): L with L L^T = A, lower triangular.
 */

/** The least square that a pivot may have, as a share of the diagonal: repeated points leave nothing but rounding. */
const leastPivot = 1e-10;

/** The factor of an n x n matrix; n grows. */
export class Cholesky {
  /** Row i has i + 1 numbers. */
  readonly #rows: Float64Array[] = [];
  #logDeterminant = 0;

  get size(): number {
    return this.#rows.length;
  }

  /** log det A. */
  get logDeterminant(): number {
    return this.#logDeterminant;
  }

  /**
   * One row and column more. `row` holds the n entries before the diagonal. Where the matrix is not positive definite, but
   * for rounding, the diagonal is raised by as little as makes it so.
   */
  append(row: Float64Array, diagonal: number): void {
    const n = this.#rows.length;
    const next = new Float64Array(n + 1);
    next.set(this.forward(row));
    let rest = diagonal;
    for (let i = 0; i < n; i++) rest -= (next[i] ?? 0) ** 2;
    const pivot = Math.sqrt(Math.max(rest, leastPivot * diagonal));
    next[n] = pivot;
    this.#logDeterminant += 2 * Math.log(pivot);
    this.#rows.push(next);
  }

  /** Solves L x = b. */
  forward(b: Float64Array): Float64Array {
    const x = Float64Array.from(b);
    for (const [i, row] of this.#rows.entries()) {
      let rest = x[i] ?? 0;
      for (let j = 0; j < i; j++) rest -= (row[j] ?? 0) * (x[j] ?? 0);
      x[i] = rest / (row[i] ?? 1);
    }
    return x;
  }

  /** Solves A x = b. */
  solve(b: Float64Array): Float64Array {
    const x = this.forward(b);
    for (let i = x.length - 1; i >= 0; i--) {
      const row = this.#rows[i];
      if (row === undefined) continue;
      const value = (x[i] ?? 0) / (row[i] ?? 1);
      x[i] = value;
      for (let j = 0; j < i; j++) x[j] = (x[j] ?? 0) - (row[j] ?? 0) * value;
    }
    return x;
  }
}
