/** Which nodes of a space some way leads to. */
import type { Space, SpaceNode, SpaceNodeId } from './space.ts';

/** The nodes that outputs read under some answers, themselves included. */
export function reached(
  { nodes }: Pick<Space, 'nodes'>,
  outputs: readonly SpaceNodeId[],
): ReadonlySet<SpaceNodeId> {
  const found = new Set(outputs);
  for (const node of nodes.toReversed()) {
    if (!found.has(node.id)) continue;
    for (const input of readBy(node)) found.add(input);
  }
  return found;
}

/** What a node reads under some answers; of a scan, its sequence, the elements and states that it feeds, and its stage's results. */
export function readBy(node: SpaceNode): readonly SpaceNodeId[] {
  switch (node.kind) {
    case 'apply':
      return node.inputs;
    case 'select':
      return node.inputs.flatMap((input) => input ?? []);
    case 'scan':
      return [node.sequence, ...node.inputs, ...node.results];
    case 'input':
    case 'scanInput':
      return [];
  }
}
