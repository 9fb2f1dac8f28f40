/** Units: the operations of one body, gathered into what a picture shows as one thing. */
import { present } from '../../../util/invariant.ts';
import { operations, type OperationName } from '../../ops/operations.ts';
import type { DecisionId, SpaceNodeId } from '../../space/space.ts';
import type { Tint } from './drawing.ts';
import { indexOf, isBelow, joined } from './paths.ts';
import type { Option, Structure } from './structure.ts';
import type { Landing, Walker } from './walk.ts';

/** One part of a body: an operation, a use of a motif, of a cell, or a choice with all of its options. */
export interface Unit {
  readonly id: string;
  readonly path: readonly string[];
  readonly nodes: SpaceNodeId[];
  /** Operations that were chosen for it. */
  readonly options: Map<DecisionId, string>;
  /** The node of `nodes n[...]` that it is part of. */
  readonly element: string | undefined;
  /** The cell that it is a use of. */
  readonly cell: string | undefined;
  /** Whether something reads it from outside of the body. */
  result: boolean;
}

/** A tensor that is read: between units, or from outside of the body. */
export interface Link {
  readonly from: Unit | SpaceNodeId;
  readonly to: Unit;
  /** The nodes that are read and that read. */
  readonly source: SpaceNodeId;
  readonly target: SpaceNodeId;
  /** Operations that were chosen and left no node. */
  readonly options: readonly Option[];
  readonly open: boolean;
}

/** A body: the whole network (an empty prefix) or one use of a cell. */
export interface Scope {
  readonly prefix: readonly string[];
  /** The nodes whose tensors leave it. */
  readonly results: readonly SpaceNodeId[];
}

export interface Units {
  /** In the order in which their nodes are. */
  readonly units: readonly Unit[];
  readonly links: readonly Link[];
}

/** Gathers what the results of a scope are made of. */
export function gatherUnits(walker: Walker, scope: Scope): Units {
  const { structure } = walker;
  const units = new Map<string, Unit>();
  const unitOf = (id: SpaceNodeId): Unit => {
    const { path, key } = placeOf(walker, id, scope.prefix.length);
    const known = units.get(key);
    if (known) return known;
    const depth = structure.elementDepth(path, scope.prefix.length);
    const last = path.at(-1);
    const unit: Unit = {
      id: key,
      path,
      nodes: [],
      options: new Map(),
      element: depth === undefined ? undefined : joined(path.slice(0, depth)),
      cell: last === undefined ? undefined : structure.cellOf(last),
      result: false,
    };
    units.set(key, unit);
    return unit;
  };
  const inside = (id: SpaceNodeId): boolean => isInside(walker, id, scope.prefix);

  const links = new Map<string, Link>();
  const queue: SpaceNodeId[] = [];
  const seen = new Set<SpaceNodeId>();
  const enqueue = (id: SpaceNodeId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    queue.push(id);
  };
  for (const result of scope.results) {
    for (const { node, options } of walker.land(result)) {
      if (!inside(node)) continue;
      const unit = unitOf(node);
      unit.result = true;
      for (const option of options) placeOption(structure, unit, node, option);
      enqueue(node);
    }
  }
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const to = unitOf(id);
    to.nodes.push(id);
    const reads = readsIn(walker, id, scope);
    // A tensor that comes from one of several boxes is read from each of them in some architectures only.
    const boxes = new Map<SpaceNodeId, Set<string | number>>();
    for (const { node, tensor } of reads) {
      const unit = inside(node) ? unitOf(node) : undefined;
      boxes.set(tensor, (boxes.get(tensor) ?? new Set()).add(unit?.element ?? unit?.id ?? node));
    }
    for (const { node, tensor, options, open: guarded } of reads) {
      const open = guarded || (!walker.choices && (boxes.get(tensor)?.size ?? 0) > 1);
      const from = inside(node) ? unitOf(node) : node;
      if (inside(node)) enqueue(node);
      if (from === to) {
        // Part of a unit that holds the whole choice.
        for (const { decision, label, place } of options) {
          if (place && isOwnOption(structure, to, place)) to.options.set(decision, label);
        }
        continue;
      }
      const rest = options.filter(
        (option) => !(typeof from === 'object' && placeOption(structure, from, node, option)),
      );
      const key = [node, id, ...rest.map((o) => o.decision)].join();
      const known = links.get(key);
      links.set(key, {
        from,
        to,
        source: node,
        target: id,
        options: rest,
        open: open && (known?.open ?? true),
      });
    }
  }
  const parted = partUnits(walker, [...units.values()], [...links.values()]);
  const sorted = parted.units;
  for (const unit of sorted) unit.nodes.sort((a, b) => a - b);
  sorted.sort((a, b) => present(a.nodes.at(-1), 'a node') - present(b.nodes.at(-1), 'a node'));
  return { units: sorted, links: parted.links };
}

