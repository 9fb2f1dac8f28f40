/**
 * Computes again in the backward pass what is cheap, instead of keeping it from the forward pass (Chen et al. 2016, "Training
 * Deep Nets with Sublinear Memory Cost", section 4.1, "drop the results of low cost operations"). Activations,
 * normalisations and sums are made anew of the convolutions' outputs, just before their gradients need them. Every result is
 * the same to the last bit; memory goes down, and a pass over memory is paid for each.
 */
import { present } from '../../../util/invariant.ts';
import { opTable } from '../../ops/table.ts';
import { followed } from './rewrite.ts';
import type { Graph, GraphNode, NodeId, OpNode } from '../graph.ts';

/** The graph with copies of cheap ops for its gradients. */
export function recompute(graph: Graph): Graph {
  const forward = ancestors(graph, [
    ...Object.values(graph.outputs),
    ...graph.updates.map(({ value }) => value),
  ]);
  const made: GraphNode[] = [];
  const places = new Map<NodeId, NodeId>();
  const copies = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId): NodeId => present(places.get(id), `recompute: node ${id}`);
  const isCheap = (node: GraphNode | undefined): node is OpNode =>
    node?.kind === 'op' && forward.has(node.id) && opTable[node.op].cheap === true;

  /** What a gradient reads for a node: a copy that is made now, of copies where these are cheap. */
  const again = (id: NodeId): NodeId => {
    const node = graph.nodes[id];
    if (!isCheap(node)) return placeOf(id);
    const known = copies.get(id);
    if (known !== undefined) return known;
    const inputs = node.inputs.map(again);
    const copy = { ...node, id: made.length, inputs, late: true } as const;
    made.push(copy);
    copies.set(id, copy.id);
    return copy.id;
  };

  for (const node of graph.nodes) {
    const backward = node.kind === 'op' && !forward.has(node.id);
    const inputs = node.kind === 'op' ? node.inputs.map(backward ? again : placeOf) : [];
    const id = made.length;
    made.push(node.kind === 'op' ? { ...node, id, inputs } : { ...node, id });
    places.set(node.id, id);
  }
  return { nodes: made, ...followed(graph, placeOf) };
}

/** Some nodes, and all that these depend on. */
function ancestors(graph: Graph, roots: readonly NodeId[]): ReadonlySet<NodeId> {
  const found = new Set<NodeId>(roots);
  for (const node of graph.nodes.toReversed()) {
    if (node.kind === 'op' && found.has(node.id)) node.inputs.forEach((input) => found.add(input));
  }
  return found;
}
