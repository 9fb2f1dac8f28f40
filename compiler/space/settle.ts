/** Rules that are applied in every case: where a case that can occur has no result, it is told with the way there. */
import type { Location } from '../../grammar/source.ts';
import { labelsOfUses, type Context, type Elaboration } from './elaboration.ts';
import { branchFor, never } from './diagrams.ts';
import { both, holds, mapLeaves, mapOpen } from './open.ts';
import type { Open, StaticValue } from './space.ts';

/** Why a case has no result: the message and what it says. */
export type Failure =
  | {
      readonly report: 'badArithmetic';
      readonly values: { readonly problem: string };
      readonly hint?: string;
    }
  | {
      readonly report: 'wrongKind';
      readonly values: { readonly found: string; readonly wanted: string };
      readonly hint?: string;
    };

function isFailure(value: StaticValue | Failure): value is Failure {
  return typeof value === 'object' && 'report' in value;
}

/**
 * What `rule` makes of every case that exists `where`; a problem in a case that can be answered is told, with where it can
 * happen, and leaves nothing. Only what can be answered counts: a subset of two never holds three.
 */
export function inEveryCase<T, R, P>(
  e: Elaboration,
  inputs: readonly Open<T>[],
  where: Open<boolean>,
  rule: (values: readonly T[]) => R | P,
  isProblem: (found: R | P) => found is P,
  onProblem: (problem: P, reachable: Open<boolean>) => void,
): Open<R> | undefined {
  const found = mapOpen(inputs, where, (values) => rule(values));
  if (found === undefined) return undefined;
  const failing = holds(found, isProblem);
  if (failing === never) return found as Open<R>; // no case of it is a problem
  const reachable = e.feasible(both(where, failing));
  if (reachable !== never) {
    const problem = valueUnder(found, e.tell(reachable).choices, isProblem);
    if (problem !== undefined && isProblem(problem)) onProblem(problem, reachable);
    return undefined;
  }
  return mapLeaves(found, (value) => (isProblem(value) ? undefined : value));
}

/** The static values of `rule` in every case of `context`; undefined where one fails that can occur, which is then reported. */
export function settle<T = StaticValue>(
  e: Elaboration,
  inputs: readonly Open<T>[],
  rule: (values: readonly T[]) => StaticValue | Failure,
  context: Pick<Context, 'exists' | 'uses'>,
  at: Location,
): Open<StaticValue> | undefined {
  return inEveryCase<T, StaticValue, Failure>(
    e,
    inputs,
    context.exists,
    rule,
    isFailure,
    (failure, reachable) => {
      const details = () => ({
        hint: failure.hint,
        notes: noteOf(e, reachable),
        labels: labelsOfUses(context.uses),
      });
      if (failure.report === 'badArithmetic') e.report('badArithmetic', failure.values, at, details);
      else e.report('wrongKind', failure.values, at, details);
    },
  );
}

/** "this happens when depth = 3", or `otherwise` where it always does. */
export function noteOf(e: Elaboration, condition: Open<boolean>, otherwise?: string): readonly string[] {
  const { told } = e.tell(condition);
  if (told !== '') return [`this happens when ${told}`];
  return otherwise === undefined ? [] : [otherwise];
}

/** A value under some answers that is wanted; any option is tried of a decision that has no answer. */
export function valueUnder<T>(
  open: Open<T>,
  choices: readonly number[],
  isWanted: (value: T) => boolean = () => true,
): T | undefined {
  const seen = new Set<Open<T>>();
  const visit = (current: Open<T> | undefined): Open<T> | undefined => {
    if (current === undefined || seen.has(current)) return undefined;
    seen.add(current);
    if (current.kind === 'fixed') return isWanted(current.value) ? current : undefined;
    const option = choices[current.decision];
    if (option !== undefined) return visit(branchFor(current, option));
    for (const branch of current.branches) {
      const found = visit(branch);
      if (found) return found;
    }
    return undefined;
  };
  const found = visit(open);
  return found?.kind === 'fixed' ? found.value : undefined;
}
