/** Rules for static values, applied in every case: where a case that can occur has no result, it is told with the way there. */
import type { Location } from '../../grammar/source.ts';
import { labelsOfUses, type Context, type Elaboration } from './elaboration.ts';
import { both, branchFor, holds, mapLeaves, mapOpen, never } from './open.ts';
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

/** The values of `rule` in every case of `context`; undefined where one fails that can occur, which is then reported. */
export function settle<T = StaticValue>(
  e: Elaboration,
  inputs: readonly Open<T>[],
  rule: (values: readonly T[]) => StaticValue | Failure,
  context: Pick<Context, 'exists' | 'uses'>,
  at: Location,
): Open<StaticValue> | undefined {
  const result = mapOpen(inputs, context.exists, (values) => rule(values));
  if (result === undefined) return undefined;
  const failing = holds(result, isFailure);
  if (failing !== never) {
    const reachable = e.feasible(both(context.exists, failing));
    if (reachable !== never) {
      const failure = valueUnder(result, e.tell(reachable).choices, isFailure);
      if (failure === undefined || !isFailure(failure)) return undefined;
      const details = () => ({
        hint: failure.hint,
        notes: noteOf(e, reachable),
        labels: labelsOfUses(context.uses),
      });
      if (failure.report === 'badArithmetic') e.report('badArithmetic', failure.values, at, details);
      else e.report('wrongKind', failure.values, at, details);
      return undefined;
    }
  }
  return mapLeaves(result, (value) => (isFailure(value) ? undefined : value));
}

/** "this happens when depth = 3", or nothing where it always does. */
export function noteOf(e: Elaboration, condition: Open<boolean>): readonly string[] {
  const { told } = e.tell(condition);
  return told === '' ? [] : [`this happens when ${told}`];
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
