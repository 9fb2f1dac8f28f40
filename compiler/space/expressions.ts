/** Evaluates expressions: one small function for each kind, in a table that is complete by type. */
import type { BlockNode, Expr, LetNode, RequireNode } from '../../grammar/ast.ts';
import { isCallable, operations, paddingWords } from '../ops/operations.ts';
import { applyOperation } from './apply.ts';
import type { OperationUse } from './fits.ts';
import { mergeTensors } from './merge.ts';
import { binaryStatic, unaryStatic } from './arithmetic.ts';
import { evaluateCall, operationStage } from './calls.ts';
import { combine, evaluateIf } from './choices.ts';
import { evaluateChoose } from './choose.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { bindPattern, checkParts, evaluateIn, evaluateIndex, evaluateList, evaluateRange } from './lists.ts';
import { evaluateFor, evaluateRepeat } from './loops.ts';
import { bindNodes } from './nodes.ts';
import { always, fixed, never } from './diagrams.ts';
import { holdsWithin, mapLeaves, mapOpen, negate } from './open.ts';
import { elaborateRequire, mentions } from './requirements.ts';
import { Site } from './sites.ts';
import type { StaticValue } from './space.ts';
import { chain, feed, reportUnknown } from './stages.ts';
import { cellStages, motifStage } from './uses.ts';
import { describe, errorVal, noneVal, presenceOf, staticVal, type Operand, type Value } from './values.ts';
import { present } from '../../util/invariant.ts';

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
  none: () => noneVal,
  list: evaluateList,
  range: evaluateRange,
  reference: evaluateReference,
  tuple: evaluateTuple,
  unary: evaluateUnary,
  binary: evaluateBinary,
  pipe: evaluatePipe,
  call: evaluateCall,
  member: evaluateMember,
  index: evaluateIndex,
  if: evaluateIf,
  choose: evaluateChoose,
  repeat: evaluateRepeat,
  for: evaluateFor,
};

/** Evaluates an expression. `name` is the `let` or named argument whose whole value it is. */
export function evaluate(e: Elaboration, node: Expr, context: Context, name?: string): Value {
  e.step(locate(context, node));
  const evaluator = evaluators[node.kind] as Evaluator<Expr['kind']>;
  return evaluator(e, node, context, name);
}

/** Evaluates a block; its last item is its value. */
export function evaluateBlock(e: Elaboration, block: BlockNode, context: Context): Value {
  let inner = context;
  const late: RequireNode[] = [];
  for (const statement of block.statements) {
    if (statement.kind === 'let') inner = bindLet(e, statement, inner);
    else if (statement.kind === 'nodes') inner = bindNodes(e, statement, inner);
    else if (mentions(statement.condition, 'connected')) late.push(statement);
    else elaborateRequire(e, statement, inner);
  }
  const value = evaluate(e, block.value, inner);
  for (const statement of late) elaborateRequire(e, statement, withConnected(inner, value));
  return value;
}

/** `connected` in a requirement: the value of the body is not `none`. */
export function withConnected(context: Context, value: Value): Context {
  if (value.kind === 'error') return { ...context, names: context.names.with('connected', errorVal) };
  const there = isOperand(value) ? presenceOf(value) : always;
  return { ...context, names: context.names.with('connected', staticVal(there)) };
}

/** Evaluates a `let` and returns the context that knows its names. */
export function bindLet(e: Elaboration, node: LetNode, context: Context): Context {
  const { pattern } = node;
  const label = pattern.names.map((n) => n.text).join('_');
  const body = context.body.open({ kind: 'let', name: label });
  const site = new Site(context.site.claim(label));
  const name = pattern.tuple ? undefined : label;
  const value = evaluate(e, node.value, { ...context, body, site }, name);
  return { ...context, names: bindPattern(e, pattern, value, context) };
}

function evaluateReference(
  e: Elaboration,
  node: Extract<Expr, { kind: 'reference' }>,
  context: Context,
): Value {
  const known = context.names.get(node.name);
  if (known) return known;
  const at = locate(context, node);
  const motif = e.motifs.get(node.name);
  if (motif) return motifStage(e, motif, [], context, at);
  const cell = e.cells.get(node.name);
  if (cell) return cellStages(e, cell, [], context, at);
  if (isCallable(node.name)) return operationStage(e, node.name, [], context, at);
  const word = paddingWords.find((w) => w === node.name);
  if (word) return staticVal(fixed(word));
  reportUnknown(e, node.name, context, node);
  return errorVal;
}

