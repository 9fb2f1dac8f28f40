/** How a space is built up: which choice stands where, and which parts of it a picture takes apart. */
import { present } from '../../../util/invariant.ts';
import { never, takes } from '../../space/diagrams.ts';
import { both, support } from '../../space/open.ts';
import type { Apply, Decision, DecisionId, Open, Select, Space, SpaceNodeId } from '../../space/space.ts';
import { baseOf, indexOf, joined, segmentsOf, unclaimed } from './paths.ts';
import type { Syntax } from './syntax.ts';

/** One way to go on from a choice of operations. */
export interface Option {
  readonly decision: DecisionId;
  readonly label: string;
  /** Where its nodes are, if the choice holds any. */
  readonly place: readonly string[] | undefined;
}

/** A choice of one operation: where it stands, if its options hold nodes that tell. */
export interface OperationChoice {
  readonly decision: Decision;
  readonly prefix: readonly string[] | undefined;
}

/** What does not depend on which architecture is drawn. */
export class Structure {
  readonly space: Space;
  readonly syntax: Syntax;
  readonly cellNames: ReadonlySet<string>;
  /** Selections among operations. */
  readonly choices: Map<SpaceNodeId, OperationChoice> = new Map();
  /** Members of a choice of several operations, with their labels. */
  readonly #members = new Map<DecisionId, string>();
  /** What guards say of them. */
  readonly #guards = new Map<Open<boolean>, DecisionId | undefined>();
  /** Where the options of the merged results stand. */
  readonly #memberPlaces = new Map<SpaceNodeId, readonly string[]>();
  readonly #paths: readonly (readonly string[])[];
  /** Prefixes that something to be seen stands below. */
  readonly #open = new Set<string>();
  /** Prefixes that nodes of `nodes n[...]` stand below. */
  readonly #holdElements = new Set<string>();
  /** What stands in each turn of a loop. */
  readonly #turns = new Map<string, Set<string>>();
  readonly #choicePrefixes = new Set<string>();

