/**
 * Values by their order alone: each becomes the quantile of the normal distribution that its rank stands at (Blom 1958; as
 * targets of surrogates, Salinas, Shen & Perrone 2020, section 4). What is far below everything else, as networks are
 * that do not learn, then weighs no more than the worst.
 */
import { normalQuantile } from '../../../util/statistics/distributions.ts';

/** The scores, in the order of the values. Equal values have equal scores. */
export function normalScores(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const scores = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    const value = values[order[from] ?? 0];
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === value) to++;
    const score = normalQuantile((from + to) / 2 / order.length);
    for (const i of order.slice(from, to)) scores[i] = score;
    from = to;
  }
  return scores;
}
