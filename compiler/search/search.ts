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

/** One training. */
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
  /** What the losses of auxiliary heads are multiplied by before they are added; heads are built only where it is there. */
  readonly auxiliary?: number;
  /** The rate at which paths are dropped would reach this after the last epoch: it grows linearly from 0, epoch by epoch. */
  readonly dropPath?: number;
  /** The share of each label that is spread evenly over all classes. */
  readonly labelSmoothing?: number;
  /** Whether images are turned left to right, each with probability 1/2. */
  readonly flip?: boolean;
  /** Pixels by which images are moved at most, up or down and left or right; zeros come in. */
  readonly crop?: number;
  /** Side of the square of zeros that is put into each image, in pixels. */
  readonly cutout?: number;
}

/** What of a training decides about the network itself, and not about how its parameters move. */
export type NetworkTerms = Pick<TrainSpec, 'recompute' | 'auxiliary' | 'dropPath' | 'labelSmoothing'>;

/** How images are changed while a network is trained, anew for each image and epoch. */
export type AugmentSpec = Pick<TrainSpec, 'flip' | 'crop' | 'cutout'>;

/** How the images of a training are changed; undefined where they are taken as they are. */
export function augmentOf({ flip, crop, cutout }: TrainSpec): AugmentSpec | undefined {
  if (flip === undefined && crop === undefined && cutout === undefined) return undefined;
  return {
    ...(flip !== undefined && { flip }),
    ...(crop !== undefined && { crop }),
    ...(cutout !== undefined && { cutout }),
  };
}

/** How each candidate is evaluated. */
export type EvaluateSpec = TrainEvaluation | SharedEvaluation | TabularEvaluation | ZeroCostEvaluation;

/** `train(...)`: trained on training images and measured on validation images. */
export interface TrainEvaluation {
  readonly kind: 'train';
  readonly train: TrainSpec;
  /** Share of the training images, the same ones for every candidate; all of them where absent. */
  readonly subset?: number;
  /** Trainings from so many seeds, of which the mean counts; one where absent. */
  readonly repeats?: number;
  /** Whether an architecture that is the same network as an earlier one takes over its result. */
  readonly cache?: boolean;
  /** When a training is ended early. */
  readonly stop?: CurveSpec;
}

/** `shared(...)`: measured on validation images with weights that all networks share. */
export interface SharedEvaluation {
  readonly kind: 'shared';
  /** How the shared weights are trained. */
  readonly train: TrainSpec;
  /** Which networks they are trained on; where absent the strategy says so. */
  readonly method: MethodSpec | undefined;
}

/** A method that trains a supernet, with its arguments. */
export interface MethodSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, StaticValue>>;
}

/** `curve(delta, after)`: ended when its final accuracy is predicted to stay below the best (Baker et al. 2018). */
export interface CurveSpec {
  /** How sure the prediction must be, above 0 and below 1. */
  readonly delta: number;
  /** Share of the epochs that are trained in any case. */
  readonly after: number;
  /** Whole trainings without which none is ended. */
  readonly least: number;
}

/** `tabular(...)`: looked up in a table of results that were measured before. */
export interface TabularEvaluation {
  readonly kind: 'tabular';
  /** A CSV file; a relative path begins at the folder of the `.nas` file. */
  readonly file: string;
  /** The notation of the space in which the table writes architectures; the only one of the space where absent. */
  readonly key: string | undefined;
  /** The column that holds the architectures; where absent the one named as the notation, or `arch`. */
  readonly column: string | undefined;
  /** Columns of what a trial is told, and what they are multiplied by to be shares of 1. */
  readonly accuracy: string;
  readonly scale: number;
  readonly loss: string | undefined;
  /** Milliseconds. */
  readonly latency: string | undefined;
  /** The column of test accuracies, of which only the winner's is read. */
  readonly test: string | undefined;
}

/** Scores of an untrained network on one batch. */
export const zeroCostScores = ['grad_norm', 'snip', 'synflow', 'jacob_cov', 'params'] as const;

export type ZeroCostScore = (typeof zeroCostScores)[number];

/** `zero_cost(...)`: scored before any training. */
export interface ZeroCostEvaluation {
  readonly kind: 'zero_cost';
  readonly score: ZeroCostScore;
  readonly batch: number;
}

export interface DataSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, StaticValue>>;
}

export interface StrategySpec {
  readonly name: string;
  readonly args: Readonly<Record<string, StaticValue>>;
}

/** What trials can be ranked by. */
export const metrics = [
  'accuracy',
  'loss',
  'params',
  'macs',
  'peak_memory',
  'latency',
  'predicted_latency',
  'score',
] as const;

/**
 * Accuracy and mean loss on validation images, multiply-accumulates of one image, bytes that a training holds at once,
 * milliseconds of an inference as they are measured, or predicted from a table, the score of `zero_cost`.
 */
export type Metric = (typeof metrics)[number];

/** What trials are ranked by. */
export interface ObjectiveSpec {
  readonly direction: 'maximize' | 'minimize';
  readonly metric: Metric;
  /** Of latencies: images of an inference; as many as of an evaluation where absent. */
  readonly batch?: number;
}

/** A search ends when the first of its budgets is used up. */
export interface BudgetSpec {
  readonly trials: number | undefined;
  readonly minutes: number | undefined;
}

export interface SearchSpec {
  readonly name: string;
  readonly space: string;
  /** Absent where nothing is trained and nothing was said. */
  readonly data: DataSpec | undefined;
  readonly strategy: StrategySpec;
  readonly evaluate: EvaluateSpec;
  /** How the winner is trained anew, on train and validation images together; absent where results are looked up. */
  readonly retrain: TrainSpec | undefined;
  /** At least one; the first is the one that strategies of one objective follow, and that names the winner. */
  readonly objectives: readonly [ObjectiveSpec, ...ObjectiveSpec[]];
  readonly budget: BudgetSpec;
  readonly seed: number;
}

/** All trainings of a search: that of a trial and that of the winner, as far as there are any. */
export function trainingsOf({ evaluate, retrain }: SearchSpec): readonly TrainSpec[] {
  return [...(evaluate.kind === 'train' ? [evaluate.train] : []), ...(retrain ? [retrain] : [])];
}

/** Images of the inference whose latency an objective asks for. */
export function latencyBatch(search: SearchSpec, { batch }: Pick<ObjectiveSpec, 'batch'>): number {
  return batch ?? trainingsOf(search)[0]?.batch ?? 1;
}

/** How many of so many images a share of them is: at least one. */
export function subsetSize(images: number, share: number = 1): number {
  return Math.max(1, Math.round(share * images));
}
