/** Evaluates expressions: one small function for each kind, in a table that is complete by type. */
import type { BlockNode, Expr, LetNode } from '../../grammar/ast.ts';
import { isCallable, paddingWords } from '../ops/operations.ts';
import { binaryStatic, unaryStatic } from './arithmetic.ts';
import { applyOperation } from './apply.ts';
import { evaluateCall, operationStage, motifStage } from './calls.ts';
import { evaluateChoose, evaluateIf, evaluateRepeat } from './choices.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { fixed, mapOpen } from './open.ts';
import { elaborateRequire } from './requirements.ts';
import type { StaticValue } from './space.ts';
import { feed, reportUnknown } from './stages.ts';
import { describe, errorVal, staticVal, type StageVal, type Value } from './values.ts';

type Evaluator<K extends Expr['kind']> = (
  e: Elaboration,
  node: Extract<Expr, { kind: K }>,
  context: Context,
  name: string | undefined,
) => Value;

const evaluators: { readonly [K in Expr['kind']]: Evaluator<K> } = {
  number: (_, node) => staticVal(fixed(node.value)),
  string: (_, node) => staticVal(fixed(node.value)),
  bool: (_, node) => staticVal(fixed(node.value)),
  none: (e, node, context) => notYet(e, 'none', node, context),
  list: (e, node, context) => notYet(e, 'a list', node, context),
  range: (e, node, context) => notYet(e, 'a range outside of `choose`', node, context),
  reference: evaluateReference,
  tuple: evaluateTuple,
  unary: evaluateUnary,
  binary: evaluateBinary,
  pipe: evaluatePipe,
  call: evaluateCall,
  if: evaluateIf,
  choose: evaluateChoose,
  repeat: evaluateRepeat,
};

/** Evaluates an expression. `name` is the `let` or named argument whose whole value it is. */
export function evaluate(e: Elaboration, node: Expr, context: Context, name?: string): Value {
  e.step(locate(context, node));
  const evaluator = evaluators[node.kind] as Evaluator<Expr['kind']>; // the table pairs kinds with their nodes
  return evaluator(e, node, context, name);
}

/** Evaluates a block in a context of its own; its last item is its value. */
export function evaluateBlock(e: Elaboration, block: BlockNode, context: Context): Value {
  let inner = context;
  for (const statement of block.statements) {
    if (statement.kind === 'let') inner = bindLet(e, statement, inner);
    else elaborateRequire(e, statement, inner);
  }
  return evaluate(e, block.value, inner);
}

/** Evaluates a `let` and returns the context that knows its names. */
export function bindLet(e: Elaboration, node: LetNode, context: Context): Context {
  const names = new Map(context.names);
  const [first] = node.names;
  const label = node.tuple ? node.names.map((n) => n.text).join('_') : (first?.text ?? '');
  const body = context.body.open({ kind: 'let', name: label });
  const value = evaluate(e, node.value, { ...context, body }, node.tuple ? undefined : first?.text);
  if (!node.tuple) {
    if (first) names.set(first.text, value);
    return { ...context, names };
  }
  const items = itemsOf(value);
  if (value.kind !== 'error' && items?.length !== node.names.length) {
    const found = items ? `a tuple of ${items.length}` : describe(value);
    e.report('wrongKind', { found, wanted: `a tuple of ${node.names.length}` }, locate(context, node.value));
  }
  node.names.forEach((n, i) => names.set(n.text, items?.[i] ?? errorVal));
  return { ...context, names };
}

/** The parts of a tuple, static or not. */
function itemsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'tuple') return value.items;
  if (value.kind !== 'static' || value.value.kind !== 'fixed') return undefined;
  const tuple = value.value.value;
  return typeof tuple === 'object' ? tuple.map((item) => staticVal(fixed(item))) : undefined;
}

function notYet(e: Elaboration, what: string, node: Expr, context: Context): Value {
  e.report('notYet', { what }, locate(context, node));
  return errorVal;
}

function evaluateReference(
  e: Elaboration,
  node: Extract<Expr, { kind: 'reference' }>,
  context: Context,
): Value {
  const known = context.names.get(node.name);
  if (known) return known;
  const motif = e.motifs.get(node.name);
  if (motif) return motifStage(e, motif, [], context, locate(context, node));
  if (isCallable(node.name)) return operationStage(e, node.name, [], context, locate(context, node));
  const word = paddingWords.find((w) => w === node.name);
  if (word) return staticVal(fixed(word));
  reportUnknown(e, node.name, context, node);
  return errorVal;
}

