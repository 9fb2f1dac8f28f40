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
  for (const node of graph.nodes.toReversed()) {
    if (node.kind === 'op' && live.has(node.id)) node.inputs.forEach((input) => live.add(input));
  }
  return rewrite(graph, {
    drops: (node) => (node.kind === 'op' || node.kind === 'constant') && !live.has(node.id),
  });
}
