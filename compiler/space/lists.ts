/** Lists, ranges, generators and what is taken out of them. */
import type { Location } from '../../grammar/source.ts';
import type { Expr, IndexNode, ListNode, PatternNode, RangeNode, SpreadNode } from '../../grammar/ast.ts';
import { combine, itemsOf } from './choices.ts';
import { enter, limits, locate, type Context, type Elaboration } from './elaboration.ts';
import { always, fixed, never } from './diagrams.ts';
import type { Names } from './names.ts';
import {
  both,
  either,
  holds,
  holdsWithin,
  mapLeaves,
  mapOpen,
  negate,
  pointsAt,
  select,
  valuesOf,
} from './open.ts';
import { noteOf, valueUnder } from './settle.ts';
import { Site } from './sites.ts';
import type { Open, StaticValue } from './space.ts';
import { evaluateCondition } from './truth.ts';
import {
  describe,
  errorVal,
  listItem,
  listVal,
  named,
  noneVal,
  staticVal,
  type Identity,
  type ListItem,
  type ListVal,
  type Value,
} from './values.ts';
import { present } from '../../util/invariant.ts';

// ---------------------------------------------------------------- ranges

/** A number of a range, and where the range holds it. */
export interface RangeNumber {
  readonly value: number;
  readonly exists: Open<boolean>;
}

/** `1..3`, `0.0..0.5 step 0.1`: both ends included. Ends without fractions may be open. */
export function rangeNumbers(
  e: Elaboration,
  range: RangeNode,
  context: Context,
): readonly RangeNumber[] | undefined {
  const parts = [range.from, range.to, ...(range.step ? [range.step] : [])];
  const ends = parts.map((part) => numberOf(e, part, context));
  const [from, to, step] = ends;
  if (from === undefined || to === undefined || (range.step && step === undefined)) return undefined;
  const at = locate(context, range);
  if (from.kind === 'fixed' && to.kind === 'fixed' && (step === undefined || step.kind === 'fixed')) {
    return fixedRange(e, from.value, to.value, step?.value, at);
  }
  const [lows, highs] = [valuesOf(from), valuesOf(to)];
  if (step !== undefined || ![...lows, ...highs].every(Number.isInteger)) {
    const problem = 'the ends of an open range are whole numbers, and it has no step';
    e.report('badRange', { problem }, at);
    return undefined;
  }
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  if (high - low >= limits.turns) e.stop('elements of a list', limits.turns, at);
  const numbers: RangeNumber[] = [];
  for (let value = low; value <= high; value++) {
    const exists = both(
      holds(from, (n) => n <= value),
      holds(to, (n) => value <= n),
    );
    if (exists !== never) numbers.push({ value, exists });
  }
  return numbers;
}

function fixedRange(
  e: Elaboration,
  from: number,
  to: number,
  step: number | undefined,
  at: Location,
): readonly RangeNumber[] | undefined {
  const width = step ?? 1;
  if (step === undefined && !(Number.isInteger(from) && Number.isInteger(to))) {
    e.report('badRange', { problem: 'a range between fractions needs a step' }, at, {
      hint: `write ${from}..${to} step 0.1`,
    });
    return undefined;
  }
  if (!(width > 0) || to < from) {
    e.report('badRange', { problem: width > 0 ? `${from}..${to} is empty` : 'the step must be above 0' }, at);
    return undefined;
  }
  const count = Math.floor((to - from) / width + 1e-9) + 1;
  if (count > limits.options) e.stop('options of all decisions', limits.options, at);
  // Steps such as 0.1 are not exact in binary: 12 significant digits name the value that was meant.
  return Array.from({ length: count }, (_, i) => ({
    value: Number((from + i * width).toPrecision(12)),
    exists: always,
  }));
}

