/** Derived values: truth values that diagrams test by a name of their own, to stay small. */
import { present } from '../../util/invariant.ts';
import { answered, evaluateOpen, mapLeaves, select, support } from './open.ts';
import { firstDerived, type DecisionId, type Derived, type Open } from './space.ts';

/** The answers with the derived values that follow from them, for {@link evaluateOpen}. */
export function withDerived(
  { derived }: { readonly derived: readonly Derived[] },
  choices: readonly number[],
): readonly number[] {
  if (derived.length === 0 || choices.length > firstDerived) return choices;
  const all = choices.slice();
  for (const { id, definition } of derived) all[id] = evaluateOpen(definition, all) === true ? 0 : 1;
  return all;
}

/** The same value over decisions alone. Throws TooManyCases where that is too large. */
export function expand<T>(
  open: Open<T>,
  definitionOf: (id: DecisionId) => Open<boolean>,
): Open<T> | undefined {
  let current: Open<T> | undefined = open;
  for (;;) {
    const last: DecisionId | undefined = current && support(current).at(-1);
    if (current === undefined || last === undefined || last < firstDerived) return current;
    const on: Open<number> = present(
      mapLeaves(definitionOf(last), (is) => (is ? 0 : 1)),
      'a derived value',
    );
    current = select(on, [answered(current, last, 0), answered(current, last, 1)]);
  }
}
