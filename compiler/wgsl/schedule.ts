/** Which ops of a Graph a program runs, in which order: the units that passes fuse and kernel rules lower. */
import { present } from '../../util/invariant.ts';
import type { Graph, GraphNode, NodeId, OpNode } from '../graph/graph.ts';
import type { Fusion } from './rule.ts';

/** One op with what is fused to it. */
export interface Unit {
  readonly node: OpNode;
  /** The op's inputs, then those that a fusion adds. */
  readonly inputs: readonly NodeId[];
  /** The node whose value it makes: its own, or that of an op fused behind it. */
  readonly output: NodeId;
  readonly fusion: Fusion;
}

/** A list of units, and the nodes that must have their values when it has run. */
export interface Schedule {
  readonly graph: Graph;
  readonly units: readonly Unit[];
  readonly roots: ReadonlySet<NodeId>;
}

/** The node with an id. */
export function nodeOf(graph: Graph, id: NodeId): GraphNode {
  return present(graph.nodes[id], 'schedule: node', id);
}

const none: Fusion = {};

/** The units that `roots` need, in topological order. What nobody needs costs nothing. */
export function schedule(graph: Graph, roots: ReadonlySet<NodeId>): Schedule {
  const needed = new Set<NodeId>(roots);
  const units: Unit[] = [];
  for (let last = graph.nodes.length - 1; last >= 0; last--) {
    const node = nodeOf(graph, last);
    if (node.kind !== 'op' || !needed.has(last)) continue;
    for (const id of node.inputs) needed.add(id);
    units.push({ node, inputs: node.inputs, output: last, fusion: none });
  }
  return { graph, units: units.reverse(), roots };
}
