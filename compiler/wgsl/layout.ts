/**
 * How tensors lie in device memory: row-major, last axis padded to a multiple of four, so that a vec4
 * never straddles two rows; weights have their last two axes padded. Padding is zero and stays zero.
 */
import type { Graph, GraphNode, NodeId, Shape } from '../graph/graph.ts';
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
  const last = shape.length - 1;
  return shape.map((n, i) => (i === last || (weight && i === last - 1) ? roundUp(n, 4) : n));
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

/**
 * The nodes that are laid out as weights: matrices of parameters, filters that a convolution reads, their
 * gradients, and what is computed from those element by element. A row of padding at the end of a matrix
 * changes no address, so this matters from rank three on.
 */
export function weightNodes(graph: Graph): ReadonlySet<NodeId> {
  const weights = new Set<NodeId>();
  const filters = new Set(
    graph.nodes.flatMap((node) => (node.kind === 'op' && filterReaders.has(node.op) ? node.inputs : [])),
  );
  const isWeight = (node: GraphNode): boolean => {
    if (node.kind === 'parameter') {
      return node.shape.length === 2 || (node.shape.length > 2 && filters.has(node.id));
    }
    if (node.kind !== 'op') return false;
    if (weightGradients.has(node.op)) return true;
    return elementwise.has(node.op) && node.inputs.some((id) => weights.has(id));
  };
  for (const node of graph.nodes) if (isWeight(node)) weights.add(node.id);
  return weights;
}
