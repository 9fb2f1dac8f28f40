/** A training with a share of its epochs, as proposals of small budgets ask for. */
import type { ScheduleSpec, TrainSpec } from '../../../compiler/search/search.ts';

/** At least one epoch; what the schedule counts in epochs shrinks with them, so that it still comes to its end. */
export function shorten(train: TrainSpec, share: number): TrainSpec {
  const epochs = Math.max(1, Math.round(share * train.epochs));
  return { ...train, epochs, schedule: shrink(train.schedule, epochs / train.epochs) };
}

function shrink({ warmup, ...schedule }: ScheduleSpec, factor: number): ScheduleSpec {
  const shorter = warmup === undefined ? 0 : Math.round(factor * warmup);
  const rest = shorter > 0 ? { warmup: shorter } : {};
  if (schedule.name !== 'step') return { ...schedule, ...rest };
  return { ...schedule, every: Math.max(1, Math.round(factor * schedule.every)), ...rest };
}
