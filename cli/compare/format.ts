/** Values of an objective as a comparison shows them. */
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import type { Mean } from '../../runtime/search/compare/comparison.ts';

/** `93.97%`, or four digits of anything else. */
export function formatObjective(value: number, { metric }: Pick<ObjectiveSpec, 'metric'>): string {
  if (metric === 'accuracy') return `${(100 * value).toFixed(2)}%`;
  return Math.abs(value) >= 1e6 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

/** `93.97% ± 0.08`: the mean and half of its interval. */
export function formatMean(mean: Mean | undefined, objective: Pick<ObjectiveSpec, 'metric'>): string {
  if (mean === undefined) return '-';
  const { interval } = mean;
  const text = formatObjective(mean.mean, objective);
  if (interval === undefined) return text;
  const half = (interval.high - interval.low) / 2;
  return `${text} ± ${objective.metric === 'accuracy' ? (100 * half).toFixed(2) : String(Number(half.toPrecision(2)))}`;
}