/** A number, fixed or open. */
function numberOf(e: Elaboration, node: Expr, context: Context): Open<number> | undefined {
  const value = e.evaluate(node, context);
  if (value.kind === 'error') return undefined;
  if (value.kind === 'static' && valuesOf(value.value).every((v) => typeof v === 'number')) {
    return value.value as Open<number>;
  }
  e.report('wrongKind', { found: describe(value), wanted: 'a number' }, locate(context, node));
  return undefined;
}

/** A range that is no `choose`: the list of its numbers. */
export function evaluateRange(e: Elaboration, node: RangeNode, context: Context): Value {
  const numbers = rangeNumbers(e, node, context);
  if (numbers === undefined) return errorVal;
  return listVal(numbers.map(({ value, exists }) => listItem(staticVal(fixed(value)), undefined, exists)));
}

// ---------------------------------------------------------------- lists

/** `[a, ...b]`, or `[f(h) for h in xs if h in ys]` */
export function evaluateList(
  e: Elaboration,
  node: ListNode,
  context: Context,
  name: string | undefined,
): Value {
  if (node.generator) return generate(e, node, context, name);
  const items: ListItem[] = [];
  let within: Open<boolean> = always;
  for (const item of node.items) {
    if (item.kind !== 'spread') {
      const value = e.evaluate(item, context);
      if (value.kind === 'error') return errorVal;
      items.push(listItem(value, nameOf(item)));
      continue;
    }
    const list = e.evaluate(item.value, context);
    if (list.kind === 'error') return errorVal;
    if (list.kind !== 'list') {
      const at = locate(context, item);
      e.report('wrongKind', { found: describe(list), wanted: 'a list after `...`' }, at);
      return errorVal;
    }
    items.push(...list.items);
    within = both(within, list.within);
  }
  if (items.length > limits.turns) e.stop('elements of a list', limits.turns, locate(context, node));
  if (items.some(({ value }) => value.kind === 'list' || value.kind === 'tuple')) {
    checkParts(
      e,
      items.map((item) => item.value),
      locate(context, node),
    );
  }
  return listVal(items, within);
}

/** Lists and tuples of lists and tuples can double with every line; they end somewhere. */
export function checkParts(e: Elaboration, items: readonly Value[], at: Location): void {
  let parts = 0;
  const count = (value: Value | StaticValue): void => {
    if (++parts > limits.parts) e.stop('parts of a list or a tuple', limits.parts, at);
    if (typeof value !== 'object') return;
    if (!('kind' in value)) value.forEach(count);
    else if (value.kind === 'tuple') value.items.forEach(count);
    else if (value.kind === 'list') value.items.forEach((item) => count(item.value));
    else if (value.kind === 'static') valuesOf(value.value).slice(0, 1).forEach(count);
  };
  items.forEach(count);
}

/** The variable or element that an expression is: `s0`, `n[2]`. */
function nameOf(node: Expr): string | undefined {
  if (node.kind === 'reference') return node.name;
  if (node.kind !== 'index' || node.object.kind !== 'reference') return undefined;
  return node.index.kind === 'number' ? `${node.object.name}[${node.index.value}]` : undefined;
}

function generate(e: Elaboration, node: ListNode, context: Context, name: string | undefined): Value {
  const { generator } = node;
  const [element] = node.items;
  if (!generator || !element || element.kind === 'spread') return errorVal;
  const variable = generator.pattern.names[0]?.text ?? 'element';
  const list = e.evaluate(generator.source, context, name ?? variable);
  if (list.kind === 'error') return errorVal;
  const at = locate(context, generator.source);
  if (list.kind !== 'list') {
    e.report('wrongKind', { found: describe(list), wanted: 'a list to go through' }, at);
    return errorVal;
  }
  const bodies = context.body.open({ kind: 'elements', variable });
  const path = context.site.claim(variable);
  const items: ListItem[] = [];
  for (const [i, item] of list.items.entries()) {
    e.step(at, 5);
    // A number has no name of its own; an element of the list is known by its place.
    const label = item.value.kind === 'static' ? String(i) : (item.label ?? String(i));
    const names = bindPattern(e, generator.pattern, item.value, context, item.label);
    let inside = enter(context, {
      body: bodies.open({ kind: 'turn', label }),
      site: new Site(`${path}[${label}]`),
      guard: item.exists,
      names,
    });
    let { exists } = item;
    if (inside.exists === never) continue;
    if (generator.condition) {
      const condition = evaluateCondition(e, generator.condition, inside);
      if (condition === undefined) return errorVal;
      const { body, site } = inside;
      inside = enter(inside, { body, site, guard: condition });
      exists = both(exists, condition);
      if (inside.exists === never) continue;
    }
    const value = e.evaluate(element, inside);
    if (value.kind === 'error') return errorVal;
    items.push({ value, exists, label: undefined });
  }
  return listVal(items, list.within);
}

