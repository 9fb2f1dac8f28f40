/** What is open and what depends on it: `choose`, `if`, `repeat`. */
import type { AlternativeNode, ChooseNode, Expr, IfNode, RangeNode, RepeatNode } from '../../grammar/ast.ts';
import type { Location } from '../../grammar/source.ts';
import { present } from '../../util/invariant.ts';
import { bodyWeight, limits, locate, type Context, type Elaboration } from './elaboration.ts';
import { both, fixed, holds, mapOpen, select, takes, test, valuesOf } from './open.ts';
import type { DecisionOption, Open, SpaceNodeId, StaticValue } from './space.ts';
import {
  describe,
  errorVal,
  formatStatic,
  staticVal,
  tensorVal,
  type StageVal,
  type Value,
} from './values.ts';

/** Evaluates `choose`: a decision of this body, and what it leads to. */
export function evaluateChoose(
  e: Elaboration,
  node: ChooseNode,
  context: Context,
  name: string | undefined,
): Value {
  const label = node.name?.text ?? name;
  if (node.from.kind === 'range') return chooseRange(e, node, node.from, context, label);
  return chooseAlternatives(e, node, node.from.items, context, label);
}

/** `choose 1..3`, `choose 0.0..0.5 step 0.1` */
function chooseRange(
  e: Elaboration,
  node: ChooseNode,
  range: RangeNode,
  context: Context,
  name: string | undefined,
): Value {
  const ends = [range.from, range.to, range.step].map((part) => part && fixedNumber(e, part, context));
  const [from, to, step] = ends;
  if (from === undefined || to === undefined || (range.step && step === undefined)) return errorVal;
  const at = locate(context, range);
  const width = step ?? 1;
  if (step === undefined && !(Number.isInteger(from) && Number.isInteger(to))) {
    e.report('badRange', { problem: 'a range between fractions needs a step' }, at, {
      hint: `write ${from}..${to} step 0.1`,
    });
    return errorVal;
  }
  if (!(width > 0) || to < from) {
    e.report('badRange', { problem: width > 0 ? `${from}..${to} is empty` : 'the step must be above 0' }, at);
    return errorVal;
  }
  const count = Math.floor((to - from) / width + 1e-9) + 1;
  if (count > limits.options) e.stop('options of all decisions', limits.options, at);
  // Steps such as 0.1 are not exact in binary: 12 significant digits name the value that was meant.
  const values = Array.from({ length: count }, (_, i) => Number((from + i * width).toPrecision(12)));
  return decideValues(e, node, values, context, name);
}

/** A number that depends on no decision. */
function fixedNumber(e: Elaboration, node: Expr, context: Context): number | undefined {
  const value = e.evaluate(node, context);
  if (value.kind === 'error') return undefined;
  if (value.kind === 'static' && value.value.kind === 'fixed' && typeof value.value.value === 'number') {
    return value.value.value;
  }
  e.report('wrongKind', { found: describe(value), wanted: 'a fixed number' }, locate(context, node));
  return undefined;
}

function decideValues(
  e: Elaboration,
  node: ChooseNode,
  values: readonly StaticValue[],
  context: Context,
  name: string | undefined,
): Value {
  const options = values.map((value): DecisionOption => ({ label: formatStatic(value), value }));
  const entry = context.body.decide(name, [], () =>
    e.addDecision({ kind: 'value', options, exists: context.decided, location: locate(context, node) }),
  );
  return staticVal(
    present(
      test(
        entry.id,
        values.map((value) => fixed(value)),
      ),
      'a value',
    ),
  );
}

/** How an alternative is known: its label, or its value where that labels itself. */
function labelOf(item: AlternativeNode): string {
  if (item.label) return item.label.text;
  const text = (node: Expr): string | undefined => {
    if (node.kind === 'number') return formatStatic(node.value);
    if (node.kind === 'bool') return String(node.value);
    if (node.kind === 'string') return node.value;
    if (node.kind === 'reference') return node.name;
    if (node.kind === 'unary' && node.operator === '-') {
      const inner = text(node.operand);
      return inner === undefined ? undefined : `-${inner}`;
    }
    if (node.kind !== 'tuple') return undefined;
    const parts = node.items.map(text);
    return parts.every((p) => p !== undefined) ? `(${parts.join(', ')})` : undefined;
  };
  return (item.value.kind === 'block' ? undefined : text(item.value)) ?? '';
}

