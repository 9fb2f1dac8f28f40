/**
 * Puts a copy wherever what is laid out as weights is read by an op that expects rows one after the other: filters
 * that were computed, and gradients of filters that are added to others or belong to a parameter which is more than
 * filters. Networks whose filters are parameters of their own need none.
 */
import { present } from '../../util/invariant.ts';
import type { Graph, GraphNode, NodeId, OpNode } from '../graph/graph.ts';
import { followed } from '../graph/passes/rewrite.ts';
import { takesWeights, weightNodes } from './layout.ts';

/** The graph with copies: reshapes to the same shape. Outputs, gradients and updates follow their nodes. */
export function separateLayouts(graph: Graph): Graph {
  const weights = weightNodes(graph);
  const isPadded = (id: NodeId): boolean => weights.has(id) && (graph.nodes[id]?.shape.length ?? 0) > 2;
  const isStray = (node: OpNode, id: NodeId, index: number): boolean =>
    isPadded(id) && !takesWeights(node, index, weights);
  const isStrayGradient = (owner: NodeId, value: NodeId): boolean => isPadded(value) && !weights.has(owner);
  const strays =
    graph.nodes.some((node) => node.kind === 'op' && node.inputs.some((id, i) => isStray(node, id, i))) ||
    graph.gradients.some(({ parameter, gradient }) => isStrayGradient(parameter, gradient)) ||
    graph.updates.some(({ state, value }) => isStrayGradient(state, value));
  if (!strays) return graph;

  const nodes: GraphNode[] = [];
  const places = new Map<NodeId, NodeId>();
  const copies = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId): NodeId => present(places.get(id), `separateLayouts: node ${id}`);
  const copyOf = (id: NodeId): NodeId => {
    const known = copies.get(id);
    if (known !== undefined) return known;
    const node = present(graph.nodes[id], `separateLayouts: node ${id}`);
    const { shape, dtype } = node;
    const site = node.kind === 'op' ? node.site : '';
    const copy = nodes.length;
    nodes.push({
      kind: 'op',
      op: 'reshape',
      attributes: { shape },
      inputs: [placeOf(id)],
      site,
      shape,
      dtype,
      id: copy,
    });
    copies.set(id, copy);
    return copy;
  };
  for (const node of graph.nodes) {
    const inputs =
      node.kind === 'op' ? node.inputs.map((id, i) => (isStray(node, id, i) ? copyOf : placeOf)(id)) : [];
    const id = nodes.length;
    nodes.push(node.kind === 'op' ? { ...node, id, inputs } : { ...node, id });
    places.set(node.id, id);
  }
  const valueOf = (owner: NodeId, value: NodeId): NodeId =>
    (isStrayGradient(owner, value) ? copyOf : placeOf)(value);
  return {
    ...followed(graph, placeOf),
    gradients: graph.gradients.map(({ parameter, gradient }) => ({
      parameter: placeOf(parameter),
      gradient: valueOf(parameter, gradient),
    })),
    updates: graph.updates.map(({ state, value }) => ({
      state: placeOf(state),
      value: valueOf(state, value),
    })),
    nodes,
  };
}
