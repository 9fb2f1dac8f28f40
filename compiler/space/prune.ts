/**
 * Drops what no output needs, and narrows the rest to where it is needed: a tensor that is computed but not
 * selected costs nothing. Weights that several uses share are counted at the first use that is needed.
 */
import { present } from '../../util/invariant.ts';
import { both, either, fixed, holds, mapOpen, negate } from './open.ts';
import type { Apply, Cost, Open, Space, SpaceNode, SpaceNodeId } from './space.ts';

/** The space without dead nodes; every kept node exists exactly where the output needs it. */
export function prune(space: Space): Space {
  const needed = neededBy(space);
  const renumber = new Map<SpaceNodeId, SpaceNodeId>();
  const nodes: SpaceNode[] = [];
  const sharers = new Map<string, Open<boolean>>();
  for (const node of space.nodes) {
    const exists = needed[node.id];
    const dead = exists === undefined || (exists.kind === 'fixed' && !exists.value);
    if (dead && node.kind !== 'input') continue;
    const id: SpaceNodeId = nodes.length;
    renumber.set(node.id, id);
    nodes.push(rebuild(node, id, exists ?? fixed(false), renumber, sharers));
  }
  const output = present(renumber.get(space.output), 'the output');
  return { ...space, nodes, output };
}

function neededBy(space: Space): readonly (Open<boolean> | undefined)[] {
  const needed: (Open<boolean> | undefined)[] = [];
  const need = (id: SpaceNodeId, where: Open<boolean>): void => {
    const before = needed[id];
    needed[id] = before ? either(before, where) : where;
  };
  need(space.output, fixed(true));
  // Ids are in topological order: when a node's turn comes, all its readers have spoken.
  for (const node of space.nodes.toReversed()) {
    const where = needed[node.id];
    if (!where || node.kind === 'input') continue;
    if (node.kind === 'apply') for (const input of node.inputs) need(input, where);
    else {
      node.inputs.forEach((input, i) => {
        if (input === undefined) return;
        const chosen = both(
          where,
          holds(node.on, (on) => on === i),
        );
        if (chosen.kind === 'test' || chosen.value) need(input, chosen);
      });
    }
  }
  return needed;
}

function rebuild(
  node: SpaceNode,
  id: SpaceNodeId,
  exists: Open<boolean>,
  renumber: ReadonlyMap<SpaceNodeId, SpaceNodeId>,
  sharers: Map<string, Open<boolean>>,
): SpaceNode {
  if (node.kind === 'input') return { ...node, id };
  if (node.kind === 'select') {
    const inputs = node.inputs.map((input) => (input === undefined ? undefined : renumber.get(input)));
    return { ...node, id, exists, inputs };
  }
  const inputs = node.inputs.map((input) => present(renumber.get(input), 'an input'));
  const counted = sharers.get(node.site);
  sharers.set(node.site, counted ? either(counted, exists) : exists);
  return { ...node, id, exists, inputs, cost: counted ? withoutShared(node, exists, counted) : node.cost };
}

function withoutShared(node: Apply, exists: Open<boolean>, counted: Open<boolean>): Open<Cost> {
  const cost = mapOpen([node.cost, negate(counted)], exists, ([{ params, macs }, own]) => ({
    params: own ? params : 0,
    macs,
  }));
  return present(cost, 'a cost');
}
