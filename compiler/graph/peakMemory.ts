/** How much memory the tensors of a graph need at once. */
import { elementsOf } from '../ops/shapes.ts';
import { present } from '../../util/invariant.ts';
import type { Graph, GraphNode, NodeId } from './graph.ts';

const bytesPerElement = 4;

/**
 * The most bytes of inputs and results that are alive together while the nodes run in order: a tensor lives from the node
 * that makes it to the last that reads it, an output to the end. Parameters, states and constants are not counted, and a
 * reshape is the tensor that it reads. What a device allocates for a plan may be more (padding, several buffers) or less
 * (fused operations).
 */
export function peakMemory(graph: Graph): number {
  const owner: NodeId[] = [];
  for (const node of graph.nodes) {
    const [first] = node.kind === 'op' && node.op === 'reshape' ? node.inputs : [];
    owner.push(first === undefined ? node.id : present(owner[first], 'what a reshape reads'));
  }
  const last = new Map<NodeId, number>();
  for (const node of graph.nodes) {
    last.set(present(owner[node.id], 'a tensor'), node.id);
    if (node.kind === 'op') for (const id of node.inputs) last.set(present(owner[id], 'an input'), node.id);
  }
  for (const id of Object.values(graph.outputs)) last.set(present(owner[id], 'an output'), Infinity);
  const ending = new Map<number, number>();
  let [alive, most] = [0, 0];
  for (const node of graph.nodes) {
    if (owner[node.id] === node.id && isCounted(node)) {
      const bytes = elementsOf(node.shape) * bytesPerElement;
      const end = present(last.get(node.id), 'the end of a tensor');
      alive += bytes;
      ending.set(end, (ending.get(end) ?? 0) + bytes);
    }
    most = Math.max(most, alive);
    alive -= ending.get(node.id) ?? 0;
  }
  return most;
}

function isCounted({ kind }: GraphNode): boolean {
  return kind === 'input' || kind === 'op';
}
