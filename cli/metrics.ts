/** What an evaluation measured, in words. */
import type { ObjectiveSpec } from '../compiler/search/search.ts';
import { objectiveValue } from '../runtime/search/objective.ts';
import type { DoneTrial, Metrics } from '../runtime/store/records.ts';
import { formatCount, formatHits, formatLoss, formatShare } from './format.ts';

/** `97.8%`; `~97.8%` where it is a prediction, the score where that is all there is, nothing where nobody measured. */
export function qualityText({ accuracy, score, stopped }: Metrics): string {
  if (accuracy !== undefined) return `${stopped ? '~' : ''}${formatShare(accuracy)}`;
  return score === undefined ? '' : formatScore(score);
}

/** `352 of 360 images, loss 0.2067`, as far as there is something to say. */
export function measuredText({ accuracy, images, loss }: Metrics): string {
  return [
    ...(accuracy !== undefined && images > 0 ? [`${formatHits({ accuracy, images })} images`] : []),
    ...(loss === undefined ? [] : [`loss ${formatLoss(loss)}`]),
  ].join(', ');
}

/** What only some evaluations tell: `± 0.8%`, `3.20 ms`, `~3.20 ms` where it is predicted, `1,234,567 bytes`, `as trial 3`. */
export function moreTexts(metrics: Metrics): string[] {
  const { latency, predictedLatency, peakMemory, repeats, stopped, sameAs } = metrics;
  return [
    ...(repeats ? [`± ${formatShare(repeats.interval)} of ${repeats.accuracies.length} trainings`] : []),
    ...(latency === undefined ? [] : [formatLatency(latency)]),
    ...(predictedLatency === undefined ? [] : [`~${formatLatency(predictedLatency)}`]),
    ...(peakMemory === undefined ? [] : [`${formatCount(peakMemory)} bytes`]),
    ...(stopped ? [`stopped after epoch ${stopped.epoch} of ${stopped.epochs}`] : []),
    ...(sameAs === undefined ? [] : [`as trial ${sameAs}`]),
  ];
}

/** What an objective says of a trial, in its unit. */
export function objectiveText(trial: DoneTrial, objective: ObjectiveSpec): string {
  const value = objectiveValue(trial, objective);
  if (value === undefined) return '';
  switch (objective.metric) {
    case 'accuracy':
      return formatShare(value);
    case 'loss':
      return formatLoss(value);
    case 'latency':
    case 'predicted_latency':
      return formatLatency(value);
    case 'score':
      return formatScore(value);
    case 'params':
    case 'macs':
    case 'peak_memory':
      return formatCount(value);
    default:
      return objective.metric satisfies never;
  }
}

/** `3.20 ms` */
export function formatLatency(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 100 ? 2 : 0)} ms`;
}

/** `12.3`, `4.56e+12` */
export function formatScore(score: number): string {
  const size = Math.abs(score);
  return size !== 0 && (size >= 1e5 || size < 1e-2) ? score.toExponential(2) : score.toFixed(2);
}
