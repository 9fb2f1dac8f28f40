/**
 * Bodies: where names of decisions come from. Elaboration opens a body for every `let`, use of a motif, turn of a loop, node,
 * element of a generator and alternative, and enters into it what stands there. Paths are given at the end, since a use
 * takes the name of the `let` whose only decisions it holds.
 *
 * What is evaluated again (a stage that was bound by `let` and is used twice, a cell at its second use) runs through the same
 * body, started over, and meets the same decisions in the same order.
 */
import { InvariantError, invariant, present } from '../../util/invariant.ts';
import type { DecisionId } from './space.ts';

type Role =
  | { readonly kind: 'let'; readonly name: string }
  | { readonly kind: 'use'; readonly motif: string }
  | { readonly kind: 'cell'; readonly name: string }
  /** `repeat`, `for` */
  | { readonly kind: 'loop' }
  /** `nodes n[4]` */
  | { readonly kind: 'nodes'; readonly name: string }
  /** The elements of `f(h) for h in xs`. */
  | { readonly kind: 'elements'; readonly variable: string }
  /** One turn of a loop, one node, one element. */
  | { readonly kind: 'turn'; readonly label: string };

interface DecisionEntry {
  readonly kind: 'decision';
  /** One, or the members of a subset. */
  readonly ids: readonly DecisionId[];
  readonly subset: number | undefined;
  /** The word after `choose`, or the `let`, variable or named argument whose value it is. */
  readonly name: string | undefined;
  readonly labels: readonly string[];
  readonly alternatives: readonly Body[];
}

interface BodyEntry {
  readonly kind: 'body';
  readonly role: Role;
  readonly body: Body;
}

type Entry = DecisionEntry | BodyEntry;

/** One body, with what stands in it in text order. */
export class Body {
  readonly entries: Entry[] = [];
  #cursor = 0;

  /** Starts over: what comes next repeats what came before. */
  restart(): void {
    this.#cursor = 0;
  }

  /** Enters a body of the given role, or the one that stands here already. */
  open(role: Role): Body {
    const known = this.entries[this.#cursor++];
    if (known) {
      invariant(
        known.kind === 'body' && known.role.kind === role.kind,
        'a body changed when it was used again',
      );
      known.body.restart();
      return known.body;
    }
    const body = new Body();
    this.entries.push({ kind: 'body', role, body });
    return body;
  }

  /**
   * Enters a decision or a subset, or finds the one that stands here already, whose labels the caller compares. `create` is
   * called for a new one.
   */
  decide(
    name: string | undefined,
    labels: readonly string[],
    create: () => { readonly ids: readonly DecisionId[]; readonly subset: number | undefined },
  ): DecisionEntry {
    const known = this.entries[this.#cursor++];
    if (known) {
      invariant(known.kind === 'decision', 'a body changed when it was used again');
      for (const body of known.alternatives) body.restart();
      return known;
    }
    const alternatives = labels.map(() => new Body());
    const entry: DecisionEntry = { kind: 'decision', ...create(), name, labels, alternatives };
    this.entries.push(entry);
    return entry;
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The entries that hold decisions, with `let`s dissolved: a `let` is a name, not a body of its own. */
function holders(body: Body): readonly Entry[] {
  return body.entries.flatMap((entry) => {
    if (entry.kind === 'decision') return [entry];
    if (entry.role.kind === 'cell') return []; // a cell is known by its own name, wherever it is used
    if (entry.role.kind === 'let') return holders(entry.body);
    return holdsDecisions(entry.body) ? [entry] : [];
  });
}

function holdsDecisions(body: Body): boolean {
  return body.entries.some(
    (entry) => entry.kind === 'decision' || (entry.role.kind !== 'cell' && holdsDecisions(entry.body)),
  );
}

/** The only holder of a body if it is the use of a motif. */
function soleUse(body: Body): { readonly motif: string; readonly body: Body } | undefined {
  const [only, ...rest] = holders(body);
  if (rest.length > 0 || only?.kind !== 'body' || only.role.kind !== 'use') return undefined;
  return { motif: only.role.motif, body: only.body };
}

/** Paths of decisions and subsets. */
export interface Paths {
  readonly decisions: ReadonlyMap<DecisionId, string>;
  readonly subsets: ReadonlyMap<number, string>;
}

/**
 * Gives every decision below `root` and in the cells its path. Paths may clash; the caller says so. A member of a subset is
 * not answered by itself: its path is that of the subset and the candidate, `h{s0}`.
 */
export function assignPaths(root: Body, cells: ReadonlyMap<string, Body>, spaceName: string): Paths {
  const decisions = new Map<DecisionId, string>();
  const subsets = new Map<number, string>();

  const visitBody = (body: Body, path: string): void => {
    for (const entry of body.entries) visitEntry(entry, path, undefined);
  };

  /** A body that is known by `path` and no other name; a use that is all it holds takes the name over. */
  const visitNamed = (body: Body, path: string): void => visitBody(soleUse(body)?.body ?? body, path);

  const visitTurns = (body: Body, base: string): void => {
    for (const turn of body.entries) {
      invariant(turn.kind === 'body' && turn.role.kind === 'turn', 'a turn of a loop');
      visitNamed(turn.body, `${base}[${turn.role.label}]`);
    }
  };

  /** `name` is the `let` that holds nothing but this entry. */
  const visitEntry = (entry: Entry, path: string, name: string | undefined): void => {
    const unnamed = path === '' ? spaceName : path;
    if (entry.kind === 'decision') {
      const ownName = entry.name ?? name;
      const own = ownName === undefined ? unnamed : join(path, ownName);
      if (entry.subset !== undefined) subsets.set(entry.subset, own);
      entry.ids.forEach((id, i) => {
        decisions.set(id, entry.subset === undefined ? own : `${own}{${entry.labels[i] ?? ''}}`);
      });
      entry.alternatives.forEach((body, i) =>
        visitBody(body, join(own, present(entry.labels[i], 'a label'))),
      );
      return;
    }
    const { role, body } = entry;
    switch (role.kind) {
      case 'let': {
        const [only, ...rest] = holders(body);
        if (only && rest.length === 0) visitEntry(only, path, role.name);
        else visitBody(body, path);
        return;
      }
      case 'use':
        visitBody(body, join(path, name ?? role.motif));
        return;
      case 'cell':
        return;
      case 'nodes':
        visitTurns(body, join(path, role.name));
        return;
      case 'elements':
        visitTurns(body, join(path, name ?? role.variable));
        return;
      case 'loop': {
        // A loop over uses of one motif is named like one use; otherwise its turns number the body itself.
        const turns = body.entries.flatMap((turn) => (turn.kind === 'body' ? [turn.body] : []));
        const [first] = turns;
        const motif = first && soleUse(first)?.motif;
        const uniform = turns.every((turn) => soleUse(turn)?.motif === motif);
        const named = name ?? (uniform ? motif : undefined);
        visitTurns(body, named === undefined ? unnamed : join(path, named));
        return;
      }
      case 'turn':
        throw new InvariantError(`a turn outside of its loop`);
    }
  };

  visitBody(root, '');
  for (const [name, body] of cells) visitNamed(body, name);
  return { decisions, subsets };
}
