/** Makers of AST nodes from tokens and finished parts; operator precedence is resolved here. */
import type { IToken, TokenType } from 'chevrotain';
import type {
  ArgNode,
  BinaryOperator,
  BlockNode,
  Expr,
  NameNode,
  NumberNode,
  Statement,
  StringNode,
} from './ast.ts';
import { spanOf } from './lex.ts';
import { isStatement, writePattern } from './nodes.ts';
import { readNumber } from './numbers.ts';
import type { Reports } from './reports.ts';
import { joinSpans, type Span } from './source.ts';
import { readString } from './strings.ts';
import { present } from '../util/invariant.ts';
import * as T from './tokens.ts';

/** A name as it stands in the text. */
export function nameNode(token: IToken): NameNode {
  return { kind: 'name', span: spanOf(token), text: token.image };
}

/** A number with its suffix applied. */
export function numberNode(token: IToken): NumberNode {
  const number = readNumber(token.image);
  const span = spanOf(token);
  // What is no number was reported by the lexer.
  if (!number) return { kind: 'number', span, value: 0, raw: '0', integer: true };
  return { kind: 'number', span, ...number, raw: token.image };
}

/** A string with its escapes resolved. */
export function stringNode(token: IToken): StringNode {
  return { kind: 'string', span: spanOf(token), value: readString(token.image).value };
}

/** What stands between two operators: the prefixes (`not`, `-`), the expression and its place, parentheses included. */
export interface Operand {
  readonly prefixes: readonly IToken[];
  readonly value: Expr;
  readonly span: Span;
}

/** The binding strength of each operator with two operands; `not` binds like 3, a minus sign like 8. */
const strengths: ReadonlyMap<TokenType, number> = new Map([
  [T.Or, 1],
  [T.And, 2],
  [T.Equal, 4],
  [T.NotEqual, 4],
  [T.Less, 4],
  [T.LessEqual, 4],
  [T.Greater, 4],
  [T.GreaterEqual, 4],
  [T.In, 4],
  [T.DotDot, 5],
  [T.Step, 5],
  [T.Plus, 6],
  [T.Minus, 6],
  [T.Star, 7],
  [T.Slash, 7],
]);
const notStrength = 3;
const comparison = 4;
const range = 5;

const operators: Readonly<Record<string, BinaryOperator>> = {
  or: 'or',
  and: 'and',
  '==': '==',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  in: 'in',
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
};

interface Placed {
  readonly value: Expr;
  readonly span: Span;
}

