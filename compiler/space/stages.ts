/** Small things that several kinds of expression need: feeding a stage, and names that nothing has. */
import type { Expr } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { isCallable, operations } from '../ops/operations.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { staticFunctions } from './functions.ts';
import { errorVal, type StageVal, type Value } from './values.ts';

/** Applies a stage to tensors; a stage that wants more of them stays a stage. */
export function feed(
  e: Elaboration,
  stage: StageVal,
  tensors: readonly number[],
  context: Context,
  at: Location,
): Value {
  if (tensors.length === stage.arity) return stage.apply(tensors, context.exists, at);
  const found = `${tensors.length} ${tensors.length === 1 ? 'tensor' : 'tensors'}`;
  e.report('wrongTensors', { name: stage.name, wanted: stage.arity, found }, at);
  return errorVal;
}

/** Reports a name that nothing has, with those that look like it. */
export function reportUnknown(e: Elaboration, name: string, context: Context, node: Expr): void {
  const callable = Object.keys(operations).filter(isCallable);
  const candidates = [
    ...context.names.keys(),
    ...e.motifs.keys(),
    ...callable,
    ...Object.keys(staticFunctions),
  ];
  e.report('unknownName', { name }, locate(context, node), { hint: didYouMean(name, candidates) });
}
