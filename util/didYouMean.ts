/**
 * "Did you mean ...": the candidates nearest to a misspelt word, by the optimal string alignment
 * distance (Damerau 1964: insertion, deletion, substitution and transposition of neighbours).
 */
import { listWords } from './words.ts';

/** The number of single-letter edits between two words; `limit + 1` when it exceeds `limit`. */
export function editDistance(a: string, b: string, limit: number = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The candidates that a user may have meant by `word`, nearest first, at most `limit`. Letter case
 * counts for little; about a third of the word may be wrong.
 */
export function closest(word: string, candidates: Iterable<string>, limit: number = 5): string[] {
  if (word.length > 100) return [];
  const tolerance = Math.min(3, Math.floor(word.length * 0.4) + (word.length > 1 ? 1 : 0));
  const lower = word.toLowerCase();
  const near: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    if (candidate === word) continue;
    const distance =
      candidate.toLowerCase() === lower ? 0.5 : editDistance(lower, candidate.toLowerCase(), tolerance);
    // Words that share nothing but their length are no suggestion.
    if (distance <= tolerance && distance < Math.max(word.length, candidate.length) * 0.6) {
      near.push({ candidate, distance });
    }
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  // Beside one that is a slip of one letter away, what is farther is no suggestion.
  const best = near[0]?.distance ?? 0;
  return near
    .filter(({ distance }) => distance <= (best <= 1 ? 1 : tolerance))
    .slice(0, limit)
    .map((n) => n.candidate);
}

/** The hint ``did you mean `a`, `b` or `c`?``, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const near = closest(word, candidates);
  return near.length === 0 ? undefined : `did you mean ${listWords(near.map((n) => `\`${n}\``))}?`;
}
