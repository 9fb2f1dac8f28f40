/**
 * What runs networks whose weights are shared: a supernet, its paths, and whatever else names the same weights. There are two:
 * WebGPU, and the reference executor on the CPU; the methods of weight sharing do not know which one they have.
 */
import type { Graph } from '../../compiler/graph/graph.ts';
import type { OptimizerState } from '../execute/optimizerState.ts';
import type { UpdateSpec } from '../train/executor.ts';

/** Tensors by name, as exact as they are held: the reference may hold doubles. */
export type NumberTensors = ReadonlyMap<string, NumberTensor>;

export interface NumberTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Numbers as devices and files hold them. */
export function floats(values: NumberTensor['data']): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** How shared weights move. No average of them is kept: each step moves others. */
export type SharedUpdate = Pick<UpdateSpec, 'optimizer' | 'clip'>;

/** What a network reads in one pass. */
export interface Batch {
  /** Rows of the data, as many as the graph's batch. */
  readonly rows: Int32Array;
  /** The parameters that are the network's own: its gates. */
  readonly own?: NumberTensors | undefined;
}

/** Over a batch: the loss (a mean or a sum, as the graph says) and the number of right answers. */
export interface Passed {
  readonly loss: number;
  readonly correct: number;
}

export interface PassedBack extends Passed {
  /** Of every parameter that the graph differentiates by, in logical layout. */
  readonly gradients: NumberTensors;
}

/** A network that is ready to run over shared weights. What is called meanwhile waits its turn. */
export interface SharedNetwork {
  /** A step of the optimiser on those shared weights of which the graph has gradients. All others keep their bits. */
  readonly train: (batch: Batch, rate: number) => Promise<Passed>;
  /** Gradients; nothing moves. */
  readonly differentiate: (batch: Batch) => Promise<PassedBack>;
  readonly measure: (batch: Batch) => Promise<Passed>;
  /** Gives back what it holds. */
  readonly release: () => void;
}

/** Weights, what an optimiser keeps of them, and the networks that are made of them. */
export interface SharedWeights {
  /** Makes a network ready; what it takes is compiled at its first pass. */
  readonly network: (graph: Graph) => SharedNetwork;
  /** All weights, in logical layout. */
  readonly read: () => Promise<NumberTensors>;
  /** Sets weights, all or some. */
  readonly write: (tensors: NumberTensors) => void;
  readonly readOptimizer: () => Promise<OptimizerState>;
  readonly writeOptimizer: (state: OptimizerState) => void;
  readonly release: () => void;
}
