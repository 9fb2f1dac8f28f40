/** The rank-sum test of Mann & Whitney (1947): whether values of one sample tend to be larger than those of another. */
import { invariant } from '../invariant.ts';
import { normalTail } from './distributions.ts';
import { midranks } from './ranks.ts';

/** What is asked: whether the samples differ, or whether the first is larger. */
export type Alternative = 'two-sided' | 'greater';

export interface MannWhitney {
  /** Pairs in which the first sample has the larger value; equal ones count half. */
  readonly u: number;
  readonly p: number;
}

/** Up to so many values together the distribution of U is counted; above, it is taken to be normal. */
const COUNTED = 50;

/** Compares two samples, neither empty. Infinities are values like others. */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  alternative: Alternative = 'two-sided',
): MannWhitney {
  invariant(first.length > 0 && second.length > 0, 'statistics: Mann-Whitney of nothing');
  const ranks = midranks([...first, ...second]);
  const u = rankSum(ranks, first.length) - (first.length * (first.length + 1)) / 2;
  const tail = ranks.length <= COUNTED ? countedTail : normalTailOfSum;
  const larger = tail(ranks, first.length);
  if (alternative === 'greater') return { u, p: larger };
  const smaller = tail([...ranks.slice(first.length), ...ranks.slice(0, first.length)], second.length);
  return { u, p: Math.min(1, 2 * Math.min(larger, smaller)) };
}

function rankSum(ranks: readonly number[], size: number): number {
  return ranks.slice(0, size).reduce((sum, rank) => sum + rank, 0);
}

/** The share of all choices of `size` ranks whose sum is at least that of the first `size`; ties are allowed for. */
function countedTail(ranks: readonly number[], size: number): number {
  // Midranks are halves.
  const halves = ranks.map((rank) => Math.round(2 * rank));
  const most = halves.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  const [none] = ways;
  if (none) none[0] = 1;
  for (const rank of halves) {
    for (let taken = size; taken > 0; taken--) {
      const [before, after] = [ways[taken - 1], ways[taken]];
      if (!before || !after) continue;
      for (let sum = most; sum >= rank; sum--) after[sum] = (after[sum] ?? 0) + (before[sum - rank] ?? 0);
    }
  }
  const chosen = ways[size] ?? new Float64Array();
  const all = chosen.reduce((sum, count) => sum + count, 0);
  const least = Math.round(2 * rankSum(ranks, size));
  return chosen.subarray(least).reduce((sum, count) => sum + count, 0) / all;
}

/** The normal approximation, with its variance corrected for ties and half a rank of continuity. */
function normalTailOfSum(ranks: readonly number[], size: number): number {
  const total = ranks.length;
  const others = total - size;
  const tied = new Map<number, number>();
  for (const rank of ranks) tied.set(rank, (tied.get(rank) ?? 0) + 1);
  const ties = [...tied.values()].reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = ((size * others) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return 1;
  const excess = rankSum(ranks, size) - (size * (total + 1)) / 2;
  return normalTail((excess - 0.5) / Math.sqrt(variance));
}
