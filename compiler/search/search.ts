/** A search, checked: what a `search` block says, with every default filled in. Plain data. */
import type { StaticValue } from '../space/space.ts';

/** Stochastic gradient descent as PyTorch defines it; weight decay is added to the gradient. */
export interface SgdSpec {
  readonly name: 'sgd';
  readonly lr: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * How the learning rate falls over a training of T steps. `cosine`: lr * (1 + cos(pi * t / T)) / 2
 * (Loshchilov & Hutter 2017, eq. 5, without restarts).
 */
export interface ScheduleSpec {
  readonly name: 'constant' | 'cosine';
}

/** One training from scratch. */
export interface TrainSpec {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: SgdSpec;
  readonly schedule: ScheduleSpec;
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
