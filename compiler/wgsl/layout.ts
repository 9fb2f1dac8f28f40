/**
 * How tensors lie in device memory: row-major, last axis padded to a multiple of four, so that a vec4
 * never straddles two rows; weights have their last two axes padded. Padding is zero and stays zero.
 */
import type { Graph, GraphNode, NodeId, OpNode, Shape } from '../graph/graph.ts';
import type { OpName } from '../ops/attributes.ts';
import { elementsOf } from '../ops/shapes.ts';

/** Offsets of bindings are multiples of this (minStorageBufferOffsetAlignment). */
export const ALIGNMENT = 256;

/** The next multiple of `step`. */
export function roundUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}

/** The padded shape of a tensor. */
export function physicalShape(shape: Shape, weight: boolean): Shape {
  const padded = shape.slice();
  const last = shape.length - 1;
  for (let axis = Math.max(0, weight ? last - 1 : last); axis <= last; axis++) {
    padded[axis] = roundUp(shape[axis] ?? NaN, 4);
  }
  return padded;
}

/** Bytes of a tensor of 32-bit elements in its padded shape. */
export function physicalBytes(physical: Shape): number {
  return elementsOf(physical) * 4;
}

const elementwise: ReadonlySet<OpName> = new Set([
  'add',
  'sub',
  'mul',
  'scale',
  'relu',
  'relu_gradient',
  'activation_gradient',
]);

const weightGradients: ReadonlySet<OpName> = new Set(['conv_weight_gradient', 'depthwise_weight_gradient']);

const filterReaders: ReadonlySet<OpName> = new Set([
  'conv',
  'conv_input_gradient',
  'depthwise',
  'depthwise_input_gradient',
]);

/** An op, whichever it is. */
type Reader = Pick<OpNode, 'id' | 'op'>;

/** Whether an op reads input `index` as the filters of a convolution. */
function readsFilters({ op }: Reader, index: number): boolean {
  return index === 1 && filterReaders.has(op);
}

/**
 * The nodes that are laid out as weights: matrices of parameters, parameters that are nothing but filters of
 * convolutions, the gradients of filters, and what is computed from those alone, element by element. A row of
 * padding at the end of a matrix changes no address, so this matters from rank three on.
 */
export function weightNodes(graph: Graph): ReadonlySet<NodeId> {
  const weights = new Set<NodeId>();
  const [filters, others] = [new Set<NodeId>(), new Set<NodeId>()];
  for (const node of graph.nodes) {
    if (node.kind !== 'op') continue;
    node.inputs.forEach((id, index) => (readsFilters(node, index) ? filters : others).add(id));
  }
  const isWeight = (node: GraphNode): boolean => {
    const { id, kind, shape } = node;
    if (kind === 'parameter') return shape.length === 2 || (filters.has(id) && !others.has(id));
    if (kind !== 'op') return false;
    if (weightGradients.has(node.op)) return true;
    return elementwise.has(node.op) && node.inputs.every((input) => weights.has(input));
  };
  for (const node of graph.nodes) if (isWeight(node)) weights.add(node.id);
  return weights;
}

/**
 * Whether an op can read input `index` where it is laid out as weights: as filters, as a matrix of which it knows how
 * many rows count, to make weights of it, or to lay it out anew. To all others rows of padding do not show.
 */
export function takesWeights(reader: Reader, index: number, weights: ReadonlySet<NodeId>): boolean {
  const { id, op } = reader;
  return (
    readsFilters(reader, index) ||
    op === 'matmul' ||
    op === 'reshape' ||
    (elementwise.has(op) && weights.has(id))
  );
}
