/**
 * From the sum of a network's rows to its latency. A sum leaves out what every run costs (handing the batch over, the loss,
 * reading results) and takes no notice of what ops gain or lose beside each other (caches, equal work in one dispatch), so a
 * line is put through a few networks that were run: latency = intercept + factor * sum.
 */
import { correlate, orderColumns } from '../../util/statistics/correlations.ts';
import { meanOf } from '../../util/statistics/summary.ts';

/** The line. */
export interface Calibration {
  /** Milliseconds, 0 or more. */
  readonly intercept: number;
  /** Milliseconds of a network for a millisecond of rows, 0 or more. */
  readonly factor: number;
}

/** A network that was run. */
export interface LatencyPoint {
  /** The sum of its rows, in milliseconds. */
  readonly sum: number;
  /** What it took, in milliseconds; above 0. */
  readonly milliseconds: number;
}

/** How far predictions are off. */
export interface LatencyError {
  readonly networks: number;
  /** Mean absolute percentage error, as a share: 0.05 is 5 %. */
  readonly mape: number;
  /** Spearman's rank correlation of predictions and measurements; NaN where one of them has one value only. */
  readonly spearman: number;
}

/** What is predicted of a sum of rows, in milliseconds. */
export function calibrated({ intercept, factor }: Calibration, sum: number): number {
  return intercept + factor * sum;
}

/**
 * The line of the least squared relative errors, sum ((predicted - measured) / measured)^2, with intercept and factor of 0 or
 * more. Relative, because a millisecond means more to a small network. Without networks sums are taken as they are.
 */
export function fitCalibration(points: readonly LatencyPoint[]): Calibration {
  if (points.length === 0) return { intercept: 0, factor: 1 };
  // Each network is a row (1 / t, sum / t) that should come to 1.
  let [aa, ab, bb, a, b] = [0, 0, 0, 0, 0];
  for (const { sum, milliseconds } of points) {
    const [u, v] = [1 / milliseconds, sum / milliseconds];
    aa += u * u;
    ab += u * v;
    bb += v * v;
    a += u;
    b += v;
  }
  const determinant = aa * bb - ab * ab;
  // Networks of one sum tell nothing of the line's slope: it goes through the origin.
  const steep = determinant > 1e-9 * aa * bb;
  if (steep) {
    const intercept = (a * bb - b * ab) / determinant;
    const factor = (b * aa - a * ab) / determinant;
    if (intercept >= 0 && factor >= 0) return { intercept, factor };
  }
  // The error is convex, so the best line that is allowed lies on an edge, and there it is the better one of two.
  const edges: Calibration[] = [
    { intercept: a / aa, factor: 0 },
    ...(bb > 0 ? [{ intercept: 0, factor: b / bb }] : []),
  ];
  const error = ({ intercept: x, factor: y }: Calibration): number =>
    aa * x * x + 2 * ab * x * y + bb * y * y - 2 * a * x - 2 * b * y;
  return edges.reduce((best, one) => (error(one) <= error(best) ? one : best));
}

/** How far a calibration is off on some networks, which should be others than it was made of. */
export function errorOf(calibration: Calibration, points: readonly LatencyPoint[]): LatencyError {
  const predicted = points.map(({ sum }) => calibrated(calibration, sum));
  const measured = points.map(({ milliseconds }) => milliseconds);
  const off = points.map(({ milliseconds }, i) => Math.abs((predicted[i] ?? 0) / milliseconds - 1));
  return {
    networks: points.length,
    mape: points.length === 0 ? NaN : meanOf(off),
    spearman: correlate(orderColumns(predicted, measured)).spearman,
  };
}
