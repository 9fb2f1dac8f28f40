/**
 * How a controller sees a space: as kinds of decisions, each with its tokens. Decisions whose paths differ by what is
 * between brackets alone (`n[0].filters` and `n[3].filters`) are of one kind and share a softmax head, whose tokens are
 * their options by label. The members of a subset are answered together, at an anchor point (Zoph & Le 2017, section 3.3).
 */
import { slotsOf } from '../../../compiler/space/algebra/slots.ts';
import type { DecisionId, Space, Subset } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';

/** What a candidate of a subset stands for. */
export interface Candidate {
  /** The decisions of the candidate's own body, such as all of layer `n[1]`; none where it has no decisions. */
  readonly body: ReadonlySet<DecisionId>;
  /** Its place among the candidates that have a learned vector, which stands for it where its body answered nothing. */
  readonly label: number;
}

/** A subset, as it is answered at an anchor point. */
export interface AnchorPoint {
  readonly members: readonly DecisionId[];
  /** One for each member. */
  readonly candidates: readonly Candidate[];
  /** The token that is passed on when it has been answered. */
  readonly token: number;
}

export interface Vocabulary {
  /** Number of tokens of all softmax heads. */
  readonly tokens: number;
  /** Number of tokens that can be read: those of the heads, one for each kind of subset, and the start. */
  readonly inputs: number;
  /** The token that is read first. */
  readonly start: number;
  /** For each decision and option the token; undefined for members, and where there is nothing to choose. */
  readonly options: readonly (readonly number[] | undefined)[];
  /** For each decision the subset that it is a member of. */
  readonly anchors: readonly (AnchorPoint | undefined)[];
  /** Number of learned vectors of candidates. */
  readonly labels: number;
}

/** Reads the kinds and tokens off a space. */
export function vocabularyOf(space: Space): Vocabulary {
  const tokens = new Numbers();
  const options = space.decisions.map(({ path, kind, options: all }) =>
    kind === 'member' || all.length < 2
      ? undefined
      : all.map(({ label }) => tokens.of(JSON.stringify([kindOf(path), label]))),
  );
  const subsets = new Numbers();
  const labels = new Numbers();
  const anchors = space.decisions.map((): AnchorPoint | undefined => undefined);
  for (const { decisions, subset } of slotsOf(space)) {
    if (!subset) continue;
    const kind = kindOf(subset.path);
    const anchor = {
      members: decisions,
      candidates: subset.labels.map((label) => ({
        body: bodyOf(space, subset, label),
        label: labels.of(JSON.stringify([kind, label])),
      })),
      token: tokens.size + subsets.of(kind),
    };
    for (const id of decisions) anchors[id] = anchor;
  }
  const start = tokens.size + subsets.size;
  return { tokens: tokens.size, inputs: start + 1, start, options, anchors, labels: labels.size };
}

/** The path without what is between brackets and braces. */
export function kindOf(path: string): string {
  let depth = 0;
  let kind = '';
  for (const character of path) {
    if ('[{'.includes(character)) depth++;
    else if (']}'.includes(character)) depth--;
    else if (depth === 0) kind += character;
  }
  return kind;
}

/** The decisions below the nearest body that the label can mean: of `n[1]` in `cell.n[3].inputs`, those of `cell.n[1]`. */
function bodyOf(space: Space, { path, members }: Subset, label: string): ReadonlySet<DecisionId> {
  const first = members[0] ?? 0;
  const parts = path.split('.');
  for (let length = parts.length; length >= 0; length--) {
    const body = [...parts.slice(0, length), label].join('.');
    const found = space.decisions.filter(
      (d) => d.id < first && (d.path === body || d.path.startsWith(`${body}.`)),
    );
    if (found.length > 0) return new Set(found.map(({ id }) => id));
  }
  return new Set();
}

/** Numbers names from 0, in the order in which they come. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  of(name: string): number {
    if (!this.#numbers.has(name)) this.#numbers.set(name, this.#numbers.size);
    return present(this.#numbers.get(name), 'a name that was numbered');
  }
}
