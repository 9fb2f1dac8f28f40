/**
 * Drops what no output needs, and narrows the rest to where it is needed and is not `none`: a tensor that is computed but not
 * selected costs nothing. Weights that several uses share are counted at the first use that is needed.
 */
import { present } from '../../util/invariant.ts';
import { never, always } from './diagrams.ts';
import { both, either, mapOpen, negate, pointsAt, restrict, sizeOf, whereThere } from './open.ts';
import { reached } from './reached.ts';
import type { Apply, Cost, DecisionId, Open, Space, SpaceNode, SpaceNodeId } from './space.ts';

/** Conditions with more tests than this are not stated. */
const largestCondition = 2_000;

/**
 * The space without dead nodes; every kept node exists exactly where the output needs it, unless that is too much to state
 * (see {@link Space.narrowed}). What only an auxiliary output needs exists nowhere: it costs nothing. `presences` says where
 * each node is a tensor rather than `none`, `isAlways` which decisions exist everywhere.
 */
export function prune<S extends Pick<Space, 'nodes' | 'output' | 'auxiliary'>>(
  space: S,
  presences: readonly Open<boolean>[],
  isEntangled: boolean,
  isAlways: (decision: DecisionId) => boolean,
): S & Pick<Space, 'narrowed'> {
  const heads = space.auxiliary.map((a) => a.node);
  const exact = isEntangled ? undefined : neededBy(space, presences, [space.output], isAlways);
  const extra = exact && (heads.length > 0 ? neededBy(space, presences, heads, isAlways) : []);
  const narrowed = exact !== undefined && extra !== undefined;
  const main = narrowed ? undefined : reached(space, [space.output]);
  const withHeads = narrowed ? undefined : reached(space, [space.output, ...heads]);
  const renumber = new Map<SpaceNodeId, SpaceNodeId>();
  const nodes: SpaceNode[] = [];
  const sharers = new Map<string, Open<boolean>>();
  for (const node of space.nodes) {
    const exists = narrowed ? (exact[node.id] ?? never) : main?.has(node.id) ? node.exists : never;
    const dead = narrowed
      ? exists === never && (extra[node.id] ?? never) === never
      : withHeads?.has(node.id) !== true;
    if (dead && node.kind !== 'input') continue;
    const id: SpaceNodeId = nodes.length;
    renumber.set(node.id, id);
    nodes.push(rebuild(node, id, exists, renumber, sharers));
  }
  const renumbered = (id: SpaceNodeId): SpaceNodeId => present(renumber.get(id), 'an output');
  const auxiliary = space.auxiliary.map((a) => ({ ...a, node: renumbered(a.node) }));
  return { ...space, nodes, narrowed, output: renumbered(space.output), auxiliary };
}

function neededBy(
  { nodes }: Pick<Space, 'nodes'>,
  presences: readonly Open<boolean>[],
  outputs: readonly SpaceNodeId[],
  isAlways: (decision: DecisionId) => boolean,
): readonly (Open<boolean> | undefined)[] | undefined {
  const needed: (Open<boolean> | undefined)[] = [];
  const seen = new Map<Open<boolean>, Open<boolean>>();
  const need = (id: SpaceNodeId, where: Open<boolean>): void => {
    const here = both(where, presences[id] ?? always);
    if (here === never) return;
    const before = needed[id];
    needed[id] = before ? either(before, here) : here;
  };
  for (const output of outputs) need(output, always);
  // Ids are in topological order: when a node's turn comes, all its readers have spoken.
  for (const node of nodes.toReversed()) {
    const before = needed[node.id];
    if (!before) continue;
    const where = whereThere(before, isAlways, seen);
    needed[node.id] = where;
    if (sizeOf(where) > largestCondition) return undefined;
    switch (node.kind) {
      case 'apply':
        node.inputs.forEach((input, i) => need(input, both(where, node.when[i] ?? always)));
        break;
      case 'select':
        node.inputs.forEach((input, i) => {
          if (input !== undefined) need(input, both(where, pointsAt(node.on, i)));
        });
        break;
      case 'scan':
        for (const id of [node.sequence, ...node.inputs, ...node.results]) need(id, where);
        break;
      case 'input':
      case 'scanInput':
        break;
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
  const kept = (input: SpaceNodeId): SpaceNodeId => present(renumber.get(input), 'an input');
  switch (node.kind) {
    case 'input':
      return { ...node, id };
    case 'scanInput':
      return { ...node, id, exists };
    case 'scan':
      return {
        ...node,
        id,
        exists,
        sequence: kept(node.sequence),
        inputs: node.inputs.map(kept),
        results: node.results.map(kept),
      };
    case 'select': {
      const inputs = node.inputs.map((input) => (input === undefined ? undefined : renumber.get(input)));
      return { ...node, id, exists, inputs };
    }
    case 'apply': {
      const places = node.inputs.flatMap((input, i) => (renumber.has(input) ? [i] : []));
      const inputs = places.map((i) => kept(node.inputs[i] ?? -1));
      const when = places.map((i) => node.when[i]);
      const counted = sharers.get(node.site);
      sharers.set(node.site, counted ? either(counted, exists) : exists);
      const cost = counted ? withoutShared(node, exists, counted) : node.cost;
      return { ...node, id, exists, inputs, when, cost: restrict(cost, exists) ?? cost };
    }
  }
}

function withoutShared(node: Apply, exists: Open<boolean>, counted: Open<boolean>): Open<Cost> {
  const cost = mapOpen([node.cost, negate(counted)], exists, ([{ params, macs }, own]) => ({
    params: own ? params : 0,
    macs,
  }));
  return cost ?? node.cost;
}
