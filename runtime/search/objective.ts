/** Which of two trials is better. One rule for the driver, for strategies and for reports. */
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import type { DoneTrial, TrialRecord } from '../store/records.ts';

/** The fitness of a failed trial: the worst finite number. */
export const WORST_FITNESS: number = -Number.MAX_VALUE;

/** What the objective says of a trial, in its own unit. */
export function objectiveValue(trial: DoneTrial, objective: ObjectiveSpec): number {
  switch (objective.metric) {
    case 'accuracy':
      return trial.metrics.accuracy;
    case 'loss':
      return trial.metrics.loss;
    case 'params':
      return trial.params;
    case 'macs':
      return trial.macs;
    default:
      return objective.metric satisfies never;
  }
}

/** The same with larger always better. */
export function fitness(trial: TrialRecord, objective: ObjectiveSpec): number {
  if (trial.status === 'failed') return WORST_FITNESS;
  const value = objectiveValue(trial, objective);
  return objective.direction === 'maximize' ? value : -value;
}

/**
 * Orders trials best first: by the objective; among equals by lower validation loss, then by fewer
 * parameters, then by lower number. A total order, so that the winner does not depend on who asks.
 */
export function compareTrials(a: DoneTrial, b: DoneTrial, objective: ObjectiveSpec): number {
  return (
    fitness(b, objective) - fitness(a, objective) ||
    a.metrics.loss - b.metrics.loss ||
    a.params - b.params ||
    a.number - b.number
  );
}

/** The best of some trials; undefined where none succeeded. */
export function bestTrial(trials: readonly TrialRecord[], objective: ObjectiveSpec): DoneTrial | undefined {
  let best: DoneTrial | undefined;
  for (const trial of trials) {
    if (trial.status === 'done' && (best === undefined || compareTrials(trial, best, objective) < 0))
      best = trial;
  }
  return best;
}
