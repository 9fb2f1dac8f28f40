/** Truth values of the language: conditions of `if`, `when` and generators. */
import type { Expr } from '../../grammar/ast.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { holds, valuesOf } from './open.ts';
import type { Open, StaticValue } from './space.ts';
import { describe } from './values.ts';

/** Evaluates a condition; undefined where it is none, which has been reported. True only where the context exists. */
export function evaluateCondition(e: Elaboration, node: Expr, context: Context): Open<boolean> | undefined {
  const value = e.evaluate(node, context);
  if (value.kind === 'error') return undefined;
  const isTruth = (v: StaticValue): boolean => typeof v === 'boolean';
  if (value.kind === 'static' && valuesOf(value.value).every(isTruth)) {
    return holds(value.value, (v) => v === true);
  }
  e.report('wrongKind', { found: describe(value), wanted: 'true or false' }, locate(context, node));
  return undefined;
}