/** Options that name plain values are values: `choose {3, 5}`; anything else is a network or an expression. */
function chooseAlternatives(
  e: Elaboration,
  node: ChooseNode,
  items: readonly AlternativeNode[],
  context: Context,
  name: string | undefined,
): Value {
  const labels = items.map(labelOf);
  if (!checkLabels(e, items, labels, context)) return errorVal;
  const options = items.map((item, i): DecisionOption => {
    const label = labels[i] ?? '';
    const plain = item.label === undefined && item.value.kind === 'number' ? item.value.value : undefined;
    return { label, value: plain ?? label };
  });
  const isValue = items.every((item) => item.label === undefined && isPlain(item.value, context));
  const entry = context.body.decide(name, labels, () =>
    e.addDecision({
      kind: isValue ? 'value' : 'alternative',
      options,
      exists: context.decided,
      location: locate(context, node),
    }),
  );
  const guards = items.map((_, i) => takes(entry.id, i, items.length));
  const values = items.map((item, i) => {
    const guard = present(guards[i], 'a guard');
    const inner: Context = {
      ...context,
      body: present(entry.alternatives[i], 'the body of an alternative'),
      exists: both(context.exists, guard),
      decided: both(context.decided, guard),
    };
    return item.value.kind === 'block' ? e.evaluateBlock(item.value, inner) : e.evaluate(item.value, inner);
  });
  const on = present(
    test(
      entry.id,
      items.map((_, i) => fixed(i)),
    ),
    'the choice',
  );
  const places = items.map((item) => locate(context, item));
  return combine(e, { on, values, guards, places, what: 'alternatives' }, context, locate(context, node));
}

function isPlain(node: AlternativeNode['value'], context: Context): boolean {
  if (node.kind === 'number' || node.kind === 'bool' || node.kind === 'string') return true;
  if (node.kind === 'tuple') return node.items.every((item) => isPlain(item, context));
  if (node.kind === 'unary') return isPlain(node.operand, context);
  return node.kind === 'reference' && context.names.get(node.name)?.kind === 'static';
}

function checkLabels(
  e: Elaboration,
  items: readonly AlternativeNode[],
  labels: readonly string[],
  context: Context,
): boolean {
  let good = true;
  items.forEach((item, i) => {
    const label = labels[i] ?? '';
    const at = locate(context, item);
    if (label === '') {
      good = false;
      e.report('missingLabel', {}, at, { hint: 'write `name: ...` before it' });
    } else if (labels.indexOf(label) < i) {
      good = false;
      e.report('repeatedLabel', { label }, at);
    }
  });
  return good;
}

/** Several values of which `on` says which one stands: what `choose` and `if` come to. */
interface Cases {
  readonly on: Open<number>;
  readonly values: readonly Value[];
  readonly guards: readonly Open<boolean>[];
  readonly places: readonly Location[];
  readonly what: string;
}

function combine(e: Elaboration, cases: Cases, context: Context, at: Location): Value {
  const { on, values, guards } = cases;
  if (values.some((v) => v.kind === 'error')) return errorVal;
  const kinds = new Set(values.map((v) => v.kind));
  const statics = values.flatMap((v) => (v.kind === 'static' ? [v.value] : []));
  if (statics.length === values.length) {
    const value = select(on, statics);
    return value ? staticVal(value) : errorVal;
  }
  const tensors = values.flatMap((v) => (v.kind === 'tensor' ? [v.node] : []));
  if (tensors.length === values.length) return tensorVal(e.selectNode(on, tensors, context.exists, at));
  const stages = values.flatMap((v) => (v.kind === 'stage' ? [v] : []));
  if (stages.length === values.length) return combineStages(e, on, stages, guards, cases, at);
  const odd = values.findIndex((v) => v.kind !== values[0]?.kind);
  const [first, other] = [values[0], values[odd]];
  e.report('mixedKinds', { what: cases.what }, cases.places[odd] ?? at, {
    label: other ? describe(other) : undefined,
    labels: cases.places[0] && first ? [{ location: cases.places[0], text: describe(first) }] : [],
    expected: kinds.has('stage')
      ? 'stages alone, values alone or tensors alone; a fixed network is a stage when it is written without its tensor'
      : 'values alone or tensors alone',
  });
  return errorVal;
}

function combineStages(
  e: Elaboration,
  on: Open<number>,
  stages: readonly StageVal[],
  guards: readonly Open<boolean>[],
  cases: Cases,
  at: Location,
): Value {
  const arity = stages[0]?.arity ?? 1;
  const odd = stages.findIndex((s) => s.arity !== arity);
  if (odd >= 0) {
    const { name = '', arity: found = 0 } = stages[odd] ?? {};
    e.report('wrongTensors', { name, wanted: arity, found: `room for ${found}` }, cases.places[odd] ?? at);
    return errorVal;
  }
  return {
    kind: 'stage',
    arity,
    name: 'choose',
    apply: (inputs, exists, where) => {
      const outputs = stages.map((stage, i) =>
        stage.apply(inputs, both(exists, present(guards[i], 'a guard')), where),
      );
      const nodes = outputs.flatMap((v) => (v.kind === 'tensor' ? [v.node] : []));
      if (nodes.length === outputs.length) return tensorVal(e.selectNode(on, nodes, exists, where));
      const wrong = outputs.find((v) => v.kind !== 'tensor' && v.kind !== 'error');
      if (wrong)
        e.report('wrongKind', { found: describe(wrong), wanted: 'a tensor from every alternative' }, at);
      return errorVal;
    },
  };
}

