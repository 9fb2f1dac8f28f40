/** Whether one sample tends to be larger than another (Mann & Whitney 1947). */
import { midranks, normalTail } from './statistics.ts';

/** Values of both samples together up to which the exact distribution is computed. */
const exactLimit = 50;

/** What the test says. */
export interface MannWhitney {
  /** Pairs in which the first sample has the larger value; equal ones count half. */
  readonly u: number;
  /** The probability of a `u` as large or larger where both samples are of one distribution: a one-sided p-value. */
  readonly p: number;
}

/**
 * The test of "the first sample is larger". Up to 50 values in all, exact given the ties: over all ways to share the values
 * between the samples. Above, by the normal approximation with corrections for ties and continuity. NaN where a sample is
 * empty; values must be finite.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return { u: NaN, p: NaN };
  const ranks = midranks([...first, ...second]);
  const rankSum = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (n * (n + 1)) / 2;
  return { u, p: n + m <= exactLimit ? exactTail(ranks, n, rankSum) : approximateTail(ranks, n, u) };
}

/**
 * The share of the subsets of `size` ranks whose sum is at least `least`, by counting subsets by size and sum (the shift
 * algorithm of Streitberg & Röhmel 1986). Sums are doubled, for midranks are halves.
 */
function exactTail(ranks: readonly number[], size: number, least: number): number {
  const doubled = ranks.map((rank) => 2 * rank);
  const largest = doubled.reduce((sum, rank) => sum + rank, 0);
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(largest + 1));
  const at = (k: number): Float64Array => counts[k] ?? new Float64Array();
  at(0)[0] = 1;
  for (const rank of doubled) {
    for (let k = size; k >= 1; k--) {
      const [to, from] = [at(k), at(k - 1)];
      for (let sum = largest; sum >= rank; sum--) to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
    }
  }
  const all = at(size);
  const tail = all.subarray(2 * least).reduce((sum, count) => sum + count, 0);
  return tail / all.reduce((sum, count) => sum + count, 0);
}

function approximateTail(ranks: readonly number[], n: number, u: number): number {
  const total = ranks.length;
  const m = total - n;
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  const ties = [...sizes.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1; // all values are equal
  return normalTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}
