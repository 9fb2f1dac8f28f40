/** Expressions as the parser could have made them, without meaningful spans. */
import * as fc from 'fast-check';
import type {
  AlternativeNode,
  ArgNode,
  BlockNode,
  ChooseNode,
  Expr,
  GeneratorNode,
  ListNode,
  NameNode,
  PatternNode,
  RangeNode,
  SpreadNode,
  Statement,
} from '../../grammar/ast.ts';
import { identifier } from './identifier.ts';
import { numberNode } from './numberNode.ts';

const span = { start: 0, end: 0 };

export function nameNode(): fc.Arbitrary<NameNode> {
  return identifier().map((text) => ({ kind: 'name', span, text }));
}

/** Any expression of the language. */
export function expressionNode(): fc.Arbitrary<Expr> {
  return tree().expression;
}

/** Bodies: in braces, with or without statements, or `= expr`. */
export function bodyNode(): fc.Arbitrary<BlockNode> {
  return tree().body;
}

/** Arguments, named or not. */
export function argNode(): fc.Arbitrary<ArgNode> {
  return tree().arg;
}

/** Lists in brackets, with or without a generator. */
export function listNode(): fc.Arbitrary<ListNode> {
  return tree().list;
}

/** What a `let`, a generator or a `for` binds. */
export function patternNode(): fc.Arbitrary<PatternNode> {
  return fc
    .record({ names: fc.array(nameNode(), { minLength: 1, maxLength: 3 }), tuple: fc.boolean() })
    .map(({ names, tuple }): PatternNode => ({
      kind: 'pattern',
      span,
      names,
      tuple: tuple || names.length > 1,
    }));
}

/** `let`, `nodes` and `require`, with documentation as given. */
export function statement(doc = fc.constant<string | undefined>(undefined)): fc.Arbitrary<Statement> {
  return statementOver(tree().expression, tree().body, doc);
}

type Tree = {
  expression: Expr;
  block: BlockNode;
  body: BlockNode;
  arg: ArgNode;
  firstArg: ArgNode;
  list: ListNode;
  generator: GeneratorNode;
  alternative: AlternativeNode | SpreadNode;
  range: RangeNode;
  choose: ChooseNode;
};

type Arbitraries = { [K in keyof Tree]: fc.Arbitrary<Tree[K]> };

function tree(): Arbitraries {
  return fc.letrec<Tree>((tie) => {
    const expr = tie('expression');
    const body = fc.oneof(tie('block'), expr.map(plainBody));
    return {
      expression: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf(),
        branch({
          expression: expr,
          block: tie('block'),
          body,
          arg: tie('arg'),
          firstArg: tie('firstArg'),
          list: tie('list'),
          generator: tie('generator'),
          alternative: tie('alternative'),
          range: tie('range'),
          choose: tie('choose'),
        }),
      ),
      range: fc
        .record({ from: expr, to: expr, step: optional(expr) })
        .map((parts): RangeNode => ({ kind: 'range', span, ...parts })),
      arg: fc.record({ name: optional(nameNode()), value: expr }).map(makeArg),
      firstArg: fc.oneof(
        { weight: 3, arbitrary: tie('arg') },
        {
          weight: 1,
          arbitrary: fc
            .record({ name: optional(nameNode()), item: expr, generator: tie('generator') })
            .map(({ name, item, generator }) =>
              makeArg({ name, value: { kind: 'list', span, items: [item], generator, brackets: false } }),
            ),
        },
      ),
      generator: fc
        .record({ pattern: patternNode(), source: expr, condition: optional(expr) })
        .map((parts): GeneratorNode => ({ kind: 'generator', span, ...parts })),
      list: list(expr, tie('generator')),
      alternative: alternative(expr, tie('block')),
      choose: choose(expr, tie('range'), tie('alternative')),
      body,
      block: fc
        .record({ statements: fc.array(statementOver(expr, body), { maxLength: 2 }), value: expr })
        .map((parts): BlockNode => ({ kind: 'block', span, ...parts, braces: true })),
    };
  });
}

function optional<N>(arbitrary: fc.Arbitrary<N>): fc.Arbitrary<N | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

function plainBody(value: Expr): BlockNode {
  return { kind: 'block', span, statements: [], value, braces: false };
}

function makeArg(parts: { name: NameNode | undefined; value: Expr }): ArgNode {
  return { kind: 'arg', span, ...parts };
}

function leaf(): fc.Arbitrary<Expr> {
  return fc.oneof(
    numberNode(),
    identifier().map((name): Expr => ({ kind: 'reference', span, name })),
    fc
      .string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\t', ' ', '日', '//', "'") })
      .map((value): Expr => ({ kind: 'string', span, value })),
    fc.boolean().map((value): Expr => ({ kind: 'bool', span, value })),
    fc.constant<Expr>({ kind: 'none', span }),
  );
}

const operator = fc.constantFrom('+', '-', '*', '/', '==', '!=', '<', '<=', '>', '>=', 'in', 'and', 'or');