/** The names that a pattern gives to a value, added to those of the context. */
export function bindPattern(
  e: Elaboration,
  pattern: PatternNode,
  value: Value,
  context: Context,
  label?: string,
): Names {
  e.step(locate(context, pattern));
  const { names } = context;
  const [first] = pattern.names;
  if (!pattern.tuple) return first ? names.with(first.text, named(value, label ?? first.text)) : names;
  const items = value.kind === 'list' ? value.items.map((item) => item.value) : itemsOf(value);
  if (value.kind !== 'error' && items?.length !== pattern.names.length) {
    const found = items ? `a tuple of ${items.length}` : describe(value);
    const wanted = `a tuple of ${pattern.names.length}`;
    e.report('wrongKind', { found, wanted }, locate(context, pattern));
  }
  return pattern.names.reduce((all, n, i) => all.with(n.text, named(items?.[i] ?? errorVal, n.text)), names);
}

/** `xs[i]`, also of a tuple. What is not there under some answers is `none` there. */
export function evaluateIndex(e: Elaboration, node: IndexNode, context: Context): Value {
  const object = e.evaluate(node.object, context);
  const index = e.evaluate(node.index, context);
  if (object.kind === 'error' || index.kind === 'error') return errorVal;
  const at = locate(context, node);
  const items = object.kind === 'list' ? object.items.map((item) => item.value) : itemsOf(object);
  if (items === undefined) {
    e.report(
      'wrongKind',
      { found: describe(object), wanted: 'a list or a tuple' },
      locate(context, node.object),
    );
    return errorVal;
  }
  const whole = (v: StaticValue): boolean => typeof v === 'number' && Number.isInteger(v);
  if (index.kind !== 'static' || !valuesOf(index.value).every(whole)) {
    const found = describe(index);
    e.report('wrongKind', { found, wanted: 'a whole number as index' }, locate(context, node.index));
    return errorVal;
  }
  const on = mapOpen([index.value], context.exists, ([i]) => Number(i));
  if (on === undefined) return errorVal;
  if (object.kind === 'list') return elementOf(e, object, on, context, at);
  const outside = e.feasible(
    both(
      context.exists,
      holds(on, (i) => i < 0 || i >= items.length),
    ),
  );
  if (outside !== never) return reportOutside(e, on, fixed(items.length), outside, at);
  if (on.kind === 'fixed') return items[on.value] ?? errorVal;
  const guards = items.map((_, i) => pointsAt(on, i));
  const cases = { on, values: items, guards, places: items.map(() => at), what: 'elements' };
  return combine(e, cases, context.exists, at);
}

