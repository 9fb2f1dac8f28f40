/** The parent network as the rules of inheritance look at it: who reads a tensor, and what a weight holds. */
import type { Graph, GraphNode, NodeId, OpNode, OpNodeOf } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { present } from '../../../util/invariant.ts';
import type { Tensors } from '../executor.ts';

export class Parent {
  readonly graph: Graph;
  readonly #tensors: Tensors;
  readonly #readers = new Map<NodeId, OpNode[]>();

  /** `tensors` holds every parameter and statistic of the graph. */
  constructor(network: Graph, tensors: Tensors) {
    const graph = withoutTwins(network);
    this.graph = graph;
    this.#tensors = tensors;
    for (const node of graph.nodes) {
      if (node.kind !== 'op') continue;
      for (const input of new Set(node.inputs)) this.#readers.set(input, [...this.readers(input), node]);
    }
  }

  node(id: NodeId): GraphNode {
    return present(this.graph.nodes[id], `node ${id} of the parent`);
  }

  /** The ops that read a tensor. */
  readers(id: NodeId): readonly OpNode[] {
    return this.#readers.get(id) ?? [];
  }

  /** The ops of a name that read a tensor as their first input, those of a site first. */
  following<K extends OpName>(id: NodeId, op: K, site: string): readonly OpNodeOf<K>[] {
    const found = this.readers(id).filter(
      (node): node is Extract<OpNode, OpNodeOf<K>> => node.op === op && node.inputs[0] === id,
    );
    return [...found].sort((a, b) => Number(b.site === site) - Number(a.site === site));
  }

  /** The values of a parameter, a statistic or a constant; undefined for what is computed. */
  weights(id: NodeId): Float32Array | undefined {
    const node = this.node(id);
    if (node.kind === 'constant') return new Float32Array(elementsOf(node.shape)).fill(node.value);
    if (node.kind !== 'parameter' && node.kind !== 'state') return undefined;
    return this.#tensors.get(node.name)?.data;
  }
}

/** Whoever reads one of several equal constants reads the first of them. */
function withoutTwins(graph: Graph): Graph {
  const first = new Map<string, NodeId>();
  const twin = new Map<NodeId, NodeId>();
  for (const node of graph.nodes) {
    if (node.kind !== 'constant') continue;
    const key = `${node.value} ${node.shape.join()}`;
    twin.set(node.id, first.get(key) ?? node.id);
    if (!first.has(key)) first.set(key, node.id);
  }
  if (first.size === twin.size) return graph;
  const nodes = graph.nodes.map((node) =>
    node.kind === 'op' ? { ...node, inputs: node.inputs.map((id) => twin.get(id) ?? id) } : node,
  );
  return { ...graph, nodes };
}
