/** What several trainings of one network say of it. */
import type { Repeats } from '../../store/records.ts';
import { deviationOf, meanInterval, meanOf } from '../../../util/statistics/summary.ts';

/** Mean, standard deviation (n - 1), and half the width of the 95 % confidence interval of the mean (Student's t). */
export function repeatsOf(
  values: readonly number[],
): Pick<Repeats, 'deviation' | 'interval'> & { readonly mean: number } {
  const { low, high } = meanInterval(values);
  return { mean: meanOf(values), deviation: deviationOf(values), interval: (high - low) / 2 };
}
