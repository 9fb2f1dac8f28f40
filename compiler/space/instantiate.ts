/** From a space and an architecture to the Graph of that one network. */
import { present } from '../../util/invariant.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import type { Mode } from '../ops/operations.ts';
import { attributesOf, buildOperation } from './apply.ts';
import type { Architecture } from './architecture.ts';
import { evaluateOpen } from './open.ts';
import type { Space, SpaceNode, SpaceNodeId, StaticValue } from './space.ts';

export interface InstantiateOptions {
  readonly batch: number;
  readonly mode: Mode;
}

/** Builds the network: only what the architecture takes. Its input is called `x`, its output `logits`. */
export function instantiate(space: Space, architecture: Architecture, options: InstantiateOptions): Graph {
  const { choices } = architecture;
  const builder = new GraphBuilder();
  const built = new Map<SpaceNodeId, NodeId>();
  const sites = new Map<string, NodeId>();
  const get = (id: SpaceNodeId): NodeId =>
    present(built.get(resolve(space, id, choices)), `node ${id} of the network`);
  for (const node of taken(space, choices)) {
    if (node.kind === 'input') {
      const shape = present(evaluateOpen(node.shape, choices), 'the shape of the input');
      built.set(node.id, builder.input('x', [options.batch, ...shape]));
    } else if (node.kind === 'apply') {
      const values: Record<string, StaticValue> = {};
      for (const [name, open] of Object.entries(node.attributes)) {
        values[name] = present(evaluateOpen(open, choices), `${name} of ${node.site}`);
      }
      const { operation, site } = node;
      const use = { operation, site, mode: options.mode, attributes: attributesOf(operation, values) };
      built.set(node.id, buildOperation(builder, sites, use, node.inputs.map(get)));
    }
  }
  builder.outputs['logits'] = get(space.output);
  return builder.finish();
}

/** Follows selections to the node that makes the tensor. */
function resolve(space: Space, id: SpaceNodeId, choices: readonly number[]): SpaceNodeId {
  let node: SpaceNode = present(space.nodes[id], `node ${id} of the space`);
  while (node.kind === 'select') {
    const on = present(evaluateOpen(node.on, choices), 'a selection');
    node = present(space.nodes[present(node.inputs[on], 'a selected tensor')], 'a selected node');
  }
  return node.id;
}

/** The nodes that the output needs under these answers, in topological order. */
function taken(space: Space, choices: readonly number[]): readonly SpaceNode[] {
  const needed = new Set([resolve(space, space.output, choices)]);
  for (const node of space.nodes.toReversed()) {
    if (node.kind !== 'apply' || !needed.has(node.id)) continue;
    for (const input of node.inputs) needed.add(resolve(space, input, choices));
  }
  // The input is fed whether or not anything reads it.
  return space.nodes.filter((node) => node.kind === 'input' || needed.has(node.id));
}
