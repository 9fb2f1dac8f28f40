/** The nodes of `nodes n[4]`: which of the operations in a node are the node itself, and which lie on the edges to it. */
import type { Link, Unit, Units } from './units.ts';
import { isMerge } from './units.ts';
import type { Walker } from './walk.ts';

/** A node: the units that its box stands for. */
export interface Element {
  /** `high[0].normal.dag.n[1]` */
  readonly path: string;
  readonly core: ReadonlySet<Unit>;
  /** Its units that are read from outside. */
  readonly results: ReadonlySet<Unit>;
}

/**
 * From its result back to the first merge, a node's operations are the node itself. Without a merge it is all that was not
 * chosen.
 */
export function elementsOf(walker: Walker, { units, links }: Units): readonly Element[] {
  const paths = new Set(units.flatMap((unit) => unit.element ?? []));
  const into = new Map<Unit, Link[]>();
  for (const link of links) into.set(link.to, [...(into.get(link.to) ?? []), link]);
  return [...paths].map((path) => {
    const own = units.filter((unit) => unit.element === path);
    const results = new Set(own.filter((unit) => unit.result));
    for (const { from, to } of links) {
      if (typeof from === 'object' && from.element === path && to.element !== path) results.add(from);
    }
    const core = new Set<Unit>();
    for (const result of results) for (const unit of coreFrom(walker, result, path, into)) core.add(unit);
    // A choice that has not settled what it reads is no edge; all of such a node is in its box.
    const unsettled = own.some((unit) => !core.has(unit) && sourcesOf(into.get(unit) ?? [], path).size > 1);
    if (walker.choices === undefined && unsettled) for (const unit of own) core.add(unit);
    return { path, core, results };
  });
}

/** What a unit of the node `path` reads: of other nodes, the nodes. */
function sourcesOf(links: readonly Link[], path: string): ReadonlySet<unknown> {
  return new Set(
    links.map(({ from }) => {
      const other = typeof from === 'object' && from.element !== path ? from.element : undefined;
      return other ?? from;
    }),
  );
}

function coreFrom(
  walker: Walker,
  result: Unit,
  path: string,
  into: ReadonlyMap<Unit, readonly Link[]>,
): readonly Unit[] {
  const chain: Unit[] = [];
  let at: Unit = result;
  for (;;) {
    const ins = into.get(at) ?? [];
    const sources = sourcesOf(ins, path);
    chain.push(at);
    if (sources.size > 1 || isLoneMerge(walker, at)) return chain;
    const before = ins[0]?.from;
    if (typeof before !== 'object' || before.element !== path) {
      // No merge at all: what was chosen lies on the edge.
      const end = chain.findIndex((unit) => isChosen(walker, unit));
      return end < 0 ? chain : chain.slice(0, end);
    }
    at = before;
  }
}

/** A sum of one tensor is a merge too. */
function isLoneMerge(walker: Walker, unit: Unit): boolean {
  return unit.nodes.length === 1 && unit.nodes.some((id) => isMerge(walker, id));
}

/** Whether a unit stands for a choice or for what was chosen. */
export function isChosen(walker: Walker, unit: Unit): boolean {
  return (
    unit.options.size > 0 ||
    walker.structure.isChoice(unit.path) ||
    unit.nodes.some((id) => walker.structure.choices.has(id))
  );
}
