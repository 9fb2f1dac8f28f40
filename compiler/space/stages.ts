/** Small things that several kinds of expression need: feeding a stage, and names that nothing has. */
import type { Expr } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { isCallable, operations } from '../ops/operations.ts';
import { itemsOf } from './choices.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { staticFunctions } from './functions.ts';
import { describe, errorVal, type StageVal, type Value } from './values.ts';

/** Applies a stage to values; a tuple feeds a stage of several tensors. */
export function feed(
  e: Elaboration,
  stage: StageVal,
  given: readonly Value[],
  context: Context,
  at: Location,
): Value {
  if (given.some((v) => v.kind === 'error')) return errorVal;
  if (given.length === stage.arity) return stage.apply(given, context.exists, at);
  const [only] = given;
  const items = only && given.length === 1 ? itemsOf(only) : undefined;
  if (items?.length === stage.arity) return stage.apply(items, context.exists, at);
  const found = `${given.length} ${given.length === 1 ? 'tensor' : 'tensors'}`;
  e.report('wrongTensors', { name: stage.name, wanted: stage.arity, found }, at);
  return errorVal;
}

/** Two stages, one after the other. */
export function chain(
  e: Elaboration,
  first: StageVal,
  second: StageVal,
  context: Context,
  at: Location,
): StageVal {
  return {
    kind: 'stage',
    arity: first.arity,
    name: `${first.name} |> ${second.name}`,
    apply: (args, exists, where) => {
      const middle = first.apply(args, exists, where);
      if (middle.kind === 'error') return errorVal;
      if (middle.kind !== 'static' && middle.kind !== 'stage') {
        return feed(e, second, [middle], { ...context, exists }, at);
      }
      e.report('wrongKind', { found: describe(middle), wanted: 'a tensor before `|>`' }, at);
      return errorVal;
    },
  };
}

/** Reports a name that nothing has, with those that look like it. */
export function reportUnknown(e: Elaboration, name: string, context: Context, node: Expr): void {
  const callable = Object.keys(operations).filter(isCallable);
  const candidates = [
    ...context.names.entries().keys(),
    ...e.motifs.keys(),
    ...e.cells.keys(),
    ...callable,
    ...Object.keys(staticFunctions),
  ];
  e.report('unknownName', { name }, locate(context, node), () => ({
    hint: hintFor(e, name, context, candidates),
  }));
}

/** Names that are compared with one that nothing has. */
const mostCandidates = 1000;

function hintFor(
  e: Elaboration,
  name: string,
  context: Context,
  candidates: readonly string[],
): string | undefined {
  if (e.spaceNames.has(name)) {
    return context.uses.length > 0
      ? `a motif sees its parameters alone: give it \`${name}\` as one`
      : `\`${name}\` is declared below: a name is known from there on`;
  }
  if (Object.hasOwn(staticFunctions, name)) return `it is a function: \`${name}(...)\``;
  return didYouMean(name, candidates.slice(0, mostCandidates));
}
