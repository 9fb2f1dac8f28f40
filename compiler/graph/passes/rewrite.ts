/** The walk that simplifying passes share: copies a graph, renumbered, while leaving nodes out. */
import { present } from '../../../util/invariant.ts';
import type { Graph, GraphNode, NodeId, OpNode } from '../graph.ts';

export interface Rewriting {
  /** Nodes, as they stand in the old graph, that nothing which stays reads. */
  readonly drops?: (node: GraphNode) => boolean;
  /**
   * The earlier node of the copy that takes the node's place, or undefined if the node stays. The node is
   * given as it would stand in the copy: its id and inputs are places in `copy`.
   */
  readonly replaces?: (node: GraphNode, copy: readonly GraphNode[]) => NodeId | undefined;
}

/** Copies a graph in order; outputs, gradients and updates follow their nodes. */
export function rewrite(graph: Graph, { drops, replaces }: Rewriting): Graph {
  const copy: GraphNode[] = [];
  const places: (NodeId | undefined)[] = [];
  const placeOf = (id: NodeId): NodeId => present(places[id], 'rewrite: what is still read, node', id);

  // Until something is left out, every node stands where it stood.
  let moved = false;
  for (const old of graph.nodes) {
    if (drops?.(old)) {
      moved = true;
      places.push(undefined);
      continue;
    }
    const id = copy.length;
    const node = moved ? renumbered(old, id, placeOf) : old;
    const place = replaces?.(node, copy);
    if (place === undefined) copy.push(node);
    else moved = true;
    places.push(place ?? id);
  }
  if (!moved) return graph;
  return { nodes: copy, ...followed(graph, placeOf) };
}

/** The node at a new place, reading from new places. Written out, because networks have thousands of nodes. */
function renumbered(old: GraphNode, id: NodeId, placeOf: (id: NodeId) => NodeId): GraphNode {
  if (old.kind !== 'op') return { ...old, id };
  const { kind, op, attributes, site, shape, dtype, late } = old;
  const inputs = old.inputs.map(placeOf);
  const node = late
    ? { kind, op, attributes, inputs, site, shape, dtype, id, late }
    : { kind, op, attributes, inputs, site, shape, dtype, id };
  return node as OpNode; // correlated union: op and attributes agree in the old node
}

/** Outputs, gradients and updates, which follow their nodes to where these are in a copy of the graph. */
export function followed(
  { outputs, gradients, updates }: Graph,
  placeOf: (id: NodeId) => NodeId,
): Omit<Graph, 'nodes'> {
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, id]) => [name, placeOf(id)])),
    gradients: gradients.map(({ parameter, gradient }) => ({
      parameter: placeOf(parameter),
      gradient: placeOf(gradient),
    })),
    updates: updates.map(({ state, value }) => ({ state: placeOf(state), value: placeOf(value) })),
  };
}
