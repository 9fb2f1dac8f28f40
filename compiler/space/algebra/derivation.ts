/** Diagrams with derived values (see {@link Derived}): what they read, and what they are once a value is known. */
import { fixed } from '../diagrams.ts';
import { answered, support } from '../open.ts';
import { firstDerived, type DecisionId, type Derived, type Open } from '../space.ts';

/** For a diagram, the place of the last decision that it depends on, by way of derived values too; -1 for none. */
export class Reach {
  readonly #places: ReadonlyMap<DecisionId, number>;
  readonly #derived: readonly Derived[];
  readonly #known = new Map<DecisionId, number>();

  /** A decision that is not among `decisions` counts as none. */
  constructor(decisions: readonly { readonly id: DecisionId }[], derived: readonly Derived[]) {
    this.#places = new Map(decisions.map(({ id }, i) => [id, i]));
    this.#derived = derived;
  }

  of(open: Open<unknown>): number {
    let last = -1;
    for (const id of support(open)) last = Math.max(last, this.#place(id));
    return last;
  }

  #place(id: DecisionId): number {
    if (id < firstDerived) return this.#places.get(id) ?? -1;
    let place = this.#known.get(id);
    if (place === undefined) {
      const definition = this.#derived[id - firstDerived]?.definition;
      place = definition ? this.of(definition) : -1;
      this.#known.set(id, place);
    }
    return place;
  }
}

/** All decisions that a diagram depends on, by way of derived values too. */
export function decisionsOf(open: Open<unknown>, derived: readonly Derived[]): ReadonlySet<DecisionId> {
  const decisions = new Set<DecisionId>();
  const seen = new Set<DecisionId>();
  const visit = (current: Open<unknown>): void => {
    for (const id of support(current)) {
      if (id < firstDerived) decisions.add(id);
      else if (!seen.has(id)) {
        seen.add(id);
        const definition = derived[id - firstDerived]?.definition;
        if (definition) visit(definition);
      }
    }
  };
  visit(open);
  return decisions;
}

/** The derived values that diagrams read, and those that their definitions read, ascending. */
export function derivedOf(opens: readonly Open<unknown>[], derived: readonly Derived[]): readonly Derived[] {
  const found = new Map<DecisionId, Derived>();
  const visit = (open: Open<unknown>): void => {
    for (const id of support(open)) {
      const value = id < firstDerived || found.has(id) ? undefined : derived[id - firstDerived];
      if (!value) continue;
      found.set(id, value);
      visit(value.definition);
    }
  };
  opens.forEach(visit);
  return [...found.values()].sort((a, b) => a.id - b.id);
}

/** The diagram with the values put in that depend on no decision. */
export function settleFixed<T>(open: Open<T>, values: ReadonlyMap<DecisionId, boolean>): Open<T> | undefined {
  let current: Open<T> | undefined = open;
  for (const [id, value] of values) current = current && answered(current, id, value ? 0 : 1);
  return current;
}

/** The derived values that depend on no decision. */
export function fixedValues(derived: readonly Derived[], reach: Reach): ReadonlyMap<DecisionId, boolean> {
  const values = new Map<DecisionId, boolean>();
  for (const { id, definition } of derived) {
    if (reach.of(definition) >= 0) continue;
    const value = settleFixed(definition, values) ?? fixed(false);
    values.set(id, value.kind === 'fixed' && value.value);
  }
  return values;
}
