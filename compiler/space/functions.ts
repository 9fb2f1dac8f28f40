/** Static functions: `floor`, `min`, `max`, `height`, `width`, `channels`. */
import type { CallNode } from '../../grammar/ast.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { mapOpen } from './open.ts';
import type { StaticValue } from './space.ts';
import { describe, errorVal, formatStatic, staticVal, type Value } from './values.ts';

interface StaticFunction {
  readonly doc: string;
  /** Fewest arguments and most. */
  readonly arity: readonly [number, number];
  /** `numbers`: of values; an axis: of one tensor's shape, counted from the left, without the batch. */
  readonly of: 'numbers' | { readonly axis: number; readonly rank: number | undefined };
  readonly apply?: (values: readonly number[]) => number;
}

/** All static functions by name. */
export const staticFunctions: Readonly<Record<string, StaticFunction>> = {
  floor: { doc: 'Rounds down.', arity: [1, 1], of: 'numbers', apply: ([a = 0]) => Math.floor(a) },
  min: { doc: 'The smallest.', arity: [1, 64], of: 'numbers', apply: (values) => Math.min(...values) },
  max: { doc: 'The largest.', arity: [1, 64], of: 'numbers', apply: (values) => Math.max(...values) },
  height: { doc: 'Height of an image.', arity: [1, 1], of: { axis: 0, rank: 3 } },
  width: { doc: 'Width of an image.', arity: [1, 1], of: { axis: 1, rank: 3 } },
  channels: {
    doc: 'Channels of an image, features of a vector.',
    arity: [1, 1],
    of: { axis: -1, rank: undefined },
  },
};

export function isStaticFunction(name: string): boolean {
  return Object.hasOwn(staticFunctions, name);
}

/** Evaluates a call of a static function. */
export function evaluateFunction(e: Elaboration, name: string, node: CallNode, context: Context): Value {
  const fn = staticFunctions[name];
  const at = locate(context, node);
  if (!fn) return errorVal;
  const args = [...node.args, ...node.statics].map((arg) => arg.value);
  // Here alone a division may be inexact: that is what `floor` is for.
  const [only] = args;
  if (name === 'floor' && args.length === 1 && only?.kind === 'binary' && only.operator === '/') {
    const sides = [only.left, only.right].map((side) => e.evaluate(side, context));
    return numbers(e, name, sides, ([a = 0, b = 1]) => Math.floor(a / b), context, at);
  }
  const values = args.map((arg) => e.evaluate(arg, context));
  if (values.some((v) => v.kind === 'error')) return errorVal;
  if (values.length < fn.arity[0] || values.length > fn.arity[1]) {
    e.report('wrongCount', { callee: name, wanted: fn.arity[0], found: values.length }, at);
    return errorVal;
  }
  if (fn.of === 'numbers') return numbers(e, name, values, fn.apply ?? (() => 0), context, at);
  const { axis, rank } = fn.of;
  const [tensor] = values;
  if (tensor?.kind !== 'tensor') {
    const found = tensor ? describe(tensor) : 'nothing';
    e.report('wrongKind', { found, wanted: `a tensor for \`${name}\`` }, at);
    return errorVal;
  }
  const result = mapOpen([e.node(tensor.node).shape], context.exists, ([shape]): StaticValue | undefined => {
    if (rank === undefined || shape.length === rank) return shape.at(axis);
    e.report(
      'wrongKind',
      { found: `a vector of ${String(shape[0])}`, wanted: `an image for \`${name}\`` },
      at,
    );
    return undefined;
  });
  return result ? staticVal(result) : errorVal;
}

function numbers(
  e: Elaboration,
  name: string,
  values: readonly Value[],
  apply: (values: readonly number[]) => number,
  context: Context,
  at: ReturnType<typeof locate>,
): Value {
  const statics = values.flatMap((v) => (v.kind === 'static' ? [v.value] : []));
  const odd = values.find((v) => v.kind !== 'static');
  if (odd) {
    if (odd.kind !== 'error')
      e.report('wrongKind', { found: describe(odd), wanted: `numbers for \`${name}\`` }, at);
    return errorVal;
  }
  const result = mapOpen(statics, context.exists, (all): StaticValue | undefined => {
    const plain = all.flatMap((v) => (typeof v === 'number' ? [v] : []));
    if (plain.length === all.length) {
      const value = apply(plain);
      if (Number.isFinite(value)) return value;
      e.report('badArithmetic', { problem: `${name} of these is no number` }, at);
      return undefined;
    }
    const found = all.find((v) => typeof v !== 'number') ?? '';
    e.report(
      'wrongKind',
      { found: `the value ${formatStatic(found)}`, wanted: `numbers for \`${name}\`` },
      at,
    );
    return undefined;
  });
  return result ? staticVal(result) : errorVal;
}
