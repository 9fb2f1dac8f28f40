/** A search, checked: what a `search` block says, with every default filled in. Plain data. */
import type { OptimizerSpec } from '../optimizers/optimizer.ts';
import type { StaticValue } from '../space/space.ts';

/**
 * How the learning rate falls over a training, after a linear warm-up of `warmup` epochs, which all of them may have:
 * see `runtime/train/schedule.ts`. What is left out is 0.
 */
export type ScheduleSpec =
  | { readonly name: 'constant'; readonly warmup?: number }
  | { readonly name: 'cosine'; readonly min?: number; readonly warmup?: number }
  | { readonly name: 'step'; readonly every: number; readonly gamma: number; readonly warmup?: number };

/** One training from scratch. */
export interface TrainSpec {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  /** The largest global norm of gradients; larger ones are scaled down to it. */
  readonly clip?: number;
  /** How much of the average of weights stays at each step; networks are then measured with the average. */
  readonly ema?: number;
  /** Whether cheap results are computed again for gradients instead of kept: less memory, the same bits. */
  readonly recompute?: boolean;
}

export interface DataSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, StaticValue>>;
}

export interface StrategySpec {
  readonly name: string;
  readonly args: Readonly<Record<string, StaticValue>>;
}

/** What trials are ranked by, on validation images. */
export interface ObjectiveSpec {
  readonly direction: 'maximize' | 'minimize';
  readonly metric: 'accuracy' | 'loss' | 'params' | 'macs';
}

/** A search ends when the first of its budgets is used up. */
export interface BudgetSpec {
  readonly trials: number | undefined;
  readonly minutes: number | undefined;
}

export interface SearchSpec {
  readonly name: string;
  readonly space: string;
  readonly data: DataSpec;
  readonly strategy: StrategySpec;
  readonly evaluate: TrainSpec;
  /** How the winner is trained anew, on train and validation images together. */
  readonly retrain: TrainSpec;
  readonly objective: ObjectiveSpec;
  readonly budget: BudgetSpec;
  readonly seed: number;
}
