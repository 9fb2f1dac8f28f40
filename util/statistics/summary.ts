/** Mean and spread of a few values, and the interval in which the mean of all lies. */
import { studentQuantile } from './distributions.ts';

/** The arithmetic mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle of the values in order; of an even number of them, the mean of the two in the middle. NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The standard deviation, with n - 1 in the denominator; NaN of fewer than two values. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? NaN : Math.sqrt(squares / (values.length - 1));
}

/** From one end to the other. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The interval of Student (1908) around the mean of at least two values. */
export function meanInterval(values: readonly number[], confidence: number = 0.95): Interval {
  const mean = meanOf(values);
  const half =
    (studentQuantile(0.5 + confidence / 2, values.length - 1) * deviationOf(values)) /
    Math.sqrt(values.length);
  return { low: mean - half, high: mean + half };
}

/** The value below which a share of ascending values lies, interpolated (Hyndman & Fan 1996, type 7). */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low = NaN, high = low] = sorted.slice(below, below + 2);
  return low + (place - below) * (high - low);
}
