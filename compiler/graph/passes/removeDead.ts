/** Removes ops and constants that nothing reads. */
import type { Graph, NodeId } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/**
 * The graph without ops and constants on which no output, gradient or update depends. Inputs, parameters and
 * states stay even when nothing reads them: they are what callers feed, count and keep.
 */
export function removeDead(graph: Graph): Graph {
  const live = new Set<NodeId>([
    ...Object.values(graph.outputs),
    ...graph.gradients.map(({ gradient }) => gradient),
    ...graph.updates.map(({ value }) => value),
  ]);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (node?.kind === 'op' && live.has(id)) for (const input of node.inputs) live.add(input);
  }
  return rewrite(graph, {
    drops: (node) => (node.kind === 'op' || node.kind === 'constant') && !live.has(node.id),
  });
}
