/**
 * Architectures as trees of paths, as the moves `branch`, `insert` and `replace` change them (Cai, Yang, Zhang, Han & Yu
 * 2018, section 3.2): a node passes its input through one or more paths and merges them; a path is an operation that may be
 * followed by another node. Decisions belong together by their paths: what stands below `merge.add_2` is of its branches.
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { allowedOptions, complete } from '../../../compiler/space/algebra/slots.ts';
import { lastName, type MoveKind, type MoveRule } from '../../../compiler/space/moves.ts';
import type { Decision, DecisionId, Space } from '../../../compiler/space/space.ts';

/** Decides how many paths there are and how they are merged. */
export interface TreeNode {
  readonly merge: DecisionId;
  readonly paths: readonly TreePath[];
}

export interface TreePath {
  /** Decides the operation; undefined where it is fixed. */
  readonly edge: DecisionId | undefined;
  /** Decides whether a node follows. */
  readonly insert: DecisionId | undefined;
  readonly next: TreeNode | undefined;
}

export class PathTree {
  readonly space: Space;
  readonly #kinds: ReadonlyMap<DecisionId, MoveKind>;
  /** For each decision of a move, the nearest one that it stands below. */
  readonly #above: ReadonlyMap<DecisionId, DecisionId | undefined>;
  readonly #defaults: ReadonlyMap<string, string>;

  /** Decisions that come to exist are answered as those of the same name in `start`, else by their first option. */
  constructor(space: Space, moves: readonly MoveRule[], start: Architecture) {
    this.space = space;
    const kinds = new Map<DecisionId, MoveKind>();
    for (const { kind, decisions } of moves) for (const id of decisions) kinds.set(id, kind);
    this.#kinds = kinds;
    const byPath = new Map<string, DecisionId>();
    for (const id of kinds.keys()) byPath.set(space.decisions[id]?.path ?? '', id);
    this.#above = new Map(
      [...kinds.keys()].map((id) => [id, above(space.decisions[id]?.path ?? '', byPath)]),
    );
    this.#defaults = new Map(
      space.decisions.flatMap(({ id, path, options }) => {
        const name = lastName(path);
        const label = options[start.choices[id] ?? -1]?.label;
        return name === undefined || label === undefined ? [] : [[name, label] as const];
      }),
    );
  }

  /** The labels of all options that decisions of a move have, in order. */
  labels(kind: MoveKind): readonly string[] {
    const found = new Set<string>();
    for (const [id, of] of this.#kinds) {
      if (of === kind) for (const { label } of this.space.decisions[id]?.options ?? []) found.add(label);
    }
    return [...found];
  }

  label(architecture: Architecture, id: DecisionId): string {
    return this.space.decisions[id]?.options[architecture.choices[id] ?? -1]?.label ?? '';
  }

  /** Whether a decision is answered as it is when it comes to exist. */
  isUnchanged(architecture: Architecture, id: DecisionId): boolean {
    const decision = this.space.decisions[id];
    const allowed = this.#allowed(architecture, id);
    return decision !== undefined && this.#default(decision, allowed) === architecture.choices[id];
  }

  /** The labels that a decision may be answered with. */
  offered(architecture: Architecture, id: DecisionId): readonly string[] {
    return this.#allowed(architecture, id).map(
      (option) => this.space.decisions[id]?.options[option]?.label ?? '',
    );
  }

  /** The trees of an architecture. */
  roots(architecture: Architecture): readonly TreeNode[] {
    return [...this.#kinds.keys()].flatMap((id) => {
      const isRoot = this.#kinds.get(id) === 'branch' && this.#above.get(id) === undefined;
      return isRoot && (architecture.choices[id] ?? -1) >= 0 ? [this.#node(architecture, id)] : [];
    });
  }

  /** The node of a decision, as it is in an architecture. */
  node(architecture: Architecture, merge: DecisionId): TreeNode {
    return this.#node(architecture, merge);
  }

  /** With another answer; what comes to exist is answered as at the start. */
  answer(architecture: Architecture, id: DecisionId, label: string): Architecture {
    const wanted = this.space.decisions[id]?.options.findIndex((option) => option.label === label) ?? -1;
    const choices = complete(this.space, (decision, options) => {
      const choice = decision.id === id ? wanted : (architecture.choices[decision.id] ?? -1);
      return options.includes(choice) ? choice : this.#default(decision, options);
    });
    return { space: this.space.name, choices };
  }

  #node(architecture: Architecture, merge: DecisionId): TreeNode {
    const bodies = new Map<string, { edge?: DecisionId; insert?: DecisionId; next?: TreeNode }>();
    for (const id of this.#below(architecture, merge)) {
      const path = this.space.decisions[id]?.path ?? '';
      const body = path.slice(0, path.lastIndexOf('.'));
      const found = bodies.get(body) ?? {};
      bodies.set(body, found);
      const kind = this.#kinds.get(id);
      if (kind === 'replace') found.edge = id;
      if (kind !== 'insert') continue;
      found.insert = id;
      const next = this.#below(architecture, id).find((other) => this.#kinds.get(other) === 'branch');
      if (next !== undefined) found.next = this.#node(architecture, next);
    }
    const paths = [...bodies.values()].map(({ edge, insert, next }) => ({ edge, insert, next }));
    return { merge, paths };
  }

  /** The decisions that exist right below another, in text order. */
  #below({ choices }: Architecture, id: DecisionId): readonly DecisionId[] {
    return [...this.#above]
      .flatMap(([other, over]) => (over === id && (choices[other] ?? -1) >= 0 ? [other] : []))
      .sort((a, b) => a - b);
  }

  #allowed({ choices }: Architecture, id: DecisionId): readonly number[] {
    const decision = this.space.decisions[id];
    return (decision && allowedOptions(decision, choices.slice(0, id))) ?? [];
  }

  #default({ path, options }: Decision, allowed: readonly number[]): number {
    const label = this.#defaults.get(lastName(path) ?? '');
    return allowed.find((option) => options[option]?.label === label) ?? allowed[0] ?? 0;
  }
}

function above(path: string, byPath: ReadonlyMap<string, DecisionId>): DecisionId | undefined {
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const found = byPath.get(path.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}
