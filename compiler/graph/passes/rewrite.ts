/** The walk that simplifying passes share: copies a graph, renumbered, while leaving nodes out. */
import { present } from '../../../util/invariant.ts';
import type { Graph, GraphNode, NodeId } from '../graph.ts';

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
  const places = new Map<NodeId, NodeId>();
  const placeOf = (id: NodeId): NodeId =>
    present(places.get(id), `rewrite: node ${id}, which is still read,`);

  for (const old of graph.nodes) {
    if (drops?.(old)) continue;
    const id = copy.length;
    const node: GraphNode =
      old.kind === 'op' ? { ...old, id, inputs: old.inputs.map(placeOf) } : { ...old, id };
    const place = replaces?.(node, copy);
    if (place === undefined) copy.push(node);
    places.set(old.id, place ?? id);
  }
  return {
    nodes: copy,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [name, placeOf(id)])),
    gradients: graph.gradients.map(({ parameter, gradient }) => ({
      parameter: placeOf(parameter),
      gradient: placeOf(gradient),
    })),
    updates: graph.updates.map(({ state, value }) => ({ state: placeOf(state), value: placeOf(value) })),
  };
}