  constructor(space: Space, syntax: Syntax) {
    this.space = space;
    this.syntax = syntax;
    this.cellNames = new Set(space.decisions.flatMap((d) => d.cell ?? []));
    this.#paths = space.nodes.map((node) => (node.kind === 'apply' ? segmentsOf(node.site) : []));
    for (const { members, labels } of space.subsets) {
      members.forEach((id, i) => {
        if (!syntax.choosesSource(this.decision(id))) this.#members.set(id, labels[i] ?? '');
      });
    }
    for (const node of space.nodes) {
      if (node.kind === 'select') this.#enterChoice(node);
      else if (node.kind === 'apply') this.#enterMembers(node);
    }
    for (const path of this.#paths) this.#enterPath(path);
  }

  decision(id: DecisionId): Decision {
    return present(this.space.decisions[id], `decision ${id} of the space`);
  }

  /** The segments of the site of an operation, or of a choice whose place is known. */
  path(id: SpaceNodeId): readonly string[] {
    return this.choices.get(id)?.prefix ?? this.#paths[id] ?? [];
  }

  /** Whether something that is drawn on its own stands below. */
  isOpen(prefix: readonly string[]): boolean {
    return this.#open.has(joined(prefix));
  }

  /** Whether it is a choice of operations. */
  isMember(decision: DecisionId): boolean {
    return this.#members.has(decision);
  }

  /** Whether nodes of `nodes n[...]` stand below. */
  holdsElements(prefix: readonly string[]): boolean {
    return this.#holdElements.has(joined(prefix));
  }

  isChoice(prefix: readonly string[]): boolean {
    return this.#choicePrefixes.has(joined(prefix));
  }

  /** The cell whose use a segment is. */
  cellOf(segment: string): string | undefined {
    if (this.cellNames.has(segment)) return segment;
    const name = unclaimed(segment);
    return this.cellNames.has(name) ? name : undefined;
  }

  /** Whether a segment is a node of `nodes n[...]`. */
  isElement(segment: string): boolean {
    if (!/^\d+$/.test(indexOf(segment) ?? '')) return false;
    const written = segment.replace(/\[.*$/s, '');
    return this.syntax.isNodes(written) || this.syntax.isNodes(baseOf(segment));
  }

  /** How many leading segments name the node of `nodes` that the path is in, below the first `depth`; undefined outside of one. */
  elementDepth(path: readonly string[], depth: number): number | undefined {
    const at = path.findIndex((segment, i) => i >= depth && this.isElement(segment));
    return at < 0 ? undefined : at + 1;
  }

  #enterChoice(select: Select): void {
    const { on } = select;
    if (on.kind !== 'test') return;
    const decision = this.space.decisions[on.decision];
    if (decision?.kind !== 'alternative' || select.inputs.length !== decision.options.length) return;
    const straight = on.branches.every((b, i) => b === undefined || (b.kind === 'fixed' && b.value === i));
    if (!straight || this.syntax.choosesSource(decision)) return;
    const labels = decision.options.map((o) => o.label);
    const own = segmentsOf(decision.path).at(-1);
    const prefix = this.#commonPlace(select.inputs, labels, own);
    this.choices.set(select.id, { decision, prefix });
    if (prefix) this.#enterPlace(prefix);
  }

  /** The member of a choice of several operations that must be in where a merge reads something under a guard. */
  memberOf(guard: Open<boolean>, merge: SpaceNodeId): Option | undefined {
    const decision = this.#guardedBy(guard);
    if (decision === undefined) return undefined;
    const label = this.#members.get(decision) ?? '';
    const prefix = this.#memberPlaces.get(merge);
    return { decision, label, place: prefix && [...prefix, label] };
  }

  #guardedBy(guard: Open<boolean>): DecisionId | undefined {
    if (this.#members.size === 0) return undefined;
    if (this.#guards.has(guard)) return this.#guards.get(guard);
    const asked = support(guard).filter((id) => this.#members.has(id));
    // The last member may be in because no other is: its guard asks for the others alone.
    const decision =
      asked.find((id) => both(guard, takes(id, 1, 2)) === never) ??
      this.space.subsets.find(({ members }) => asked.some((id) => members.includes(id)))?.members.at(-1);
    this.#guards.set(guard, decision);
    return decision;
  }

  #enterMembers(merge: Apply): void {
    const decisions = merge.when.map((when) => when && this.#guardedBy(when));
    const guarded = merge.inputs.map((input, i) => (decisions[i] === undefined ? undefined : input));
    const labels = decisions.map((id) => (id === undefined ? '' : (this.#members.get(id) ?? '')));
    const prefix = this.#commonPlace(guarded, labels, undefined);
    if (!prefix) return;
    this.#memberPlaces.set(merge.id, prefix);
    this.#enterPlace(prefix);
  }

  /** Options are built below the place of their choice, under their labels: the place that most of them agree on. */
  #commonPlace(
    inputs: readonly (SpaceNodeId | undefined)[],
    labels: readonly string[],
    name: string | undefined,
  ): readonly string[] | undefined {
    const votes = new Map<string, { prefix: readonly string[]; count: number }>();
    inputs.forEach((input, i) => {
      const path = input === undefined ? [] : (this.#paths[this.#landing(input)] ?? []);
      path.forEach((segment, depth) => {
        if (segment !== labels[i]) return;
        const prefix = path.slice(0, depth);
        const vote = votes.get(joined(prefix)) ?? { prefix, count: 0 };
        votes.set(joined(prefix), { prefix, count: vote.count + 1 });
      });
    });
    const named = (prefix: readonly string[]): number => (unclaimed(prefix.at(-1) ?? '') === name ? 1 : 0);
    const [best] = [...votes.values()].sort(
      (a, b) => b.count - a.count || named(b.prefix) - named(a.prefix) || b.prefix.length - a.prefix.length,
    );
    return best?.prefix;
  }

  /** Some operation that the tensor may come from. */
  #landing(id: SpaceNodeId): SpaceNodeId {
    let at = id;
    for (;;) {
      const node = this.space.nodes[at];
      const next = node?.kind === 'select' ? node.inputs.find((input) => input !== undefined) : undefined;
      if (next === undefined) return at;
      at = next;
    }
  }

  #enterPlace(prefix: readonly string[]): void {
    this.#choicePrefixes.add(joined(prefix));
    for (let depth = 0; depth <= prefix.length; depth++) this.#open.add(joined(prefix.slice(0, depth)));
  }

  #enterPath(path: readonly string[]): void {
    path.forEach((segment, i) => {
      if (this.isElement(segment)) {
        for (let depth = 0; depth <= i; depth++) this.#holdElements.add(joined(path.slice(0, depth)));
      }
      // A turn that holds several uses is taken apart.
      const below = path[i + 1];
      if (indexOf(segment) !== undefined && below !== undefined && path.length > i + 2) {
        const turn = joined(path.slice(0, i + 1));
        const uses = this.#turns.get(turn) ?? new Set();
        this.#turns.set(turn, uses.add(below));
        if (uses.size > 1 && !this.isElement(segment)) this.#open.add(turn);
      }
      if (indexOf(segment) === undefined && this.cellOf(segment) === undefined) return;
      for (let depth = 0; depth <= i; depth++) this.#open.add(joined(path.slice(0, depth)));
    });
  }
}
