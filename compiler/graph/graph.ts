/**
 * The Graph: tensors and the ops between them, for one fixed architecture. Plain, immutable,
 * serialisable data in topological order; a node's id is its index.
 *
 * Shapes are logical and complete (batch included). Images are NHWC, convolution filters HWIO
 * (height, width, in, out), dense weights `[in, out]`. How a back end lays a tensor out in memory is
 * its own affair.
 *
 * A node makes one tensor. What an op keeps for its gradient is a node of its own (`moments` for batch
 * normalisation), so that a Graph can be read, differentiated and scheduled without hidden state.
 */
import type { OpAttributes, OpName } from '../ops/attributes.ts';

export type DType = 'f32' | 'i32';

export type Shape = readonly number[];

/** Index of a node in its graph. */
export type NodeId = number & { readonly __node?: never };

interface NodeBase {
  readonly id: NodeId;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor that is fed at every run: the images `x`, the labels. */
export interface InputNode extends NodeBase {
  readonly kind: 'input';
  readonly name: string;
}

/**
 * How a parameter or a state begins. `he` is normal with variance 2 / fanIn (He et al. 2015, eq. 10); `key` is
 * one whole number below 2^24 for each element, a function of the seed and the tensor's name; `uniform` is even from
 * -limit to limit.
 */
export type Initializer =
  | { readonly kind: 'key' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'he'; readonly fanIn: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'rows'; readonly values: readonly number[] };

/** A trained tensor. Its name is its site: the path of uses and the op, `early.residual[0].conv.kernel`. */
export interface ParameterNode extends NodeBase {
  readonly kind: 'parameter';
  readonly name: string;
  readonly init: Initializer;
}

/** A tensor that is kept from step to step but not trained: running statistics. */
export interface StateNode extends NodeBase {
  readonly kind: 'state';
  readonly name: string;
  readonly init: Initializer;
}

/** A tensor filled with one value: the seed of a backward pass. */
export interface ConstantNode extends NodeBase {
  readonly kind: 'constant';
  readonly value: number;
}

/** An op applied to earlier nodes. `site` says where in the space it stands, for messages. */
export interface OpNodeOf<K extends OpName> extends NodeBase {
  readonly kind: 'op';
  readonly op: K;
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly NodeId[];
  readonly site: string;
  /** It computes again what the forward pass computed, and should wait until a gradient needs it. */
  readonly late?: true;
}

export type OpNode = { [K in OpName]: OpNodeOf<K> }[OpName];

export type GraphNode = InputNode | ParameterNode | StateNode | ConstantNode | OpNode;

/** Gradient of the loss with respect to one parameter. */
export interface ParameterGradient {
  readonly parameter: NodeId;
  readonly gradient: NodeId;
}

/** After a run, the state takes the value of the node. */
export interface StateUpdate {
  readonly state: NodeId;
  readonly value: NodeId;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** What a run gives back, by name: `logits`, `loss`, `correct`. */
  readonly outputs: Readonly<Record<string, NodeId>>;
  readonly gradients: readonly ParameterGradient[];
  readonly updates: readonly StateUpdate[];
}