function branch(of: Arbitraries): fc.Arbitrary<Expr> {
  const expr = of.expression;
  const several = fc.array(expr, { minLength: 2, maxLength: 4 });
  return fc.oneof(
    several.map((items): Expr => ({ kind: 'tuple', span, items })),
    of.list,
    several.map((stages): Expr => ({ kind: 'pipe', span, stages })),
    fc
      .record({ operator: fc.constantFrom('-', 'not'), operand: expr })
      .map((parts): Expr => ({ kind: 'unary', span, ...parts })),
    fc.record({ operator, left: expr, right: expr }).map((parts): Expr => ({
      kind: 'binary',
      span,
      operator: parts.operator,
      operatorSpan: span,
      left: parts.left,
      right: parts.right,
    })),
    of.range,
    call(of),
    fc.record({ object: expr, name: nameNode() }).map((parts): Expr => ({ kind: 'member', span, ...parts })),
    fc.record({ object: expr, index: expr }).map((parts): Expr => ({ kind: 'index', span, ...parts })),
    // oxlint-disable-next-line unicorn/no-thenable
    fc.record({ condition: expr, then: expr, otherwise: expr }).map((parts): Expr => ({
      kind: 'if',
      span,
      ...parts,
    })),
    of.choose,
    fc.record({ count: expr, body: of.block }).map((parts): Expr => ({ kind: 'repeat', span, ...parts })),
    fc
      .record({ pattern: patternNode(), source: expr, body: of.block })
      .map((parts): Expr => ({ kind: 'for', span, ...parts })),
  );
}

function call(of: Arbitraries): fc.Arbitrary<Expr> {
  return fc
    .record({
      callee: of.expression,
      first: optional(of.firstArg),
      rest: fc.array(of.arg, { maxLength: 2 }),
      statics: fc.array(of.arg, { maxLength: 2 }),
    })
    .map(({ callee, first, rest, statics }): Expr => ({
      kind: 'call',
      span,
      callee,
      args: first ? [first, ...rest] : [],
      statics,
    }));
}

function list(expr: fc.Arbitrary<Expr>, generator: fc.Arbitrary<GeneratorNode>): fc.Arbitrary<ListNode> {
  const item: fc.Arbitrary<Expr | SpreadNode> = fc.oneof(
    { weight: 3, arbitrary: expr },
    { weight: 1, arbitrary: expr.map((value): SpreadNode => ({ kind: 'spread', span, value })) },
  );
  const plain = fc
    .array(item, { maxLength: 4 })
    .map((items): ListNode => ({ kind: 'list', span, items, generator: undefined, brackets: true }));
  const generated = fc.record({ item, generator }).map((parts): ListNode => ({
    kind: 'list',
    span,
    items: [parts.item],
    generator: parts.generator,
    brackets: true,
  }));
  return fc.oneof(plain, generated);
}

function choose(
  expr: fc.Arbitrary<Expr>,
  range: fc.Arbitrary<RangeNode>,
  item: fc.Arbitrary<AlternativeNode | SpreadNode>,
): fc.Arbitrary<ChooseNode> {
  const alternatives = fc
    .array(item, { minLength: 1, maxLength: 4 })
    .map((items) => ({ kind: 'alternatives' as const, span, items }));
  const from = expr.map((value) => ({ kind: 'from' as const, span, list: value }));
  const amount: fc.Arbitrary<ChooseNode['amount']> = fc.oneof(
    fc.constant({ kind: 'any' as const, span }),
    numberNode(),
    range,
    expr,
  );
  const whole = fc.record({ amount: fc.constant(undefined), from: fc.oneof(range, from, alternatives) });
  const subset = fc.record({ amount, from: fc.oneof(from, alternatives) });
  return fc
    .record({ name: optional(nameNode()), choice: fc.oneof(whole, subset) })
    .map(({ name, choice }): ChooseNode => ({ kind: 'choose', span, name, ...choice }));
}

function alternative(
  expr: fc.Arbitrary<Expr>,
  block: fc.Arbitrary<BlockNode>,
): fc.Arbitrary<AlternativeNode | SpreadNode> {
  const condition = optional(expr);
  const none: NameNode = { kind: 'name', span, text: 'none' };
  const bare = fc.record({ value: expr, condition }).map(({ value, condition: when }): AlternativeNode => ({
    kind: 'alternative',
    span,
    // A bare name, or `none`, is its own label.
    label:
      value.kind === 'none'
        ? none
        : value.kind === 'reference'
          ? { kind: 'name', span, text: value.name }
          : undefined,
    condition: when,
    value,
  }));
  const labelled = fc
    .record({ label: fc.oneof(nameNode(), fc.constant(none)), condition, value: fc.oneof(expr, block) })
    .map((parts): AlternativeNode => ({ kind: 'alternative', span, ...parts }));
  const spread = expr.map((value): SpreadNode => ({ kind: 'spread', span, value }));
  return fc.oneof(
    { weight: 2, arbitrary: bare },
    { weight: 2, arbitrary: labelled },
    { weight: 1, arbitrary: spread },
  );
}

function statementOver(
  expr: fc.Arbitrary<Expr>,
  body: fc.Arbitrary<BlockNode>,
  doc = fc.constant<string | undefined>(undefined),
): fc.Arbitrary<Statement> {
  return fc.oneof(
    expr.map((condition): Statement => ({ kind: 'require', span, condition })),
    fc
      .record({ doc, pattern: patternNode(), value: expr })
      .map((parts): Statement => ({ kind: 'let', span, ...parts })),
    fc
      .record({ doc, name: nameNode(), index: optional(nameNode()), count: expr, body })
      .map((parts): Statement => ({ kind: 'nodes', span, ...parts })),
  );
}