/** `if c then a else b`: only the branch that can be reached is looked at. */
export function evaluateIf(e: Elaboration, node: IfNode, context: Context): Value {
  const condition = e.evaluate(node.condition, context);
  if (condition.kind === 'error') return errorVal;
  const truth =
    condition.kind === 'static'
      ? mapOpen([condition.value], context.exists, ([v]) => (typeof v === 'boolean' ? v : undefined))
      : undefined;
  const sound = condition.kind === 'static' && valuesOf(condition.value).every((v) => typeof v === 'boolean');
  if (truth === undefined || !sound) {
    e.report(
      'wrongKind',
      { found: describe(condition), wanted: 'true or false' },
      locate(context, node.condition),
    );
    return errorVal;
  }
  if (truth.kind === 'fixed') return e.evaluate(truth.value ? node.then : node.otherwise, context);
  const guards = [holds(truth, (v) => v), holds(truth, (v) => !v)];
  const branches = [node.then, node.otherwise];
  const values = branches.map((branch, i) => {
    const guard = present(guards[i], 'a guard');
    const inner = { ...context, exists: both(context.exists, guard), decided: both(context.decided, guard) };
    return e.evaluate(branch, inner);
  });
  const on = present(
    mapOpen([truth], fixed(true), ([v]) => (v ? 0 : 1)),
    'the condition',
  );
  const places = branches.map((branch) => locate(context, branch));
  return combine(e, { on, values, guards, places, what: 'branches of `if`' }, context, locate(context, node));
}

/** `repeat COUNT { stage }`: the stage COUNT times in a chain, each turn with decisions and weights of its own. */
export function evaluateRepeat(e: Elaboration, node: RepeatNode, context: Context): Value {
  const countValue = e.evaluate(node.count, context, 'repeat');
  if (countValue.kind === 'error') return errorVal;
  const at = locate(context, node.count);
  const numbers = countValue.kind === 'static' ? valuesOf(countValue.value) : [];
  const good = numbers.every((n) => typeof n === 'number' && Number.isInteger(n) && n >= 0);
  if (countValue.kind !== 'static' || !good) {
    e.report('wrongKind', { found: describe(countValue), wanted: 'a whole number of turns' }, at);
    return errorVal;
  }
  const most = Math.max(...numbers.map(Number));
  if (most > limits.turns) e.stop('turns of a `repeat`', limits.turns, at);
  const count = present(
    mapOpen([countValue.value], fixed(true), ([n]) => Number(n)),
    'the number of turns',
  );
  const loop = context.body.open({ kind: 'loop' });
  const turns: { readonly stage: StageVal; readonly guard: Open<boolean> }[] = [];
  for (let index = 0; index < most; index++) {
    e.step(at, bodyWeight);
    const guard = holds(count, (n) => n > index);
    const inner: Context = {
      ...context,
      body: loop.open({ kind: 'turn', index }),
      exists: both(context.exists, guard),
      decided: both(context.decided, guard),
    };
    const stage = e.evaluateBlock(node.body, inner);
    if (stage.kind === 'error') return errorVal;
    if (stage.kind !== 'stage' || stage.arity !== 1) {
      const found = describe(stage);
      e.report('wrongKind', { found, wanted: 'a stage of one tensor' }, locate(context, node.body.value));
      return errorVal;
    }
    turns.push({ stage, guard });
  }
  return {
    kind: 'stage',
    arity: 1,
    name: 'repeat',
    apply: (inputs, exists, where) => run(e, turns, count, inputs, exists, where),
  };
}

function run(
  e: Elaboration,
  turns: readonly { readonly stage: StageVal; readonly guard: Open<boolean> }[],
  count: Open<number>,
  inputs: readonly SpaceNodeId[],
  exists: Open<boolean>,
  at: Location,
): Value {
  const after: SpaceNodeId[] = [present(inputs[0], 'the tensor of a repeat')];
  for (const { stage, guard } of turns) {
    const value = stage.apply([present(after.at(-1), 'the tensor so far')], both(exists, guard), at);
    if (value.kind === 'error') return errorVal;
    if (value.kind !== 'tensor') {
      e.report('wrongKind', { found: describe(value), wanted: 'a tensor after each turn' }, at);
      return errorVal;
    }
    after.push(value.node);
  }
  return tensorVal(e.selectNode(count, after, exists, at));
}
