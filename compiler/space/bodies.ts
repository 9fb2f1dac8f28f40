/**
 * Bodies: where names of decisions and weights come from. Elaboration opens a body for every `let`, use of
 * a motif, turn of a `repeat` and alternative, and enters into it what stands there. Paths of decisions are
 * given at the end, since a use takes the name of the `let` whose only decisions it holds; sites of weights
 * are given at once.
 *
 * A stage that was bound by `let` and is used twice runs its body again: the same body, started over, gives
 * the same decisions and sites in the same order.
 */
import { InvariantError, invariant, present } from '../../util/invariant.ts';
import type { DecisionId } from './space.ts';

type Role =
  | { readonly kind: 'let'; readonly name: string }
  | { readonly kind: 'use'; readonly motif: string }
  | { readonly kind: 'loop' }
  | { readonly kind: 'turn'; readonly index: number }
  | { readonly kind: 'alternative'; readonly label: string };

interface DecisionEntry {
  readonly kind: 'decision';
  readonly id: DecisionId;
  /** The word after `choose`, or the `let` or named argument whose value it is. */
  readonly name: string | undefined;
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
  readonly site: string;
  readonly entries: Entry[] = [];
  #cursor = 0;
  #sites: Map<string, number> | undefined;

  constructor(site: string) {
    this.site = site;
  }

  /** Starts over: what comes next repeats what came before. */
  restart(): void {
    this.#cursor = 0;
    this.#sites = undefined;
  }

  /** A site below this body that no earlier one has: `conv`, then `conv_2`. */
  claimSite(name: string): string {
    this.#sites ??= new Map();
    const times = (this.#sites.get(name) ?? 0) + 1;
    this.#sites.set(name, times);
    const unique = times === 1 ? name : `${name}_${times}`;
    return this.site === '' ? unique : `${this.site}.${unique}`;
  }

  /** The body's own site for the first unnamed construct of its kind, a claimed one for later ones. */
  #claimOwn(name: string): string {
    const first = this.#sites?.has(name) !== true;
    const claimed = this.claimSite(name);
    return first && this.site !== '' ? this.site : claimed;
  }

  /** Enters a body of the given role, or the one that stands here already. */
  open(role: Role): Body {
    const known = this.#next();
    if (known) {
      invariant(
        known.kind === 'body' && known.role.kind === role.kind,
        'a body changed when it was used again',
      );
      known.body.restart();
      this.#claimSiteOf(role);
      return known.body;
    }
    const body = new Body(this.#claimSiteOf(role));
    this.entries.push({ kind: 'body', role, body });
    return body;
  }

  #claimSiteOf(role: Role): string {
    switch (role.kind) {
      case 'let':
        return this.claimSite(role.name);
      case 'use':
        return this.claimSite(role.motif);
      case 'loop':
        return this.#claimOwn('repeat');
      case 'turn':
        return `${this.site}[${role.index}]`;
      case 'alternative':
        throw new InvariantError('alternatives belong to a decision');
    }
  }

  /** Enters a decision, or finds the one that stands here already. `create` is called for a new one. */
  decide(
    name: string | undefined,
    labels: readonly string[],
    create: () => DecisionId,
  ): { readonly id: DecisionId; readonly alternatives: readonly Body[] } {
    const known = this.#next();
    const site = name === undefined ? this.#claimOwn('choose') : this.claimSite(name);
    if (known) {
      invariant(known.kind === 'decision', 'a body changed when it was used again');
      for (const body of known.alternatives) body.restart();
      return known;
    }
    const alternatives = labels.map((label) => new Body(`${site}.${label}`));
    const entry: DecisionEntry = { kind: 'decision', id: create(), name, alternatives };
    this.entries.push(entry);
    return entry;
  }

  #next(): Entry | undefined {
    return this.entries[this.#cursor++];
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The entries that hold decisions, with `let`s dissolved: a `let` is a name, not a body of its own. */
function holders(body: Body): readonly Entry[] {
  return body.entries.flatMap((entry) => {
    if (entry.kind === 'decision') return [entry];
    if (entry.role.kind === 'let') return holders(entry.body);
    return holdsDecisions(entry.body) ? [entry] : [];
  });
}

function holdsDecisions(body: Body): boolean {
  return body.entries.some((entry) => entry.kind === 'decision' || holdsDecisions(entry.body));
}

/** The only holder of a body if it is the use of a motif. */
function soleUse(body: Body): { readonly motif: string; readonly body: Body } | undefined {
  const [only, ...rest] = holders(body);
  if (rest.length > 0 || only?.kind !== 'body' || only.role.kind !== 'use') return undefined;
  return { motif: only.role.motif, body: only.body };
}

/** Gives every decision below `root` its path. Paths may clash; the caller says so. */
export function assignPaths(
  root: Body,
  spaceName: string,
  labelsOf: (id: DecisionId) => readonly string[],
): Map<DecisionId, string> {
  const paths = new Map<DecisionId, string>();

  const visitBody = (body: Body, path: string): void => {
    for (const entry of body.entries) visitEntry(entry, path, undefined);
  };

  /** `name` is the `let` that holds nothing but this entry. */
  const visitEntry = (entry: Entry, path: string, name: string | undefined): void => {
    if (entry.kind === 'decision') {
      const unnamed = path === '' ? spaceName : path;
      const ownName = entry.name ?? name;
      const own = ownName === undefined ? unnamed : join(path, ownName);
      paths.set(entry.id, own);
      const labels = labelsOf(entry.id);
      entry.alternatives.forEach((body, i) => visitBody(body, join(own, present(labels[i], 'a label'))));
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
      case 'loop': {
        // A loop over uses of one motif is named like one use; otherwise its turns number the body itself.
        const turns = body.entries.flatMap((turn) => (turn.kind === 'body' ? [turn.body] : []));
        const [first] = turns;
        const motif = first && soleUse(first)?.motif;
        const uniform = turns.every((turn) => soleUse(turn)?.motif === motif);
        const named = name ?? (uniform ? motif : undefined);
        const base = named === undefined ? (path === '' ? spaceName : path) : join(path, named);
        turns.forEach((turn, i) => {
          visitBody(soleUse(turn)?.body ?? turn, `${base}[${i}]`);
        });
        return;
      }
      case 'turn':
      case 'alternative':
        throw new InvariantError(`a ${role.kind} outside of its construct`);
    }
  };

  visitBody(root, '');
  return paths;
}