function evaluateMember(e: Elaboration, node: Extract<Expr, { kind: 'member' }>, context: Context): Value {
  const object = evaluate(e, node.object, context);
  if (object.kind !== 'error') {
    const wanted = 'an architecture of a `property` before `.`';
    e.report('wrongKind', { found: describe(object), wanted }, locate(context, node));
  }
  return errorVal;
}

function evaluateTuple(e: Elaboration, node: Extract<Expr, { kind: 'tuple' }>, context: Context): Value {
  const items = node.items.map((item) => evaluate(e, item, context));
  if (items.some((item) => item.kind === 'error')) return errorVal;
  checkParts(e, items, locate(context, node));
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

const isOperand = (value: Value): value is Operand => value.kind === 'tensor' || value.kind === 'none';

function evaluateBinary(e: Elaboration, node: Extract<Expr, { kind: 'binary' }>, context: Context): Value {
  const left = evaluate(e, node.left, context);
  const right = evaluate(e, node.right, context);
  const { operator } = node;
  if (operator === 'in') return evaluateIn(e, left, right, context, node);
  if (left.kind === 'error' || right.kind === 'error') return errorVal;
  const at = locate(context, node);
  if (operator === 'or' && isOperand(left) && isOperand(right))
    return firstThere(e, left, right, context, at);
  if (left.kind === 'static' && right.kind === 'static') return binaryStatic(e, node, left, right, context);
  const { uses } = context;
  if (isOperand(left) && isOperand(right) && (operator === '+' || operator === '-' || operator === '*')) {
    const operation = ({ '+': 'add', '-': 'sub', '*': 'mul' } as const)[operator];
    const site = context.site.claim(operation);
    const use: OperationUse = { operation, attributes: {}, site, at, argsAt: {}, uses };
    if (operations[operation].tensors !== 'list')
      return applyOperation(e, use, [left, right], context.exists);
    const parts = [left, right].map((operand) => ({ operand, exists: always }));
    return mergeTensors(e, use, parts, always, context.exists);
  }
  const tensor = isOperand(left) ? left : right;
  const factor = left.kind === 'static' ? left : right;
  if (operator === '*' && isOperand(tensor) && factor.kind === 'static') {
    const site = context.site.claim('scale');
    const attributes = { factor: factor.value };
    const use: OperationUse = { operation: 'scale', attributes, site, at, argsAt: {}, uses };
    return applyOperation(e, use, [tensor], context.exists);
  }
  const wanted = 'two values, two tensors (`+ - *`), or a tensor times a number';
  e.report('wrongOperands', { operator, left: describe(left), right: describe(right) }, at, {
    expected: wanted,
  });
  return errorVal;
}

/** `x or y`: `x` unless that is `none`. */
function firstThere(
  e: Elaboration,
  left: Operand,
  right: Operand,
  context: Context,
  at: ReturnType<typeof locate>,
): Value {
  const there = presenceOf(left);
  if (there === never) return right;
  if (holdsWithin(there, context.exists)) return left;
  const on = present(
    mapLeaves(there, (is) => (is ? 0 : 1)),
    'a truth value',
  );
  const guards = [there, negate(there)];
  return combine(
    e,
    { on, values: [left, right], guards, places: [at, at], what: 'sides' },
    context.exists,
    at,
  );
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
      const isFed = next.kind === 'call' && stage.kind === 'tensor';
      e.report('wrongKind', { found: describe(stage), wanted: 'a stage such as `conv(16, 3)`' }, at, {
        hint: isFed
          ? 'it has its tensor in the parentheses already: leave out that one or the `|>`'
          : undefined,
      });
      value = errorVal;
    } else if (value.kind === 'stage') {
      value = chain(e, value, stage, context, at);
    } else if (value.kind === 'static') {
      const wanted = 'a tensor or a stage before `|>`';
      e.report('wrongKind', { found: describe(value), wanted }, locate(context, head));
      value = errorVal;
    } else {
      value = feed(e, stage, [value], context, at);
    }
  }
  return value;
}
