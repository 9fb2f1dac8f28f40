/** Anytime curves: the best that a search had found after each bit of what it cost. */
import type { BudgetSpec, ObjectiveSpec } from '../../../compiler/search/search.ts';
import type { TrialRecord } from '../../store/records.ts';
import { fitness, mayWin } from '../objective.ts';

/**
 * What cost is counted in: evaluations, of which a shortened one counts as much as was trained of it, or minutes of
 * trials.
 */
export type CostUnit = 'evaluations' | 'minutes';

/** The best so far once so much was spent. */
export interface CurvePoint {
  readonly cost: number;
  /** In the objective's own unit. */
  readonly best: number;
}

/** What the searches of a budget are compared over: its trials, or its minutes where it has no other bound. */
export function unitOf({ trials }: BudgetSpec): CostUnit {
  return trials === undefined ? 'minutes' : 'evaluations';
}

/** One point for each trial that found something better; none before the first that succeeds. Costs ascend. */
export function curveOf(
  trials: readonly TrialRecord[],
  objective: ObjectiveSpec,
  unit: CostUnit,
): readonly CurvePoint[] {
  const sign = objective.direction === 'maximize' ? 1 : -1;
  const points: CurvePoint[] = [];
  let [cost, best] = [0, -Infinity];
  for (const trial of trials) {
    cost += costOf(trial, unit);
    const value = mayWin(trial) ? fitness(trial, objective) : -Infinity;
    // A trial without a measurement has the worst finite fitness, and is no find.
    if (value <= best || value === -Number.MAX_VALUE) continue;
    best = value;
    points.push({ cost, best: sign * value });
  }
  return points;
}

/** What a trial cost. */
export function costOf(trial: TrialRecord, unit: CostUnit): number {
  if (unit === 'minutes') return trial.seconds / 60;
  const { share = 1 } = trial;
  const stopped = trial.status === 'done' ? trial.metrics.stopped : undefined;
  return stopped === undefined ? share : (share * stopped.epoch) / stopped.epochs;
}

/** The best after so much was spent; undefined where nothing had been found. */
export function bestAt(curve: readonly CurvePoint[], cost: number): number | undefined {
  // Sums of shares may miss a whole number by rounding.
  return curve.findLast((point) => point.cost <= cost * (1 + 1e-9))?.best;
}
