/** Several values of which one stands: what `choose`, `if`, `repeat` and an open index come to. */
import type { IfNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { selectTensor } from './apply.ts';
import { enter, locate, type Context, type Elaboration } from './elaboration.ts';
import { always, never } from './diagrams.ts';
import { both, mapLeaves, negate, select, holdsWithin } from './open.ts';
import type { Open, StaticValue } from './space.ts';
import { evaluateCondition } from './truth.ts';
import {
  describe,
  errorVal,
  listVal,
  noneVal,
  staticVal,
  type ListItem,
  type ListVal,
  type Operand,
  type StageVal,
  type Value,
} from './values.ts';
import { present } from '../../util/invariant.ts';

/** Several values of which `on` says which one stands. A value is missing where its case cannot occur. */
export interface Cases {
  readonly on: Open<number>;
  readonly values: readonly (Value | undefined)[];
  /** Where each of them stands; what is applied, is applied there. */
  readonly guards: readonly Open<boolean>[];
  readonly places: readonly Location[];
  /** For messages: "alternatives". */
  readonly what: string;
}

/** The one value that stands. */
export function combine(e: Elaboration, cases: Cases, exists: Open<boolean>, at: Location): Value {
  const { on, values } = cases;
  const possible = values.filter((v) => v !== undefined);
  if (possible.some((v) => v.kind === 'error')) return errorVal;
  const [first] = possible;
  if (first === undefined) return errorVal;
  if (on.kind === 'fixed') return values[on.value] ?? errorVal;
  if (possible.every((v) => v.kind === 'static')) {
    const value = select<StaticValue>(
      on,
      values.map((v) => (v?.kind === 'static' ? v.value : undefined)),
    );
    return value ? staticVal(value) : errorVal;
  }
  if (possible.every((v) => v.kind === 'none')) return noneVal;
  if (possible.every((v) => v.kind === 'none' || v.kind === 'tensor')) {
    return selectTensor(e, on, values as readonly (Operand | undefined)[], exists, at);
  }
  if (possible.every((v) => v.kind === 'none' || v.kind === 'stage')) return combineStages(e, cases, at);
  if (possible.every((v) => v.kind === 'list')) {
    return combineLists(e, cases as ListCases, exists, at);
  }
  const tuple = combineTuples(e, cases, exists, at);
  return tuple ?? mixed(e, cases, at);
}

function mixed(e: Elaboration, { values, places, what }: Cases, at: Location): Value {
  const start = values.findIndex((v) => v !== undefined);
  const odd = values.findIndex((v) => v !== undefined && v.kind !== values[start]?.kind);
  const [first, other] = [values[start], values[odd] ?? values[start]];
  e.report('mixedKinds', { what }, places[odd] ?? at, {
    label: other ? describe(other) : undefined,
    labels: places[start] && first && odd >= 0 ? [{ location: places[start], text: describe(first) }] : [],
    expected: values.some((v) => v?.kind === 'stage')
      ? 'stages alone, values alone or tensors alone; a fixed network is a stage when it is written without its tensor'
      : 'values alone, tensors alone or tuples of one length',
  });
  return errorVal;
}

/** Tuples are combined part by part; a static tuple counts as one. */
function combineTuples(e: Elaboration, cases: Cases, exists: Open<boolean>, at: Location): Value | undefined {
  const parts = cases.values.map((v) => v && itemsOf(v));
  const length = parts.find((p) => p !== undefined)?.length;
  const sound = cases.values.every((v, i) => v === undefined || parts[i]?.length === length);
  if (length === undefined || !sound) return undefined;
  const items = Array.from({ length }, (_, i) =>
    combine(e, { ...cases, values: parts.map((p) => p?.[i]) }, exists, at),
  );
  return items.some((v) => v.kind === 'error') ? errorVal : { kind: 'tuple', items };
}

/** The parts of a tuple, static or not. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'tuple') return value.items;
  if (value.kind !== 'static') return undefined;
  const { value: open } = value;
  const length = open.kind === 'fixed' && typeof open.value === 'object' ? open.value.length : widthOf(open);
  if (length === undefined) return undefined;
  return Array.from({ length }, (_, i) =>
    staticVal(
      present(
        mapLeaves(open, (tuple) => (typeof tuple === 'object' ? tuple[i] : undefined)),
        'a part of a tuple',
      ),
    ),
  );
}

/** The length of an open value whose values are all tuples of one length. */
function widthOf(open: Open<StaticValue>): number | undefined {
  const widths = mapLeaves(open, (v) => (typeof v === 'object' ? v.length : -1));
  return widths?.kind === 'fixed' && widths.value >= 0 ? widths.value : undefined;
}

interface ListCases extends Cases {
  readonly values: readonly (ListVal | undefined)[];
}

/** Lists are combined place by place; a place that a list lacks is not there in its case. */
function combineLists(e: Elaboration, cases: ListCases, exists: Open<boolean>, at: Location): Value {
  const { on, values } = cases;
  const length = Math.max(...values.map((v) => v?.items.length ?? 0));
  const items: ListItem[] = [];
  for (let i = 0; i < length; i++) {
    const here = values.map((v) => v?.items[i]);
    const value = combine(e, { ...cases, values: here.map((item) => item?.value) }, exists, at);
    if (value.kind === 'error') return errorVal;
    const listed = select(
      on,
      values.map((v, c) => (v === undefined ? undefined : (here[c]?.exists ?? never))),
    );
    const labels = new Set(here.flatMap((item) => (item ? [item.label] : [])));
    items.push({ value, exists: listed ?? never, label: labels.size === 1 ? [...labels][0] : undefined });
  }
  const within = select(
    on,
    values.map((v) => v?.within),
  );
  return listVal(items, within ?? always);
}

function combineStages(e: Elaboration, cases: Cases, at: Location): Value {
  const stages = cases.values.flatMap((v) => (v?.kind === 'stage' ? [v] : []));
  const arity = stages[0]?.arity ?? 1;
  const odd = cases.values.findIndex((v) => v?.kind === 'stage' && v.arity !== arity);
  if (odd >= 0) {
    const { name, arity: found } = cases.values[odd] as StageVal;
    e.report('wrongTensors', { name, wanted: arity, found: `room for ${found}` }, cases.places[odd] ?? at);
    return errorVal;
  }
  return {
    kind: 'stage',
    arity,
    name: 'choose',
    apply: (args, exists, where) => {
      const values = cases.values.map((stage, i) => {
        const here = both(exists, present(cases.guards[i], 'a guard'));
        if (here === never || stage === undefined) return undefined;
        return stage.kind === 'stage' ? stage.apply(args, here, where) : stage;
      });
      return combine(e, { ...cases, values }, exists, at);
    },
  };
}

/** `if c then a else b`: only a branch that can be reached is looked at. */
export function evaluateIf(e: Elaboration, node: IfNode, context: Context): Value {
  const condition = evaluateCondition(e, node.condition, context);
  if (condition === undefined) return errorVal;
  const inside = both(context.exists, condition);
  if (holdsWithin(condition, context.exists)) return e.evaluate(node.then, context);
  if (inside === never) return e.evaluate(node.otherwise, context);
  const guards = [condition, negate(condition)];
  const branches = [node.then, node.otherwise];
  const values = branches.map((branch, i) =>
    e.evaluate(
      branch,
      enter(context, { body: context.body, site: context.site, guard: present(guards[i], 'a guard') }),
    ),
  );
  const on = present(
    mapLeaves(condition, (v) => (v ? 0 : 1)),
    'the condition',
  );
  const places = branches.map((branch) => locate(context, branch));
  const cases = { on, values, guards, places, what: 'branches of `if`' };
  return combine(e, cases, context.exists, locate(context, node));
}