/** What a `let (a, b) = ...` holds are several units: parts that do not read each other. */
function partUnits(
  walker: Walker,
  units: readonly Unit[],
  links: readonly Link[],
): { units: Unit[]; links: Link[] } {
  const { structure } = walker;
  const parts = new Map<SpaceNodeId, Unit>();
  const all = units.flatMap((unit) => {
    const groups =
      unit.cell !== undefined || structure.isChoice(unit.path) ? [unit.nodes] : connected(walker, unit.nodes);
    if (groups.length < 2) return [unit];
    return groups.map((nodes, i): Unit => {
      const path = commonPath(nodes.map((id) => structure.path(id)));
      const part: Unit = { ...unit, id: `${unit.id} ${i}`, path, nodes, options: new Map(unit.options) };
      for (const id of nodes) parts.set(id, part);
      return part;
    });
  });
  const partOf = (unit: Unit, id: SpaceNodeId): Unit => parts.get(id) ?? unit;
  return {
    units: all,
    links: links.map((link) => ({
      ...link,
      from: typeof link.from === 'number' ? link.from : partOf(link.from, link.source),
      to: partOf(link.to, link.target),
    })),
  };
}

function connected(walker: Walker, nodes: readonly SpaceNodeId[]): SpaceNodeId[][] {
  const group = new Map<SpaceNodeId, SpaceNodeId[]>(nodes.map((id) => [id, [id]]));
  for (const id of nodes) {
    for (const { node } of walker.reads(id)) {
      const [mine, other] = [group.get(id), group.get(node)];
      if (!mine || !other || mine === other) continue;
      mine.push(...other);
      for (const moved of other) group.set(moved, mine);
    }
  }
  return [...new Set(group.values())].map((g) => [...new Set(g)]);
}

function commonPath(paths: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = paths;
  const length = first.findIndex((segment, i) => others.some((path) => path[i] !== segment));
  return length < 0 ? first.slice(0, -1) : first.slice(0, length);
}

/** In the whole network, the element of a scan comes from the sequence; its states come from nowhere. */
function readsIn(walker: Walker, id: SpaceNodeId, { prefix }: Scope): readonly Landing[] {
  const reads = walker.reads(id);
  if (prefix.length > 0) return reads;
  return reads.flatMap((landing) => {
    const node = walker.node(landing.node);
    if (node.kind !== 'scanInput') return [landing];
    const scan = walker.structure.space.nodes.find((n) => n.kind === 'scan' && n.inputs.includes(node.id));
    return scan?.kind === 'scan' && node.index === 0 ? walker.land(scan.sequence) : [];
  });
}

/** An option that the node was built for names its unit, unless only part of it is there. Tells whether it was built for it. */
function placeOption(
  structure: Structure,
  unit: Unit,
  node: SpaceNodeId,
  { decision, label, place }: Option,
): boolean {
  if (!place || !isBelow(structure.path(node), place)) return false;
  if (isOwnOption(structure, unit, place)) unit.options.set(decision, label);
  return true;
}

/** Whether a choice is made in a unit itself, not in a cell that the unit uses. */
function isOwnOption(structure: Structure, { path }: Unit, place: readonly string[]): boolean {
  return isBelow(place, path) && !place.slice(path.length, -1).some((s) => structure.cellOf(s) !== undefined);
}

/** Whether a node is part of the body below `prefix`. */
export function isInside(walker: Walker, id: SpaceNodeId, prefix: readonly string[]): boolean {
  const node = walker.node(id);
  if (node.kind === 'scan') return prefix.length === 0;
  if (node.kind === 'input' || node.kind === 'scanInput') return false;
  return isBelow(walker.structure.path(id), prefix);
}

/** The unit that a node is part of. */
function placeOf(
  { structure, choices }: Walker,
  id: SpaceNodeId,
  from: number,
): { readonly path: readonly string[]; readonly key: string } {
  const path = structure.path(id);
  const element = structure.elementDepth(path, from);
  for (let depth = from + 1; depth < path.length; depth++) {
    const prefix = path.slice(0, depth);
    const segment = present(path[depth - 1], 'a segment');
    const closed =
      structure.cellOf(segment) !== undefined ||
      (choices === undefined && structure.isChoice(prefix)) ||
      // Beside its nodes, a cell has no parts that matter.
      (from > 0 &&
        structure.holdsElements(path.slice(0, depth - 1)) &&
        !structure.holdsElements(prefix) &&
        element === undefined) ||
      // Element of a generator inside of a node: one edge.
      (element !== undefined && depth > element && indexOf(segment) !== undefined) ||
      !structure.isOpen(prefix);
    if (closed) return { path: prefix, key: joined(prefix) };
  }
  return { path, key: joined(path) };
}

/** Whether a node puts several tensors together. */
export function isMerge(walker: Walker, id: SpaceNodeId): boolean {
  const node = walker.node(id);
  if (node.kind !== 'apply') return false;
  const { tensors } = operations[node.operation];
  return tensors === 'list' || tensors.length > 1;
}

const weighty: readonly OperationName[] = ['conv', 'depthwise', 'dense', 'embedding', 'attention'];
const pooling: readonly OperationName[] = ['max_pool', 'avg_pool', 'global_avg_pool', 'global_max_pool'];

/** What a unit is made of. */
export function tintOf(walker: Walker, unit: Unit): Tint {
  const names = unit.nodes.flatMap((id) => {
    const node = walker.node(id);
    return node.kind === 'apply' ? [node.operation] : [];
  });
  if (names.some((name) => weighty.includes(name))) return 'weights';
  if (names.some((name) => pooling.includes(name))) return 'pool';
  return names.length > 0 && names.every((name) => name === 'zero') ? 'zero' : 'plain';
}