/** Builds the tree of `operand operator operand ...` by precedence climbing; all operators are left-associative. */
export function buildOperators(
  operands: readonly Operand[],
  signs: readonly IToken[],
  reports: Reports,
): Expr {
  let next = 0;

  const prefixed = (minimum: number): Placed | undefined => {
    const operand = operands[next];
    if (!operand) return undefined;
    next += 1;
    const [first, second] = operand.prefixes;
    if (!first) return { value: operand.value, span: operand.span };
    if (second && !(first.tokenType === T.Not && second.tokenType === T.Minus && !operand.prefixes[2])) {
      misplaced(second, `it follows another \`${first.image}\``);
      return { value: operand.value, span: joinSpans(spanOf(first), operand.span) };
    }
    if (first.tokenType === T.Minus) return negate(first, operand);
    if (minimum > notStrength) misplaced(first, 'it stands inside an operation that binds tighter');
    const base = second ? negate(second, operand) : { value: operand.value, span: operand.span };
    const condition = climb(base, comparison);
    const span = joinSpans(spanOf(first), condition.span);
    return { value: { kind: 'unary', span, operator: 'not', operand: condition.value }, span };
  };

  const negate = (sign: IToken, operand: Operand): Placed => {
    const span = joinSpans(spanOf(sign), operand.span);
    return { value: { kind: 'unary', span, operator: '-', operand: operand.value }, span };
  };

  const misplaced = (token: IToken, why: string, hint?: string): void => {
    reports.add('operatorOrder', { operator: token.image, why }, spanOf(token), {
      hint: hint ?? `put parentheses around \`${token.image}\` and what it belongs to`,
    });
  };

  /** Takes in every operator that binds at least as tightly as `minimum`. */
  const climb = (start: Placed, minimum: number): Placed => {
    let left = start;
    for (;;) {
      const sign = signs[next - 1];
      const strength = sign && (strengths.get(sign.tokenType) ?? 0);
      if (!sign || strength === undefined || strength < minimum) return left;
      if (sign.tokenType === T.Step) {
        misplaced(sign, 'a step stands once, after a range', 'write it as in `0..10 step 2`');
        climb(prefixed(range + 1) ?? left, range + 1);
        continue;
      }
      if (strength === comparison && isComparison(left)) {
        reports.add('chainedComparison', {}, spanOf(sign), {
          hint: 'join two comparisons with `and`: `2 < depth and depth < 5`',
        });
      }
      if (strength === range && left.value.kind === 'range' && left !== start) {
        misplaced(sign, 'a range has two ends', 'a step between the values is written `0..10 step 2`');
      }
      const right = prefixed(strength + 1);
      if (!right) return left;
      const grown = climb(right, strength + 1);
      left = sign.tokenType === T.DotDot ? makeRange(left, grown) : makeBinary(sign, left, grown);
    }
  };

  // Only what this loop built counts as a comparison: one in parentheses is a value like any other.
  const built = new Set<Expr>();
  const isComparison = (placed: Placed): boolean => built.has(placed.value);

  const makeBinary = (sign: IToken, left: Placed, right: Placed): Placed => {
    const span = joinSpans(left.span, right.span);
    const operator = operators[sign.image] ?? operators[meant(sign.tokenType)] ?? '+';
    const operatorSpan = spanOf(sign);
    const value: Expr = {
      kind: 'binary',
      span,
      operator,
      operatorSpan,
      left: left.value,
      right: right.value,
    };
    if (strengths.get(sign.tokenType) === comparison) built.add(value);
    return { value, span };
  };

  const makeRange = (from: Placed, to: Placed): Placed => {
    let step: Placed | undefined;
    if (signs[next - 1]?.tokenType === T.Step) {
      const first = prefixed(range + 1);
      step = first && climb(first, range + 1);
    }
    const span = joinSpans(from.span, (step ?? to).span);
    return { value: { kind: 'range', span, from: from.value, to: to.value, step: step?.value }, span };
  };

  const first = present(prefixed(0), 'the first operand');
  return climb(first, 0).value;
}

/** The image of an operator that was written in a foreign way. */
function meant(type: TokenType): string {
  const label = type.LABEL ?? type.name;
  return label.replaceAll('`', '').replace('Word_', '');
}

/** One item of a body in braces, before its place in the body is judged. */
export type BodyItem = Statement | Expr;

/**
 * A body from its items: statements, then one value. `complete` says that no item was left out because of
 * an error. Where the value is missing `none` stands for it, and an error has been reported.
 */
export function blockNode(
  items: readonly BodyItem[],
  span: Span,
  reports: Reports,
  complete: boolean,
): BlockNode {
  const statements: Statement[] = [];
  for (const [i, item] of items.entries()) {
    if (isStatement(item)) statements.push(item);
    else if (i < items.length - 1) {
      const next = items[i + 1];
      const follows = next && !isStatement(next);
      reports.add('unusedValue', {}, item.span, {
        hint: follows
          ? 'begin the next line with `|>` or an operator to go on, or name this value with `let`'
          : 'name it with `let`, or move it to the end of the body',
      });
    }
  }
  const value = items.at(-1);
  if (value && !isStatement(value)) return { kind: 'block', span, statements, value, braces: true };
  if (complete) {
    reports.add(
      'blockWithoutValue',
      {},
      value ? { start: span.end - 1, end: span.end } : span,
      value
        ? {
            label: 'the value is missing before this',
            labels: [{ span: { start: value.span.start, end: value.span.end }, text: 'the last item' }],
            hint: missingValueHint(value),
          }
        : { expected: 'a value between the braces' },
    );
  }
  const missing: Expr = { kind: 'none', span: { start: span.end, end: span.end } };
  return { kind: 'block', span, statements, value: missing, braces: true };
}

function missingValueHint(item: Statement): string {
  if (item.kind === 'require') return 'end the body with the value that it makes';
  const value = item.kind === 'nodes' ? `concat(${item.name.text})` : writePattern(item.pattern);
  return `end the body with its value, for example \`${value}\``;
}

/** A body written as `= expr`. */
export function plainBody(value: Expr): BlockNode {
  return { kind: 'block', span: value.span, statements: [], value, braces: false };
}

/** An argument, named or not. */
export function argNode(name: IToken | undefined, value: Expr, span: Span): ArgNode {
  return { kind: 'arg', span, name: name && nameNode(name), value };
}
