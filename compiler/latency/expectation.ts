/**
 * Expectations over architectures that are drawn decision by decision: every decision that exists is answered on its own, by
 * probabilities of its options (those of them that are allowed there, which share the rest out). Exact: the cases that a value
 * can have are gone through, in which no decision is asked about that the value does not depend on.
 */
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import { branchFor } from '../space/diagrams.ts';
import { firstDerived, type DecisionId, type Open, type Space, type Test } from '../space/space.ts';

/** For each decision of the space, how probable each of its options is where it exists. */
export type Probabilities = readonly (readonly number[])[];

/** Every option as probable as the others. */
export function evenly({ decisions }: Space): Probabilities {
  return decisions.map(({ options }) => options.map(() => 1 / options.length));
}

/** Cases that are gone through for one expectation before it is given up. */
const MOST_CASES = 1_000_000;

/** The branch where a decision does not exist, as answers of an architecture say it. */
const ABSENT = -1;

/**
 * The expectation of `rule` of some values; undefined stands where a value does not exist. Refuses values that depend on too
 * many decisions at once.
 */
export function expectation(
  space: Space,
  probabilities: Probabilities,
  values: readonly Open<unknown>[],
  rule: (values: readonly unknown[]) => number,
): number {
  const definitions = new Map(space.derived.map(({ id, definition }) => [id, definition]));
  let cases = 0;

  /** Follows a diagram as far as answers go: to a value, or to the first decision that has no answer. */
  const follow = (open: Open<unknown>, answers: Map<DecisionId, number>): Found => {
    let current: Open<unknown> | undefined = open;
    while (current?.kind === 'test') {
      const { decision }: Test<unknown> = current;
      const known: number | Missing = answers.get(decision) ?? settle(decision, answers);
      if (typeof known !== 'number') return known;
      current = branchFor(current, known);
    }
    return { value: current?.value };
  };

  /** The answer of a decision that follows from those before it, or the decision that is to be answered first. */
  const settle = (decision: DecisionId, answers: Map<DecisionId, number>): number | Missing => {
    const isDerived = decision >= firstDerived;
    const told = isDerived ? definitions.get(decision) : space.decisions[decision]?.exists;
    const found = follow(present(told, 'expectation: decision', decision), answers);
    if ('missing' in found) return found;
    const answer = isDerived ? (found.value === true ? 0 : 1) : ABSENT;
    if (!isDerived && found.value === true) return { missing: decision };
    answers.set(decision, answer);
    return answer;
  };

  /** The options that are allowed there, with their probabilities; or the decision that this depends on. */
  const optionsOf = (decision: DecisionId, answers: Map<DecisionId, number>): Drawn | Missing => {
    const { options } = present(space.decisions[decision], 'expectation: decision', decision);
    const given = present(probabilities[decision], 'expectation: probabilities of decision', decision);
    const drawn: [number, number][] = [];
    let total = 0;
    for (const [option, { allowed }] of options.entries()) {
      const found = allowed ? follow(allowed, answers) : { value: true };
      if ('missing' in found) return found;
      const probability = found.value === true ? (given[option] ?? 0) : 0;
      if (probability > 0) drawn.push([option, probability]);
      total += probability;
    }
    return drawn.map(([option, probability]) => [option, probability / total] as const);
  };

  const visit = (answers: Map<DecisionId, number>, weight: number): number => {
    if (++cases > MOST_CASES)
      refuse('notYet', { what: 'an expected latency over so many decisions at once' });
    const results: unknown[] = [];
    for (const open of values) {
      const found = follow(open, answers);
      if (!('missing' in found)) {
        results.push(found.value);
        continue;
      }
      let { missing } = found;
      let drawn = optionsOf(missing, answers);
      while ('missing' in drawn) {
        missing = drawn.missing;
        drawn = optionsOf(missing, answers);
      }
      return drawn.reduce(
        (sum, [option, probability]) =>
          sum + visit(new Map(answers).set(missing, option), weight * probability),
        0,
      );
    }
    return weight * rule(results);
  };
  return visit(new Map(), 1);
}

interface Missing {
  readonly missing: DecisionId;
}

type Found = Missing | { readonly value: unknown };

type Drawn = readonly (readonly [option: number, probability: number])[];
