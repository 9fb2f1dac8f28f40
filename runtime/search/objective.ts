/** Which of two trials is better. One rule for the driver, for strategies and for reports. */
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import type { DoneTrial, TrialRecord } from '../store/records.ts';

/** The fitness of a failed trial: the worst finite number. */
export const WORST_FITNESS: number = -Number.MAX_VALUE;

/** What the objective says of a trial, in its own unit; undefined where the evaluation did not tell it. */
export function objectiveValue(
  trial: Pick<DoneTrial, 'metrics' | 'params' | 'macs'>,
  objective: ObjectiveSpec,
): number | undefined {
  const { metrics } = trial;
  switch (objective.metric) {
    case 'accuracy':
      return metrics.accuracy;
    case 'loss':
      return metrics.loss;
    case 'params':
      return trial.params;
    case 'macs':
      return trial.macs;
    case 'peak_memory':
      return metrics.peakMemory;
    case 'latency':
      return metrics.latency;
    case 'predicted_latency':
      return metrics.predictedLatency;
    case 'score':
      return metrics.score;
    default:
      return objective.metric satisfies never;
  }
}

/** The same with larger always better. */
export function fitness(trial: TrialRecord, objective: ObjectiveSpec): number {
  const value = trial.status === 'failed' ? undefined : objectiveValue(trial, objective);
  if (value === undefined) return WORST_FITNESS;
  return objective.direction === 'maximize' ? value : -value;
}

/**
 * Orders trials best first: by the objective; among equals by lower validation loss, then by fewer
 * parameters, then by lower number. A total order, so that the winner does not depend on who asks.
 */
export function compareTrials(a: DoneTrial, b: DoneTrial, objective: ObjectiveSpec): number {
  return (
    fitness(b, objective) - fitness(a, objective) ||
    (a.metrics.loss ?? 0) - (b.metrics.loss ?? 0) ||
    a.params - b.params ||
    a.number - b.number
  );
}

/** Whether a trial may win: what is only predicted of it may not be so. */
export function mayWin(trial: TrialRecord): trial is DoneTrial {
  return trial.status === 'done' && trial.metrics.stopped === undefined;
}

/** The best of some trials; undefined where none may win. */
export function bestTrial(trials: readonly TrialRecord[], objective: ObjectiveSpec): DoneTrial | undefined {
  let best: DoneTrial | undefined;
  for (const trial of trials) {
    if (mayWin(trial) && (best === undefined || compareTrials(trial, best, objective) < 0)) best = trial;
  }
  return best;
}