function evaluateTuple(e: Elaboration, node: Extract<Expr, { kind: 'tuple' }>, context: Context): Value {
  const items = node.items.map((item) => evaluate(e, item, context));
  if (items.some((item) => item.kind === 'error')) return errorVal;
  const statics = items.flatMap((item) => (item.kind === 'static' ? [item.value] : []));
  if (statics.length < items.length) return { kind: 'tuple', items };
  const tuple = mapOpen(statics, context.exists, (values): StaticValue => [...values]);
  return tuple ? staticVal(tuple) : errorVal;
}

function evaluateUnary(e: Elaboration, node: Extract<Expr, { kind: 'unary' }>, context: Context): Value {
  const operand = evaluate(e, node.operand, context);
  if (operand.kind === 'error') return errorVal;
  if (operand.kind !== 'static') {
    e.report('wrongKind', { found: describe(operand), wanted: 'a value' }, locate(context, node.operand));
    return errorVal;
  }
  return unaryStatic(e, node, operand, context);
}

function evaluateBinary(e: Elaboration, node: Extract<Expr, { kind: 'binary' }>, context: Context): Value {
  const left = evaluate(e, node.left, context);
  const right = evaluate(e, node.right, context);
  if (left.kind === 'error' || right.kind === 'error') return errorVal;
  if (left.kind === 'static' && right.kind === 'static') return binaryStatic(e, node, left, right, context);
  const at = locate(context, node);
  const { operator } = node;
  if (
    left.kind === 'tensor' &&
    right.kind === 'tensor' &&
    (operator === '+' || operator === '-' || operator === '*')
  ) {
    const operation = ({ '+': 'add', '-': 'sub', '*': 'mul' } as const)[operator];
    const site = context.body.claimSite(operation);
    return applyOperation(
      e,
      { operation, attributes: {}, site, at, uses: context.uses },
      [left.node, right.node],
      context.exists,
    );
  }
  const tensor = left.kind === 'tensor' ? left : right;
  const factor = left.kind === 'static' ? left : right;
  if (operator === '*' && tensor.kind === 'tensor' && factor.kind === 'static') {
    const site = context.body.claimSite('scale');
    const use = {
      operation: 'scale',
      attributes: { factor: factor.value },
      site,
      at,
      uses: context.uses,
    } as const;
    return applyOperation(e, use, [tensor.node], context.exists);
  }
  const wanted = 'two values, two tensors (`+ - *`), or a tensor times a number';
  e.report('wrongOperands', { operator, left: describe(left), right: describe(right) }, at, {
    expected: wanted,
  });
  return errorVal;
}

/** `x |> f |> g` applies; a pipeline that begins with a stage is a stage. */
function evaluatePipe(e: Elaboration, node: Extract<Expr, { kind: 'pipe' }>, context: Context): Value {
  const [head, ...rest] = node.stages;
  if (!head) return errorVal;
  let value = evaluate(e, head, context);
  for (const next of rest) {
    const stage = evaluate(e, next, context);
    if (value.kind === 'error' || stage.kind === 'error') {
      value = errorVal;
      continue;
    }
    const at = locate(context, next);
    if (stage.kind !== 'stage') {
      e.report('wrongKind', { found: describe(stage), wanted: 'a stage, such as `conv(16, 3)`' }, at);
      value = errorVal;
    } else if (value.kind === 'tensor') {
      value = feed(e, stage, [value.node], context, at);
    } else if (value.kind === 'stage') {
      value = chain(e, value, stage, context, at);
    } else {
      e.report(
        'wrongKind',
        { found: describe(value), wanted: 'a tensor or a stage before `|>`' },
        locate(context, head),
      );
      value = errorVal;
    }
  }
  return value;
}

function chain(
  e: Elaboration,
  first: StageVal,
  second: StageVal,
  context: Context,
  at: ReturnType<typeof locate>,
): Value {
  return {
    kind: 'stage',
    arity: first.arity,
    name: `${first.name} |> ${second.name}`,
    apply: (tensors, exists, where) => {
      const middle = first.apply(tensors, exists, where);
      if (middle.kind === 'error') return errorVal;
      if (middle.kind === 'tensor') return feed(e, second, [middle.node], { ...context, exists }, at);
      e.report('wrongKind', { found: describe(middle), wanted: 'a tensor before `|>`' }, at);
      return errorVal;
    },
  };
}
