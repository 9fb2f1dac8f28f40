/**
 * Where DropPath works in a network: on the paths of its sums. A path is a term of a sum that this sum alone reads and that
 * is computed where the sum stands: in the same node, turn or element of a list. What comes from elsewhere is an identity,
 * and is never dropped: without it, a cell would lose what holds it together.
 */
import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeId } from '../graph/graph.ts';
import type { Apply, SpaceNode, SpaceNodeId } from './space.ts';

/** The state that holds the rate of all paths: the training loop sets it. */
export const DROP_PATH_RATE = 'drop_path.rate';

/** The state that counts the steps of a training, so that each drops other paths. */
const DROP_PATH_STEP = 'drop_path.step';

/** How often each node is read by others or is an output. */
export type Readers = ReadonlyMap<SpaceNodeId, number>;

/** The places among a sum's terms that are paths. */
export function pathsOf(sum: Apply, terms: readonly SpaceNode[], readers: Readers): readonly number[] {
  if (sum.operation !== 'add' || terms.length < 2) return [];
  const scope = scopeOf(sum.site);
  return terms.flatMap((term, i) => {
    // A sum within a sum has paths of its own.
    const computes = term.kind === 'apply' && term.operation !== 'add' && term.operation !== 'zero';
    return computes && readers.get(term.id) === 1 && term.site.startsWith(scope) ? [i] : [];
  });
}

/** What the site of everything in the same node, turn or element begins with. */
function scopeOf(site: string): string {
  const body = site.slice(0, site.lastIndexOf('.') + 1);
  const end = body.lastIndexOf(']');
  return end < 0 ? '' : `${body.slice(0, end + 1)}.`;
}

/** Lets a path be dropped, whole examples at a time. `name` is where it stands, and the same in every use of its weights. */
export function dropPath(
  builder: GraphBuilder,
  sites: Map<string, NodeId>,
  name: string,
  path: NodeId,
): NodeId {
  const state = (full: string, init: Parameters<GraphBuilder['state']>[2]): NodeId => {
    const id = sites.get(full) ?? builder.state(full, [1], init);
    sites.set(full, id);
    return id;
  };
  const key = state(`${name}.key`, { kind: 'key' });
  const rate = state(DROP_PATH_RATE, { kind: 'constant', value: 0 });
  const step = state(DROP_PATH_STEP, { kind: 'constant', value: 0 });
  if (!builder.updates.some((update) => update.state === step)) {
    builder.update(step, builder.op('add', [step, builder.constant(1, [1])], {}));
  }
  return builder.op('drop_path', [path, key, step, rate], {});
}
