/** What a graph costs: trained numbers, and multiply-accumulates as papers count them. */
import { invariant } from '../../util/invariant.ts';
import type { OpName } from '../ops/attributes.ts';
import type { OpRecord } from '../ops/op.ts';
import { elementsOf } from '../ops/shapes.ts';
import { opTable } from '../ops/table.ts';
import type { Graph, NodeId, OpNodeOf } from './graph.ts';

export interface GraphCost {
  /** Elements of all parameters. */
  readonly params: number;
  /** Multiply-accumulates for one image, of convolutions and matrix products alone. */
  readonly macs: number;
}

export interface NodeCost {
  readonly node: NodeId;
  readonly op: OpName;
  readonly site: string;
  /** Multiply-accumulates for one image. */
  readonly macs: number;
}

/**
 * The cost of everything in the graph. Papers report the forward pass of an unpadded batch: ask before
 * differentiating, or the backward pass counts too.
 */
export function costOf(graph: Graph): GraphCost {
  let params = 0;
  for (const node of graph.nodes) if (node.kind === 'parameter') params += elementsOf(node.shape);
  const macs = costsByNode(graph).reduce((sum, cost) => sum + cost.macs, 0);
  return { params, macs };
}

/** The cost of each op node, in order; those that cost nothing included. */
export function costsByNode(graph: Graph): readonly NodeCost[] {
  const batch = batchOf(graph);
  return graph.nodes.flatMap((node) =>
    node.kind === 'op'
      ? [{ node: node.id, op: node.op, site: node.site, macs: macsOf(graph, node) / batch }]
      : [],
  );
}

function macsOf<K extends OpName>(graph: Graph, node: OpNodeOf<K>): number {
  const record: OpRecord<K> = opTable[node.op];
  const shapes = node.inputs.map((id) => graph.nodes[id]?.shape ?? []);
  return record.cost(shapes, node.shape, node.attributes).macs;
}

/** Images in a batch: the first axis of every input. 1 if nothing is fed. */
function batchOf(graph: Graph): number {
  const batches = new Set(graph.nodes.flatMap((node) => (node.kind === 'input' ? [node.shape[0] ?? 1] : [])));
  invariant(batches.size <= 1, `cost: inputs of different batches, ${[...batches].join(' and ')}`);
  const [batch = 1] = batches;
  return batch;
}
