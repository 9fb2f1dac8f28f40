/** Expressions as the parser could have made them, without meaningful spans. */
import * as fc from 'fast-check';
import type { AlternativeNode, ArgNode, BlockNode, Expr, NameNode, RangeNode } from '../../grammar/ast.ts';
import { identifier } from './identifier.ts';
import { numberNode } from './numberNode.ts';

const span = { start: 0, end: 0 };

export function nameNode(): fc.Arbitrary<NameNode> {
  return identifier().map((text) => ({ kind: 'name', span, text }));
}

/** Any expression of this version of the language. */
export function expressionNode(): fc.Arbitrary<Expr> {
  return tree().expression;
}

/** Bodies, with or without statements. */
export function blockNode(): fc.Arbitrary<BlockNode> {
  return tree().block;
}

/** Arguments, named or not. */
export function argNode(): fc.Arbitrary<ArgNode> {
  return tree().arg;
}

type Tree = {
  expression: Expr;
  block: BlockNode;
  arg: ArgNode;
  alternative: AlternativeNode;
  range: RangeNode;
};

function tree(): { [K in keyof Tree]: fc.Arbitrary<Tree[K]> } {
  return fc.letrec<Tree>((tie) => {
    const expr = tie('expression');
    const maybeName = fc.option(nameNode(), { nil: undefined, freq: 2 });
    const list = (minLength: number): fc.Arbitrary<Expr[]> => fc.array(expr, { minLength, maxLength: 4 });
    const leaf: fc.Arbitrary<Expr> = fc.oneof(
      numberNode(),
      identifier().map((name): Expr => ({ kind: 'reference', span, name })),
      fc
        .string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\t', ' ', '日', '//', "'") })
        .map((value): Expr => ({ kind: 'string', span, value })),
      fc.boolean().map((value): Expr => ({ kind: 'bool', span, value })),
      fc.constant<Expr>({ kind: 'none', span }),
    );
    const branch: fc.Arbitrary<Expr> = fc.oneof(
      list(2).map((items): Expr => ({ kind: 'tuple', span, items })),
      list(0).map((items): Expr => ({ kind: 'list', span, items })),
      list(2).map((stages): Expr => ({ kind: 'pipe', span, stages })),
      fc.record({ operator: fc.constantFrom('-', 'not'), operand: expr }).map((parts): Expr => ({
        kind: 'unary',
        span,
        ...parts,
      })),
      fc
        .record({
          operator: fc.constantFrom('+', '-', '*', '/', '==', '!=', '<', '<=', '>', '>=', 'and', 'or'),
          left: expr,
          right: expr,
        })
        .map(({ operator, left, right }): Expr => ({
          kind: 'binary',
          span,
          operator,
          operatorSpan: span,
          left,
          right,
        })),
      tie('range'),
      fc
        .record({
          callee: expr,
          args: fc.array(tie('arg'), { maxLength: 3 }),
          statics: fc.array(tie('arg'), { maxLength: 2 }),
        })
        .map((parts): Expr => ({ kind: 'call', span, ...parts })),
      // oxlint-disable-next-line unicorn/no-thenable
      fc.record({ condition: expr, then: expr, otherwise: expr }).map((parts): Expr => ({
        kind: 'if',
        span,
        ...parts,
      })),
      fc
        .record({
          name: maybeName,
          from: fc.oneof(
            tie('range'),
            fc
              .array(tie('alternative'), { minLength: 1, maxLength: 4 })
              .map((items) => ({ kind: 'alternatives' as const, span, items })),
          ),
        })
        .map(({ name, from }): Expr => ({ kind: 'choose', span, name, from })),
      fc
        .record({ count: expr, body: tie('block') })
        .map((parts): Expr => ({ kind: 'repeat', span, ...parts })),
    );
    return {
      expression: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, branch),
      range: fc
        .record({ from: expr, to: expr, step: fc.option(expr, { nil: undefined }) })
        .map(({ from, to, step }): RangeNode => ({ kind: 'range', span, from, to, step })),
      arg: fc
        .record({ name: maybeName, value: expr })
        .map(({ name, value }): ArgNode => ({ kind: 'arg', span, name, value })),
      alternative: fc.oneof(
        expr.map((value): AlternativeNode => {
          // A bare name is its own label.
          const label: NameNode | undefined =
            value.kind === 'reference' ? { kind: 'name', span, text: value.name } : undefined;
          return { kind: 'alternative', span, label, value };
        }),
        fc
          .record({
            label: fc.oneof(nameNode(), fc.constant<NameNode>({ kind: 'name', span, text: 'none' })),
            value: fc.oneof(expr, tie('block')),
          })
          .map(({ label, value }): AlternativeNode => ({ kind: 'alternative', span, label, value })),
      ),
      block: fc
        .record({ statements: fc.array(statement(expr), { maxLength: 2 }), value: expr })
        .map(({ statements, value }): BlockNode => ({
          kind: 'block',
          span,
          statements,
          value,
          braces: true,
        })),
    };
  });
}

type Statement = BlockNode['statements'][number];

/** `let` and `require`, over the given expressions. */
export function statement(
  expr: fc.Arbitrary<Expr>,
  doc = fc.constant<string | undefined>(undefined),
): fc.Arbitrary<Statement> {
  return fc.oneof(
    expr.map((condition): Statement => ({ kind: 'require', span, condition })),
    fc
      .record({
        names: fc.array(nameNode(), { minLength: 1, maxLength: 3 }),
        tuple: fc.boolean(),
        value: expr,
        doc,
      })
      .map(({ tuple, ...parts }): Statement => ({
        kind: 'let',
        span,
        ...parts,
        tuple: tuple || parts.names.length > 1,
      })),
  );
}
