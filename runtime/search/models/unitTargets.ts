/** Fitness as targets from 0 to 1, which is what a sigmoid can meet. */
import { midranks } from '../../../util/statistics/ranks.ts';

/**
 * Values as they are where all are from 0 to 1, as accuracies are; else, or where `byRank`, the share of the values that each is above,
 * equal ones counting half.
 */
export function unitTargets(values: readonly number[], byRank: boolean): readonly number[] {
  if (!byRank && values.every((value) => value >= 0 && value <= 1)) return values;
  return midranks(values).map((rank) => (rank - 0.5) / values.length);
}
