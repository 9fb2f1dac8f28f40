/** Whether rankings carry over: rank correlations of two measurements of the same architectures, with bootstrap intervals. */
import { drawnTimes, percentileInterval } from '../../../util/statistics/bootstrap.ts';
import { correlate, orderColumns } from '../../../util/statistics/correlations.ts';
import type { Interval } from '../../../util/statistics/summary.ts';

export interface RankCorrelation extends Interval {
  readonly value: number;
}

export interface Transfer {
  readonly architectures: number;
  readonly spearman: RankCorrelation;
  /** Tau-b. */
  readonly kendall: RankCorrelation;
}

/** Fewer common architectures than this tell nothing of a ranking. */
export const LEAST_FOR_TRANSFER = 10;

/** Correlates two columns of the same architectures; intervals hold with 95 % confidence. */
export function transferOf(
  first: readonly number[],
  second: readonly number[],
  samples: number,
  seed: number,
): Transfer {
  const columns = orderColumns(first, second);
  const value = correlate(columns);
  const drawn = Array.from({ length: samples }, (_, index) =>
    correlate(columns, drawnTimes(first.length, seed, index)),
  );
  const measure = (of: 'spearman' | 'kendall'): RankCorrelation => ({
    value: value[of],
    ...percentileInterval(drawn.map((sample) => sample[of])),
  });
  return { architectures: first.length, spearman: measure('spearman'), kendall: measure('kendall') };
}
