/** Arithmetic, comparison and logic on static values; integers stay exact. */
import type { BinaryNode, BinaryOperator, UnaryNode } from '../../grammar/ast.ts';
import { locate, type Context, type Elaboration } from './elaboration.ts';
import { sameValue } from './diagrams.ts';
import { settle, type Failure } from './settle.ts';
import type { StaticValue } from './space.ts';
import { errorVal, formatStatic, staticVal, type StaticVal, type Value } from './values.ts';

/** Why an operator cannot be applied, in words. */
export interface StaticProblem {
  readonly problem: string;
  readonly hint?: string;
}

/** A value, or why there is none. */
export type StaticResult = { readonly value: StaticValue } | StaticProblem;

/** Applies a binary operator to plain values. Division of whole numbers must be exact. */
export function applyBinary(operator: BinaryOperator, a: StaticValue, b: StaticValue): StaticResult {
  switch (operator) {
    case '==':
      return { value: sameValue(a, b) };
    case '!=':
      return { value: !sameValue(a, b) };
    case 'and':
    case 'or':
      if (typeof a !== 'boolean' || typeof b !== 'boolean') return wrong(operator, 'true or false', a, b);
      return { value: operator === 'and' ? a && b : a || b };
    case '+':
    case '-':
    case '*':
    case '/':
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (typeof a !== 'number' || typeof b !== 'number') return wrong(operator, 'numbers', a, b);
      return applyNumbers(operator, a, b);
    case 'in':
      return { problem: '`in` wants a list on its right side' };
    default:
      return operator satisfies never;
  }
}

function wrong(operator: string, wanted: string, a: StaticValue, b: StaticValue): StaticProblem {
  return { problem: `\`${operator}\` wants ${wanted}, not ${formatStatic(a)} and ${formatStatic(b)}` };
}

type NumberOperator = '+' | '-' | '*' | '/' | '<' | '<=' | '>' | '>=';

function applyNumbers(operator: NumberOperator, a: number, b: number): StaticResult {
  switch (operator) {
    case '<':
      return { value: a < b };
    case '<=':
      return { value: a <= b };
    case '>':
      return { value: a > b };
    case '>=':
      return { value: a >= b };
    case '+':
      return finite(a + b);
    case '-':
      return finite(a - b);
    case '*':
      return finite(a * b);
    case '/':
      if (b === 0) return { problem: `${a} is divided by zero` };
      if (Number.isInteger(a) && Number.isInteger(b) && a % b !== 0) {
        return { problem: `${a} / ${b} is not a whole number`, hint: `write floor(a / b) to round down` };
      }
      return finite(a / b);
    default:
      return operator satisfies never;
  }
}

function finite(value: number): StaticResult {
  return Number.isFinite(value) ? { value } : { problem: 'the number is too large' };
}

/** Applies a unary operator to a plain value. */
export function applyUnary(operator: UnaryNode['operator'], a: StaticValue): StaticResult {
  if (operator === '-') {
    return typeof a === 'number'
      ? { value: -a }
      : { problem: `\`-\` wants a number, not ${formatStatic(a)}` };
  }
  return typeof a === 'boolean'
    ? { value: !a }
    : { problem: `\`not\` wants true or false, not ${formatStatic(a)}` };
}

/** A binary operator on values that may be open. */
export function binaryStatic(
  e: Elaboration,
  node: BinaryNode,
  left: StaticVal,
  right: StaticVal,
  context: Context,
): Value {
  // `floor(a / b)` may divide inexactly; `evaluateFunction` sees to that itself.
  const rule = ([a = 0, b = 0]: readonly StaticValue[]): StaticValue | Failure =>
    outcome(applyBinary(node.operator, a, b));
  const result = settle(e, [left.value, right.value], rule, context, locate(context, node));
  return result ? staticVal(result) : errorVal;
}

/** A unary operator on a value that may be open. */
export function unaryStatic(e: Elaboration, node: UnaryNode, operand: StaticVal, context: Context): Value {
  const rule = ([a = 0]: readonly StaticValue[]): StaticValue | Failure =>
    outcome(applyUnary(node.operator, a));
  const result = settle(e, [operand.value], rule, context, locate(context, node));
  return result ? staticVal(result) : errorVal;
}

function outcome(result: StaticResult): StaticValue | Failure {
  if ('value' in result) return result.value;
  const { problem, hint } = result;
  return { report: 'badArithmetic', values: { problem }, ...(hint === undefined ? {} : { hint }) };
}
