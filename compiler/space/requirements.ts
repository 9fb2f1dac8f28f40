/** `require`: conditions on costs and decisions that every architecture must meet. */
import type { CallNode, Expr, RequireNode } from '../../grammar/ast.ts';
import { applyBinary, applyUnary, type StaticResult } from './arithmetic.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { evaluateOpen, valuesOf } from './open.ts';
import type { CostName, CountedAnswer, RequireExpression, StaticValue } from './space.ts';
import { describe } from './values.ts';

/** The costs that a requirement may name. */
const costNames: readonly CostName[] = ['params', 'macs', 'depth', 'peak_memory'];

/** Works out a `require` and keeps it with the space. */
export function elaborateRequire(e: Elaboration, node: RequireNode, context: Context): void {
  const expression = build(e, node.condition, context);
  if (!expression) return;
  const kind = kindOf(expression);
  const at = locate(context, node.condition);
  if (kind !== 'truth') {
    e.report('wrongKind', { found: 'a number', wanted: 'a condition such as `params <= 200k`' }, at);
    return;
  }
  const { start, end } = node.condition.span;
  const text = context.source.text.slice(start, end).replaceAll(/\s+/g, ' ');
  e.requirements.push({ expression, text, exists: context.exists, location: at });
}

function build(e: Elaboration, node: Expr, context: Context): RequireExpression | undefined {
  if (node.kind === 'reference' && !context.names.has(node.name)) {
    const cost = costNames.find((c) => c === node.name);
    if (cost) return { kind: 'cost', cost };
  }
  if (isCount(node, context)) return buildCount(e, node, context);
  if (mentionsCost(node, context)) {
    if (node.kind === 'binary' && node.operator !== 'in') {
      const left = build(e, node.left, context);
      const right = build(e, node.right, context);
      return left && right
        ? checked(e, { kind: 'binary', operator: node.operator, left, right }, node, context)
        : undefined;
    }
    if (node.kind === 'unary') {
      const operand = build(e, node.operand, context);
      const kind = node.operator === 'not' ? 'not' : 'negate';
      return operand ? checked(e, { kind, operand }, node, context) : undefined;
    }
    e.report(
      'wrongKind',
      { found: 'a cost inside of another construct', wanted: 'comparisons and arithmetic on costs' },
      locate(context, node),
    );
    return undefined;
  }
  const value = e.evaluate(node, context);
  if (value.kind === 'static') return { kind: 'value', value: value.value };
  if (value.kind !== 'error') {
    e.report('wrongKind', { found: describe(value), wanted: 'a value or a cost' }, locate(context, node));
  }
  return undefined;
}

/** `count(op == conv_5)`: how many decisions of that name are answered so. */
function isCount(node: Expr, context: Context): node is CallNode {
  return (
    node.kind === 'call' &&
    node.callee.kind === 'reference' &&
    node.callee.name === 'count' &&
    !context.names.has('count')
  );
}

function buildCount(e: Elaboration, node: CallNode, context: Context): RequireExpression | undefined {
  const [arg, ...others] = [...node.args, ...node.statics];
  const { value } = arg ?? {};
  const at = locate(context, node);
  if (
    others.length > 0 ||
    value?.kind !== 'binary' ||
    value.operator !== '==' ||
    value.left.kind !== 'reference'
  ) {
    e.report('wrongKind', { found: 'something else', wanted: '`count(NAME == ANSWER)`' }, at);
    return undefined;
  }
  const { start, end } = value.right.span;
  const answers: CountedAnswer[] = [];
  // Which decisions are called so is known once all have their names.
  e.counts.push({ answers, name: value.left.name, label: context.source.text.slice(start, end), at });
  return { kind: 'count', answers };
}

/** Whether a name stands anywhere in an expression. */
export function mentions(node: Expr, name: string): boolean {
  const stack: unknown[] = [node];
  while (stack.length > 0) {
    const current = stack.pop();
    if (typeof current !== 'object' || current === null) continue;
    if ('kind' in current && current.kind === 'reference' && 'name' in current && current.name === name)
      return true;
    stack.push(...Object.values(current));
  }
  return false;
}

/** Whether the expression names a cost anywhere that a requirement can look into. */
function mentionsCost(node: Expr, context: Context): boolean {
  switch (node.kind) {
    case 'reference':
      return !context.names.has(node.name) && costNames.some((c) => c === node.name);
    case 'binary':
      return mentionsCost(node.left, context) || mentionsCost(node.right, context);
    case 'unary':
      return mentionsCost(node.operand, context);
    case 'call':
      return isCount(node, context);
    case 'if':
      return [node.condition, node.then, node.otherwise].some((n) => mentionsCost(n, context));
    default:
      return false;
  }
}

type Kind = 'number' | 'truth' | 'other';

function kindOf(expression: RequireExpression): Kind {
  switch (expression.kind) {
    case 'cost':
    case 'count':
    case 'negate':
      return 'number';
    case 'not':
      return 'truth';
    case 'value': {
      const kinds = new Set(valuesOf(expression.value).map((v) => typeof v));
      if (kinds.size !== 1) return 'other';
      return kinds.has('boolean') ? 'truth' : kinds.has('number') ? 'number' : 'other';
    }
    case 'binary':
      return ['+', '-', '*', '/'].includes(expression.operator) ? 'number' : 'truth';
  }
}

/** Refuses `params and 3`, `not macs` and their like before they meet an architecture. */
function checked(
  e: Elaboration,
  expression: RequireExpression,
  node: Expr,
  context: Context,
): RequireExpression | undefined {
  const parts =
    expression.kind === 'binary'
      ? [expression.left, expression.right]
      : expression.kind === 'not' || expression.kind === 'negate'
        ? [expression.operand]
        : [];
  const logic =
    expression.kind === 'not' ||
    (expression.kind === 'binary' && ['and', 'or'].includes(expression.operator));
  const wanted: Kind = logic ? 'truth' : 'number';
  const odd = parts.findIndex((part) => kindOf(part) !== wanted);
  if (odd < 0) return expression;
  const sides =
    node.kind === 'binary' ? [node.left, node.right] : node.kind === 'unary' ? [node.operand] : [];
  const found = logic ? 'a number' : 'something that is no number';
  e.report(
    'wrongKind',
    { found, wanted: logic ? 'a condition such as `params <= 200k`' : 'a number' },
    locate(context, sides[odd] ?? node),
  );
  return undefined;
}

/** The value of a requirement for one architecture; undefined where its arithmetic fails. */
export function evaluateRequirement(
  expression: RequireExpression,
  choices: readonly number[],
  costs: Readonly<Partial<Record<CostName, number>>>,
): StaticValue | undefined {
  const settle = (result: StaticResult): StaticValue | undefined =>
    'value' in result ? result.value : undefined;
  switch (expression.kind) {
    case 'value':
      return evaluateOpen(expression.value, choices);
    case 'cost':
      return costs[expression.cost];
    case 'count':
      return expression.answers.filter(({ decision, options }) => options.includes(choices[decision] ?? -1))
        .length;
    case 'not':
    case 'negate': {
      const operand = evaluateRequirement(expression.operand, choices, costs);
      return operand === undefined
        ? undefined
        : settle(applyUnary(expression.kind === 'not' ? 'not' : '-', operand));
    }
    case 'binary': {
      const left = evaluateRequirement(expression.left, choices, costs);
      const right = evaluateRequirement(expression.right, choices, costs);
      if (left === undefined || right === undefined) return undefined;
      if (expression.operator === '/' && typeof left === 'number' && typeof right === 'number')
        return left / right;
      return settle(applyBinary(expression.operator, left, right));
    }
  }
}
