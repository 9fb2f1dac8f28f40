/** Functions of the language that are worked out before any tensor is: numbers, shapes, lists, wiring. */
import type { CallNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { applyOperation } from './apply.ts';
import { itemsOf } from './choices.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { pick } from './lists.ts';
import { looseOf } from './nodes.ts';
import { always, fixed, never } from './diagrams.ts';
import { both, either, holdsWithin, mapLeaves, mapOpen, negate, restrict, select } from './open.ts';
import { describeShape } from '../ops/takes.ts';
import type { Shape } from '../graph/graph.ts';
import { scanOf } from './scan.ts';
import { noteOf, settle, type Failure } from './settle.ts';
import type { Open, StaticValue } from './space.ts';
import {
  describe,
  errorVal,
  listItem,
  listVal,
  presenceOf,
  staticVal,
  type ListItem,
  type ListVal,
  type Operand,
  type Value,
} from './values.ts';
import { present } from '../../util/invariant.ts';

interface Call {
  readonly e: Elaboration;
  readonly name: string;
  readonly values: readonly Value[];
  readonly context: Context;
  readonly at: Location;
}

interface StaticFunction {
  readonly doc: string;
  /** Fewest arguments and most. */
  readonly arity: readonly [number, number];
  readonly apply: (call: Call) => Value;
}

/** All functions by name. */
export const staticFunctions: Readonly<Record<string, StaticFunction>> = {
  floor: { doc: 'Rounds down.', arity: [1, 1], apply: numbers(([a = 0]) => Math.floor(a)) },
  min: { doc: 'The smallest of numbers, or of a list of them.', arity: [1, 64], apply: folded(Math.min) },
  max: { doc: 'The largest of numbers, or of a list of them.', arity: [1, 64], apply: folded(Math.max) },
  sum: {
    doc: 'The sum of numbers, or of a list of them; 0 for none.',
    arity: [1, 64],
    apply: folded((a, b) => a + b, 0),
  },
  height: { doc: 'Height of an image.', arity: [1, 1], apply: size(0, 3) },
  width: { doc: 'Width of an image.', arity: [1, 1], apply: size(1, 3) },
  channels: { doc: 'Channels of an image, features of a vector.', arity: [1, 1], apply: size(-1, undefined) },
  length: { doc: 'How many elements a list has; `none` does not count.', arity: [1, 1], apply: length },
  last: { doc: 'The last element of a list or tuple.', arity: [1, 1], apply: last },
  init: { doc: 'A list without its last element.', arity: [1, 1], apply: init },
  split: { doc: 'A tensor cut into so many parts of equal channels: a list.', arity: [2, 2], apply: split },
  loose: {
    doc: 'The elements of a list of nodes that no other node and no `let` of this body reads.',
    arity: [1, 1],
    apply: ({ e, values, context, at, name }) => {
      const list = listOf(e, values[0], name, at);
      return list ? looseOf(e, list, context, at) : errorVal;
    },
  },
  slide: {
    doc: 'The stage that takes (p, q) to (q, f(p, q)): wiring to the previous two cells.',
    arity: [1, 1],
    apply: slide,
  },
  scan: {
    doc: 'The stage that folds `f` over a sequence: `xs |> scan(f, units)`. `f` takes an element and states, vectors of `units` that begin at zero, and returns the states; the first state after each element is the result.',
    arity: [2, 2],
    apply: ({ e, values, context, at }) => scanOf(e, values[0], values[1], context, at),
  },
};

export function isStaticFunction(name: string): boolean {
  return Object.hasOwn(staticFunctions, name);
}

/** Evaluates a call of a function. */
export function evaluateFunction(e: Elaboration, name: string, node: CallNode, context: Context): Value {
  const fn = staticFunctions[name];
  const at = locate(context, node);
  if (!fn) return errorVal;
  const args = [...node.args, ...node.statics].map((arg) => arg.value);
  // Here alone a division may be inexact: that is what `floor` is for.
  const [only] = args;
  if (name === 'floor' && args.length === 1 && only?.kind === 'binary' && only.operator === '/') {
    const values = [only.left, only.right].map((side) => e.evaluate(side, context));
    return numbers(([a = 0, b = 1]) => Math.floor(a / b))({ e, name, values, context, at });
  }
  const values = args.map((arg) => e.evaluate(arg, context));
  if (values.some((v) => v.kind === 'error')) return errorVal;
  if (values.length < fn.arity[0] || values.length > fn.arity[1]) {
    e.report('wrongCount', { callee: name, wanted: fn.arity[0], found: values.length }, at);
    return errorVal;
  }
  return fn.apply({ e, name, values, context, at });
}

/** A function of numbers. */
function numbers(apply: (values: readonly number[]) => number): (call: Call) => Value {
  return ({ e, name, values, context, at }) => {
    const odd = values.find((v) => v.kind !== 'static');
    if (odd) {
      if (odd.kind !== 'error') {
        e.report('wrongKind', { found: describe(odd), wanted: `numbers for \`${name}\`` }, at);
      }
      return errorVal;
    }
    const statics = values.flatMap((v) => (v.kind === 'static' ? [v.value] : []));
    const rule = (all: readonly StaticValue[]): StaticValue | Failure => {
      const plain = all.flatMap((v) => (typeof v === 'number' ? [v] : []));
      if (plain.length === all.length) {
        const value = apply(plain);
        if (Number.isFinite(value)) return value;
        return { report: 'badArithmetic', values: { problem: `${name} of these is no number` } };
      }
      const found = describe(staticVal(fixed(all.find((v) => typeof v !== 'number') ?? '')));
      return { report: 'wrongKind', values: { found, wanted: `numbers for \`${name}\`` } };
    };
    const result = settle(e, statics, rule, context, at);
    return result ? staticVal(result) : errorVal;
  };
}

/** A function of numbers, or of the numbers in one list, two at a time; `empty` is its value for none. */
function folded(join: (a: number, b: number) => number, empty?: number): (call: Call) => Value {
  return (call) => {
    const [only] = call.values;
    if (only?.kind !== 'list') return numbers((all) => all.reduce((a, b) => join(a, b)))(call);
    const { e, name, at, context } = call;
    const nothing = empty ?? null;
    let result: Open<number | null> = fixed(nothing);
    for (const { value, exists } of only.items) {
      if (both(exists, context.exists) === never) continue;
      if (value.kind !== 'static') {
        e.report('wrongKind', { found: describe(value), wanted: `numbers for \`${name}\`` }, at);
        return errorVal;
      }
      const found = numbers(([n = 0]) => n)({
        ...call,
        values: [value],
        context: { ...context, exists: both(context.exists, exists) },
      });
      if (found.kind !== 'static') return errorVal;
      const on = present(
        mapLeaves(exists, (is) => (is ? 0 : 1)),
        'a truth value',
      );
      const own = select<StaticValue | null>(on, [found.value, fixed(null)]) ?? fixed(null);
      const step = mapOpen([result, own], context.exists, ([total, n]) =>
        typeof n !== 'number' ? total : total === null ? n : join(total, n),
      );
      if (step === undefined) return errorVal;
      result = step;
    }
    const whole = restrict(result, both(context.exists, only.within)) ?? result;
    const rule = ([total]: readonly (StaticValue | null)[]): StaticValue | Failure =>
      total ?? { report: 'badArithmetic', values: { problem: `${name} of an empty list` } };
    const value = settle<StaticValue | null>(e, [whole], rule, context, at);
    return value ? staticVal(value) : errorVal;
  };
}

/** A size of one tensor, by axis from the left, without the batch. */
function size(axis: number, rank: number | undefined): (call: Call) => Value {
  return ({ e, name, values, context, at }) => {
    const [tensor] = values;
    if (tensor?.kind === 'none') return staticVal(fixed(0));
    if (tensor?.kind !== 'tensor') {
      const found = tensor ? describe(tensor) : 'nothing';
      e.report('wrongKind', { found, wanted: `a tensor for \`${name}\`` }, at);
      return errorVal;
    }
    // Where there is no tensor its sizes are 0: whatever needs them there is refused, and nothing is left open.
    const there = holdsWithin(tensor.present, context.exists) ? always : tensor.present;
    const { shape: open } = e.node(tensor.node);
    // Not one case of both: a shape says nothing where its tensor is none.
    const which = mapOpen([there], context.exists, ([is]) => (is ? 1 : 0));
    const sizes = which && select<Shape | null>(which, [fixed(null), open]);
    const rule = ([shape]: readonly (Shape | null | undefined)[]): StaticValue | Failure => {
      if (!shape) return 0;
      if (rank === undefined || shape.length === rank) return shape.at(axis) ?? 0;
      const told = { found: describeShape(shape), wanted: `an image for \`${name}\`` };
      return { report: 'wrongKind', values: told };
    };
    const result = sizes && settle<Shape | null>(e, [sizes], rule, context, at);
    return result ? staticVal(result) : errorVal;
  };
}

function listOf(e: Elaboration, value: Value | undefined, name: string, at: Location): ListVal | undefined {
  if (value?.kind === 'list') return value;
  const items = value && itemsOf(value);
  if (items) return listVal(items.map((item) => listItem(item)));
  if (value && value.kind !== 'error') {
    e.report('wrongKind', { found: describe(value), wanted: `a list for \`${name}\`` }, at);
  }
  return undefined;
}

function length({ e, name, values, context, at }: Call): Value {
  const list = listOf(e, values[0], name, at);
  if (!list) return errorVal;
  let count: Open<number> = fixed(0);
  for (const { value, exists } of list.items) {
    const there = value.kind === 'none' || value.kind === 'tensor' ? both(exists, presenceOf(value)) : exists;
    count = mapOpen([count, there], always, ([n, is]) => (is ? n + 1 : n)) ?? count;
  }
  const found = restrict(count, both(context.exists, list.within));
  return staticVal(found ?? count);
}

function last({ e, name, values, context, at }: Call): Value {
  const list = listOf(e, values[0], name, at);
  if (!list) return errorVal;
  const items = list.items.filter((item) => both(item.exists, context.exists) !== never);
  const end = items.at(-1);
  const some = items.map((item) => item.exists).reduce(either, never);
  const empty = e.feasible(both(both(context.exists, list.within), negate(some)));
  const isTensors = items.every((item) => item.value.kind === 'tensor' || item.value.kind === 'none');
  if (end === undefined || (empty !== never && !isTensors)) {
    e.report('indexOutside', { index: 0, length: 0 }, at, () => ({
      notes: noteOf(e, empty),
      hint: 'give the list something that is always in it: `[x, ...n]`',
    }));
    return errorVal;
  }
  if (end.exists === always) return end.value;
  // The last that is there: none of those after it is.
  let later: Open<boolean> = never;
  const guards = items.toReversed().map(({ exists }) => {
    const guard = both(exists, negate(later));
    later = either(later, exists);
    return guard;
  });
  return pick(e, items, guards.toReversed(), context, at);
}

function init({ e, name, values, at }: Call): Value {
  const list = listOf(e, values[0], name, at);
  if (!list) return errorVal;
  let later: Open<boolean> = never;
  const items: ListItem[] = [];
  for (const item of list.items.toReversed()) {
    const exists = both(item.exists, later);
    if (exists !== never) items.unshift({ ...item, exists });
    later = either(later, item.exists);
  }
  return listVal(items, list.within);
}

function split({ e, name, values, context, at }: Call): Value {
  const [tensor, parts] = values;
  const count = parts?.kind === 'static' && parts.value.kind === 'fixed' ? parts.value.value : undefined;
  if (tensor?.kind !== 'tensor' && tensor?.kind !== 'none') {
    const found = tensor ? describe(tensor) : 'nothing';
    e.report('wrongKind', { found, wanted: `a tensor for \`${name}\`` }, at);
    return errorVal;
  }
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1024) {
    const found = parts ? describe(parts) : 'nothing';
    e.report('wrongKind', { found, wanted: 'a fixed number of parts, from 1 to 1024' }, at);
    return errorVal;
  }
  const operand: Operand = tensor;
  const items = Array.from({ length: count }, (_, index) => {
    const attributes = { index: fixed<StaticValue>(index), parts: fixed<StaticValue>(count) };
    const site = context.site.claim(name);
    const use = { operation: 'split_part', attributes, site, at, argsAt: {}, uses: context.uses } as const;
    return listItem(applyOperation(e, use, [operand], context.exists));
  });
  return items.some((item) => item.value.kind === 'error') ? errorVal : listVal(items);
}

function slide({ e, name, values, at }: Call): Value {
  const [stage] = values;
  if (stage?.kind !== 'stage' || stage.arity !== 2) {
    const found = stage ? describe(stage) : 'nothing';
    e.report('wrongKind', { found, wanted: `a stage of two tensors for \`${name}\`` }, at);
    return errorVal;
  }
  return {
    kind: 'stage',
    arity: 1,
    name: `slide(${stage.name})`,
    apply: ([pair], exists, where) => {
      const items = pair && itemsOf(pair);
      const [p, q] = items ?? [];
      if (p === undefined || q === undefined || items?.length !== 2) {
        const found = pair ? describe(pair) : 'nothing';
        e.report('wrongKind', { found, wanted: 'a tuple of two tensors before `slide`' }, where);
        return errorVal;
      }
      const next = stage.apply([p, q], exists, where);
      return next.kind === 'error' ? errorVal : { kind: 'tuple', items: [q, next] };
    },
  };
}
