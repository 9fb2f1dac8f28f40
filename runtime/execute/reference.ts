/**
 * Runs any Graph on the CPU by the ops' own definitions: the measure of every other executor. Slow, simple
 * and deterministic.
 */
import type { Graph, GraphNode, Shape } from '../../compiler/graph/graph.ts';
import type { OpAttributes, OpName } from '../../compiler/ops/attributes.ts';
import type { CpuTensor, OpRecord } from '../../compiler/ops/op.ts';
import { elementsOf, sameShape, shapeText } from '../../compiler/ops/shapes.ts';
import { opTable } from '../../compiler/ops/table.ts';
import { invariant, present } from '../../util/invariant.ts';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, CpuTensor>>;

/** A value for every named tensor of the graph, of its shape. Values are read, never written. */
export interface Feeds {
  readonly inputs?: NamedTensors;
  readonly parameters?: NamedTensors;
  readonly states?: NamedTensors;
}

export interface ReferenceOptions {
  /**
   * What f32 tensors are held in: `f32` rounds every node's result as a device does (sums inside a node are
   * float64 all the same), `f64` does not round.
   */
  readonly precision: 'f32' | 'f64';
  /** Sees the value of every node, in the graph's order. */
  readonly watch?: (node: GraphNode, value: CpuTensor, inputs: readonly CpuTensor[]) => void;
}

export interface ReferenceResult {
  /** The graph's outputs by name. */
  readonly outputs: NamedTensors;
  /** Gradients by the name of their parameter. */
  readonly gradients: NamedTensors;
  /** All states by name, after the updates. */
  readonly states: NamedTensors;
}

/** Runs a graph once. Throws an internal error when a feed is missing or has another shape. */
export function runReference(graph: Graph, feeds: Feeds, options: ReferenceOptions): ReferenceResult {
  const values: CpuTensor[] = [];
  const valueOf = (id: number): CpuTensor =>
    present(values[id], `reference executor: the value of node ${id}`);
  for (const node of graph.nodes) {
    const value = evaluate(node, valueOf, feeds, options);
    values.push(value);
    options.watch?.(node, value, node.kind === 'op' ? node.inputs.map(valueOf) : []);
  }

  const nameOf = (id: number): string => {
    const node = graph.nodes[id];
    invariant(node && 'name' in node, `reference executor: node ${id} has no name`);
    return node.name;
  };
  const states: Record<string, CpuTensor> = {};
  for (const node of graph.nodes) if (node.kind === 'state') states[node.name] = valueOf(node.id);
  for (const { state, value } of graph.updates) states[nameOf(state)] = valueOf(value);
  return {
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, valueOf(id)])),
    gradients: Object.fromEntries(
      graph.gradients.map(({ parameter, gradient }) => [nameOf(parameter), valueOf(gradient)]),
    ),
    states,
  };
}

function evaluate(
  node: GraphNode,
  valueOf: (id: number) => CpuTensor,
  feeds: Feeds,
  options: ReferenceOptions,
): CpuTensor {
  switch (node.kind) {
    case 'input':
      return fed(node, feeds.inputs?.[node.name], node.name, options);
    case 'parameter':
      return fed(node, feeds.parameters?.[node.name], node.name, options);
    case 'state':
      return fed(node, feeds.states?.[node.name], node.name, options);
    case 'constant': {
      const data = allocate(node, options);
      data.fill(node.value);
      return { shape: node.shape, data };
    }
    case 'op':
      return apply(node.op, node.attributes, node.inputs.map(valueOf), {
        shape: node.shape,
        data: allocate(node, options),
      });
    default:
      return node satisfies never;
  }
}

function apply<K extends OpName>(
  op: K,
  attributes: OpAttributes[K],
  inputs: readonly CpuTensor[],
  out: CpuTensor,
): CpuTensor {
  const record: OpRecord<K> = opTable[op];
  record.reference(inputs, out, attributes);
  return out;
}

/** A tensor of the right shape, held in the array that the node's type and the precision ask for. */
function fed(
  node: GraphNode,
  tensor: CpuTensor | undefined,
  name: string,
  options: ReferenceOptions,
): CpuTensor {
  invariant(tensor, `reference executor: no value was given for the ${node.kind} ${name}`);
  invariant(
    sameShape(tensor.shape, node.shape) && tensor.data.length === elementsOf(node.shape),
    `reference executor: the ${node.kind} ${name} is ${shapeText(node.shape)}, not ${shapeText(tensor.shape)} with ${tensor.data.length} elements`,
  );
  const data = allocate(node, options);
  if (data.constructor === tensor.data.constructor) return tensor;
  data.set(tensor.data);
  return { shape: node.shape, data };
}

function allocate(
  node: { readonly shape: Shape; readonly dtype: GraphNode['dtype'] },
  { precision }: ReferenceOptions,
): CpuTensor['data'] {
  const elements = elementsOf(node.shape);
  if (node.dtype === 'i32') return new Int32Array(elements);
  return precision === 'f32' ? new Float32Array(elements) : new Float64Array(elements);
}
