/**
 * A Gaussian process with a constant mean: exact, in float64. Rasmussen & Williams (2006), algorithm 2.1, for the
 * predictions; Jones, Schonlau & Welch (1998), section 2.1, for the mean and the variance, which follow from the data by
 * maximum likelihood, so that only the correlation has parameters.
 */
import { Cholesky } from './cholesky.ts';

/** Correlation of the values at two points: symmetric, positive definite, 1 at equal points. */
export type Correlation<Point> = (a: Point, b: Point) => number;

/** A normal distribution of a value that is not known yet. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/** A process that was conditioned on n values. */
export class GaussianProcess<Point> {
  readonly #correlation: Correlation<Point>;
  readonly #noise: number;
  readonly #points: Point[] = [];
  readonly #factor: Cholesky = new Cholesky();
  #weights: Float64Array = new Float64Array(0);
  #ones: Float64Array = new Float64Array(0);
  #mean = 0;
  #variance = 1;

  /** `noise`: variance of what is observed around the value, as a share of the variance of the process; from 0. */
  constructor(correlation: Correlation<Point>, noise: number) {
    this.#correlation = correlation;
    this.#noise = noise;
  }

  /** Adds a point, which may repeat an earlier one. Its value is given to {@link observe}. Time grows with n^2. */
  add(point: Point): void {
    const row = this.#correlations(point);
    this.#points.push(point);
    this.#factor.append(row, 1 + this.#noise);
  }

  /** Conditions on one finite value for each point. Time grows with n^2. */
  observe(values: readonly number[]): void {
    const n = this.#points.length;
    this.#ones = this.#factor.solve(new Float64Array(n).fill(1));
    const solved = this.#factor.solve(Float64Array.from(values));
    const total = sum(this.#ones);
    this.#mean = n === 0 ? 0 : sum(solved) / total;
    this.#weights = solved.map((value, i) => value - this.#mean * (this.#ones[i] ?? 0));
    const squares = this.#weights.reduce((s, weight, i) => s + weight * ((values[i] ?? 0) - this.#mean), 0);
    // Equal values have no variance; what is left keeps divisions and logarithms finite.
    this.#variance = n === 0 ? 1 : Math.max(squares / n, Number.MIN_VALUE ** 0.25);
  }

  /** Mean and deviation of the value at a point, without the noise of an observation; the mean's own error is not in it. */
  predict(point: Point): Prediction {
    const row = this.#correlations(point);
    let mean = this.#mean;
    for (let i = 0; i < row.length; i++) mean += (row[i] ?? 0) * (this.#weights[i] ?? 0);
    const reduced = this.#factor.forward(row);
    let known = 0;
    for (const value of reduced) known += value * value;
    return { mean, deviation: Math.sqrt(this.#variance * Math.max(1 - known, 0)) };
  }

  #correlations(point: Point): Float64Array {
    const row = new Float64Array(this.#points.length);
    let i = 0;
    for (const other of this.#points) row[i++] = this.#correlation(point, other);
    return row;
  }

  /** Logarithm of the likelihood of the values, at the mean and the variance that make it greatest. */
  get logLikelihood(): number {
    const n = this.#points.length;
    return -0.5 * (n * (Math.log(2 * Math.PI * this.#variance) + 1) + this.#factor.logDeterminant);
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
