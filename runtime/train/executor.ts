/**
 * What the training loop needs of whatever runs a Graph. There are two: WebGPU, and the reference executor on the
 * CPU; the loop does not know which one it has.
 */
import type { Graph, Shape } from '../../compiler/graph/graph.ts';
import type { AugmentSpec, TrainSpec } from '../../compiler/search/search.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Fault } from '../execute/fault.ts';
import type { OptimizerState } from '../execute/optimizerState.ts';

/** A parameter or a running statistic in logical layout, row-major. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Parameters and states by name. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** A network together with the data that it reads, which stays on the device from batch to batch. */
export interface NetworkOnData {
  readonly graph: Graph;
  readonly dataset: Dataset;
  /** Images in a batch: the first axis of the graph's inputs. */
  readonly batch: number;
  /** Most rows that are fed at once, a multiple of the batch. */
  readonly capacity: number;
  /** The values to begin with, for every parameter and state of the graph. */
  readonly tensors: Tensors;
  /** How images are changed while they are trained on; not at all where absent. */
  readonly augment?: AugmentSpec | undefined;
  /** What was measured; on devices it says which kernels run. */
  readonly tuning?: Tuning | undefined;
}

/** A row of the data that is not there: its image is ignored and its label is -1, which takes no part in the loss. */
export const NO_ROW = -1;

/** How parameters move. */
export type UpdateSpec = Pick<TrainSpec, 'optimizer' | 'clip' | 'ema'>;

/** What some steps gave. */
export interface Steps {
  /** The mean loss of each batch, before its step; those behind a fault mean nothing. */
  readonly losses: Float32Array;
  /** The first number that was none, if there was one; the run is then good for nothing more. */
  readonly fault: Fault | undefined;
}

export interface TrainingRun {
  /**
   * Runs `rates.length` steps. Step `i` reads the rows `order[i * batch ...]` and moves by the learning rate
   * `rates[i]`. Stops within 50 steps of the first infinity or NaN among weights, gradients, statistics or losses. Where
   * the network changes its images, `changes` says how (`augment.ts`).
   */
  readonly steps: (order: Int32Array, rates: Float32Array, changes?: Int32Array) => Promise<Steps>;
  /** The values of all parameters and states now. */
  readonly read: () => Promise<Tensors>;
  /** Sets some of them. */
  readonly write: (tensors: Tensors) => void;
  /** What the optimiser keeps now. */
  readonly readOptimizer: () => Promise<OptimizerState>;
  /** Continues where another run of the same network and optimiser was. */
  readonly writeOptimizer: (state: OptimizerState) => void;
  /** Gives back what it holds. */
  readonly release: () => void;
}

/** Where a training stands after some epochs. What goes on from here ends with the same bits as what was never stopped. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  readonly tensors: Tensors;
  readonly optimizer: OptimizerState;
  /** Mean training loss of each of them. */
  readonly epochLosses: readonly number[];
}

export interface Measured {
  /** The summed loss. */
  readonly loss: number;
  readonly correct: number;
  /** Why the loss is no number, if it is none. */
  readonly fault: Fault | undefined;
}

export interface EvaluationRun {
  /** Sums over `order`, a whole number of batches in which {@link NO_ROW} fills up the last one. */
  readonly measure: (order: Int32Array) => Promise<Measured>;
  readonly release: () => void;
}

/** One pass through a graph. */
export interface Pass {
  readonly graph: Graph;
  /** A value for every parameter and state of the graph. */
  readonly tensors: Tensors;
  readonly dataset: Dataset;
  /** The rows of the data that the inputs `x` and `labels` hold, as many as a batch has. */
  readonly rows: Int32Array;
}

/** What one pass gave. */
export interface Passed {
  /** Gradients by the name of their parameter, in logical layout. */
  readonly gradients: Tensors;
  /** The graph's outputs by name. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export interface Executor {
  readonly prepareTraining: (network: NetworkOnData, update: UpdateSpec) => Promise<TrainingRun>;
  readonly prepareEvaluation: (network: NetworkOnData) => Promise<EvaluationRun>;
  /** Runs a graph once and gives back all of its gradients and outputs. */
  readonly runOnce: (pass: Pass) => Promise<Passed>;
}