/** The element at a place among those that are in the list. */
function elementOf(e: Elaboration, list: ListVal, on: Open<number>, context: Context, at: Location): Value {
  const items = list.items.filter((item) => both(item.exists, context.exists) !== never);
  let before: Open<number> = fixed(0);
  const guards = items.map(({ exists }) => {
    const isHere = mapOpen([before, on], context.exists, ([n, i]) => n === i) ?? never;
    const inside = holdsWithin(exists, context.exists) ? always : exists;
    before = mapOpen([before, inside], always, ([n, is]) => (is ? n + 1 : n)) ?? before;
    return both(inside, isHere);
  });
  const where = both(context.exists, list.within);
  const outside = e.feasible(both(where, negate(guards.reduce(either, never))));
  const isNumbered = items.every(({ value }) => value.kind === 'tensor' || value.kind === 'none');
  const far = holds(on, (i) => i < 0 || i >= items.length);
  // A tensor that is not there under some answers is `none` there.
  const wrong = isNumbered ? e.feasible(both(outside, far)) : outside;
  if (wrong !== never) return reportOutside(e, on, before, wrong, at);
  return pick(e, items, guards, context, at);
}

function reportOutside(
  e: Elaboration,
  on: Open<number>,
  length: Open<number>,
  outside: Open<boolean>,
  at: Location,
): Value {
  const { choices } = e.tell(outside);
  const [index = 0, found = 0] = [valueUnder(on, choices), valueUnder(length, choices)];
  e.report('indexOutside', { index, length: found }, at, () => ({
    notes: noteOf(e, outside),
    hint: found === 0 ? 'give the list something that is always in it: `[x, ...n]`' : undefined,
  }));
  return errorVal;
}

/** `a in xs`: which tensor `a` is, or which value it has. */
export function evaluateIn(
  e: Elaboration,
  left: Value,
  right: Value,
  context: Context,
  at: Expr | SpreadNode,
): Value {
  if (left.kind === 'error' || right.kind === 'error') return errorVal;
  if (right.kind !== 'list') {
    e.report('wrongKind', { found: describe(right), wanted: 'a list after `in`' }, locate(context, at));
    return errorVal;
  }
  let result: Open<boolean> = never;
  for (const { value, exists } of right.items) {
    const same = sameThing(left, value);
    if (same !== undefined) result = either(result, both(exists, same));
  }
  return staticVal(result);
}

function sameThing(a: Value, b: Value): Open<boolean> | undefined {
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    return sameTensor(a.identity, b.identity);
  }
  if (a.kind === 'static' && b.kind === 'static') {
    return mapOpen([a.value, b.value], always, ([x, y]) => fixed(x) === fixed(y)) ?? never;
  }
  return undefined;
}

/** Where two tensors are one. */
function sameTensor(a: Identity, b: Identity): Open<boolean> {
  if (a.kind === 'node') return b.kind === 'node' ? (a.node === b.node ? always : never) : sameTensor(b, a);
  return a.parts
    .map((part, i) => {
      const same = part ? sameTensor(part, b) : never;
      return same === never ? never : both(same, pointsAt(a.on, i));
    })
    .reduce(either, never);
}

/** The item whose guard holds, the guards excluding each other; where none does, `none`. */
export function pick(
  e: Elaboration,
  items: readonly ListItem[],
  guards: readonly Open<boolean>[],
  context: Context,
  at: Location,
): Value {
  const all = guards.findIndex((guard) => holdsWithin(guard, context.exists));
  if (all >= 0) return items[all]?.value ?? errorVal;
  const isTensors = items.every(({ value }) => value.kind === 'tensor' || value.kind === 'none');
  let on: Open<number> | undefined = isTensors ? fixed(items.length) : undefined;
  guards.forEach((guard, i) => {
    const which = present(
      mapLeaves(guard, (is) => (is ? 0 : 1)),
      'a truth value',
    );
    on = select<number>(which, [fixed(i), on]);
  });
  if (on === undefined) return errorVal;
  const none = negate(guards.reduce(either, never));
  const cases = {
    on,
    values: [...items.map((item) => item.value), ...(isTensors ? [noneVal] : [])],
    guards: [...guards, ...(isTensors ? [none] : [])],
    places: [...items.map(() => at), ...(isTensors ? [at] : [])],
    what: 'elements',
  };
  return combine(e, cases, context.exists, at);
}
