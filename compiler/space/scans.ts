/** Which nodes are inside of the stages that are folded over sequences. */
import { present } from '../../util/invariant.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeId } from '../graph/graph.ts';
import type { Space, SpaceNode, SpaceNodeId } from './space.ts';

/** Whether something is folded over a sequence. */
export function hasScan({ nodes }: Pick<Space, 'nodes'>): boolean {
  return nodes.some((node) => node.kind === 'scan');
}

/** The nodes of a network: those outside of all stages that are folded over sequences, and those in each of them. */
export interface Stages {
  readonly outside: readonly SpaceNode[];
  /** By scan, in topological order. What depends on no element and no state is not among them: it is built once. */
  readonly inside: ReadonlyMap<SpaceNodeId, readonly SpaceNode[]>;
}

/** Sorts nodes in topological order; `reads` gives what a node reads of them, of a scan its sequence and its stage's results. */
export function stagesOf(
  nodes: readonly SpaceNode[],
  reads: (node: SpaceNode) => readonly SpaceNodeId[],
): Stages {
  const scans = nodes.filter((node) => node.kind === 'scan');
  if (scans.length === 0) return { outside: nodes, inside: new Map() };
  const scanOf = new Map(scans.flatMap(({ id, inputs }) => inputs.map((input) => [input, id] as const)));
  /** For each node, the scans whose elements or states it depends on. */
  const around = new Map<SpaceNodeId, ReadonlySet<SpaceNodeId>>();
  for (const node of nodes) {
    const own = new Set(reads(node).flatMap((id) => [...(around.get(id) ?? [])]));
    const scan = scanOf.get(node.id);
    if (scan !== undefined) own.add(scan);
    own.delete(node.id);
    around.set(node.id, own);
  }
  const depth = (scan: SpaceNodeId): number => around.get(scan)?.size ?? 0;
  const outside: SpaceNode[] = [];
  const inside = new Map<SpaceNodeId, SpaceNode[]>(scans.map(({ id }) => [id, []]));
  for (const node of nodes) {
    if (node.kind === 'scanInput') continue;
    const [innermost] = [...(around.get(node.id) ?? [])].sort((a, b) => depth(b) - depth(a));
    (innermost === undefined ? outside : present(inside.get(innermost), 'a stage')).push(node);
  }
  return { outside, inside };
}

/**
 * A stage once for each element of a sequence (N, T, F): `stage` gives the states (N, U) after an element (N, F), given
 * those before it, which are zeros at the beginning. Gives the first state after each element, (N, T, U).
 */
export function unroll(
  builder: GraphBuilder,
  sequence: NodeId,
  units: number,
  count: number,
  stage: (element: NodeId, states: readonly NodeId[]) => readonly NodeId[],
): NodeId {
  const [batch = 0, length = 0, features = 0] = builder.shape(sequence);
  let states: readonly NodeId[] = Array.from({ length: count }, () => builder.constant(0, [batch, units]));
  const first: NodeId[] = [];
  for (let step = 0; step < length; step++) {
    builder.site = 'scan';
    const part = builder.op('slice', [sequence], { begin: [0, step, 0], size: [batch, 1, features] });
    states = stage(builder.op('reshape', [part], { shape: [batch, features] }), states);
    first.push(present(states[0], 'the first state'));
  }
  builder.site = 'scan';
  const joined = first.length === 1 ? present(first[0], 'a state') : builder.op('concat', first, {});
  return builder.op('reshape', [joined], { shape: [batch, length, units] });
}
