/**
 * The rules of expressions. Operators are read as a flat row and put in order by `buildAst.ts`: that
 * keeps the stack shallow and says more about a misplaced operator than a grammar by levels can.
 */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  ArgNode,
  BlockNode,
  ChooseNode,
  Expr,
  ForNode,
  GeneratorNode,
  ListNode,
  PatternNode,
  RepeatNode,
  SpreadNode,
} from './ast.ts';
import { argNode, buildOperators, nameNode, numberNode, stringNode, type Operand } from './buildAst.ts';
import { spanOf } from './lex.ts';
import { ParserBase } from './parserBase.ts';
import { joinSpans } from './source.ts';
import * as T from './tokens.ts';

/** What a rule wants where any expression will do. */
export const anExpression: string = 'an expression';

/** The arguments of a call: those before `;` and those after it. */
interface Arguments {
  readonly args: ArgNode[];
  readonly statics: ArgNode[];
}

/** A generator behind an item that may or may not have one. */
interface Generated<N> {
  readonly item: N;
  readonly generator: GeneratorNode | undefined;
}

/** Expressions, but for `choose` and what stands in braces. */
export abstract class ExpressionRules extends ParserBase {
  protected abstract choose: ParserMethod<[], ChooseNode>;
  /** `{ statements expr }`; the argument says what was expected where it does not begin. */
  protected abstract block: ParserMethod<[string], BlockNode>;

  /** `either { "|>" either }` */
  protected pipeline: ParserMethod<[], Expr> = this.RULE('pipeline', () => {
    const first = this.LA(1);
    const stages: Expr[] = [this.SUBRULE(this.either)];
    this.MANY(() => {
      this.CONSUME(T.Pipe);
      stages.push(this.SUBRULE1(this.either));
    });
    return this.ACTION((): Expr => {
      const [only] = stages;
      return stages.length === 1 && only ? only : { kind: 'pipe', span: this.from(first), stages };
    });
  });

  /** Everything that binds tighter than `|>`. */
  protected either: ParserMethod<[], Expr> = this.RULE('either', () => {
    const operands: Operand[] = [this.SUBRULE(this.operand)];
    const signs: IToken[] = [];
    this.MANY(() => {
      signs.push(this.CONSUME(T.BinaryOperator));
      operands.push(this.SUBRULE1(this.operand));
    });
    return this.ACTION(() => buildOperators(operands, signs, this.reports));
  });

  /** A sum, as it bounds the range of a `choose`. */
  protected sum: ParserMethod<[], Expr> = this.RULE('sum', () => {
    const operands: Operand[] = [this.SUBRULE(this.operand)];
    const signs: IToken[] = [];
    this.MANY(() => {
      signs.push(this.CONSUME(T.Arithmetic));
      operands.push(this.SUBRULE1(this.operand));
    });
    return this.ACTION(() => buildOperators(operands, signs, this.reports));
  });

  private operand: ParserMethod<[], Operand> = this.RULE('operand', () => {
    const prefixes: IToken[] = [];
    this.MANY(() => {
      this.OR([
        { ALT: () => prefixes.push(this.CONSUME(T.Minus)) },
        { ALT: () => prefixes.push(this.CONSUME(T.Not)) },
      ]);
    });
    const first = this.LA(1);
    const value = this.SUBRULE(this.postfix);
    return this.ACTION((): Operand => ({ prefixes, value, span: this.from(first) }));
  });

  /** A value with the calls, elements and members behind it. */
  protected postfix: ParserMethod<[], Expr> = this.RULE('postfix', () => {
    const first = this.LA(1);
    let value = this.SUBRULE(this.primary);
    this.MANY(() => {
      const object = value;
      value = this.OR<Expr>([
        {
          ALT: () => {
            const { args, statics } = this.SUBRULE(this.argumentList);
            return this.ACTION((): Expr => ({
              kind: 'call',
              span: this.from(first),
              callee: object,
              args,
              statics,
            }));
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.LeftSquare);
            const index = this.SUBRULE(this.pipeline);
            this.CONSUME(T.RightSquare, { ERR_MSG: 'an operator or `]`' });
            return this.ACTION((): Expr => ({ kind: 'index', span: this.from(first), object, index }));
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.Dot);
            const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
            return this.ACTION((): Expr => ({
              kind: 'member',
              span: this.from(first),
              object,
              name: nameNode(name),
            }));
          },
        },
      ]);
    });
    return value;
  });

  private primary: ParserMethod<[], Expr> = this.RULE('primary', () =>
    this.OR<Expr>({
      DEF: [
        {
          ALT: () => {
            const token = this.CONSUME(T.NumberText);
            return this.ACTION(() => numberNode(token));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.StringText);
            return this.ACTION(() => stringNode(token));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.True);
            return this.ACTION((): Expr => ({ kind: 'bool', span: spanOf(token), value: true }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.False);
            return this.ACTION((): Expr => ({ kind: 'bool', span: spanOf(token), value: false }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.None);
            return this.ACTION((): Expr => ({ kind: 'none', span: spanOf(token) }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.Name);
            return this.ACTION((): Expr => ({ kind: 'reference', span: spanOf(token), name: token.image }));
          },
        },
        { ALT: () => this.SUBRULE(this.tuple) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.branch) },
        { ALT: () => this.SUBRULE(this.choose) },
        { ALT: () => this.SUBRULE(this.repeat) },
        { ALT: () => this.SUBRULE(this.loop) },
      ],
      ERR_MSG: anExpression,
    }),
  );

  /** `(a, b)`; around one expression the parentheses leave no node. */
  private tuple: ParserMethod<[], Expr> = this.RULE('tuple', () => {
    const opener = this.CONSUME(T.LeftParen);
    const after = 'an operator, `,` or `)`';
    const items = this.series({ place: 'element', opener, ends: [T.Comma], after }, T.Comma, () =>
      this.SUBRULE(this.pipeline),
    );
    this.CONSUME(T.RightParen, { ERR_MSG: anExpression });
    return this.ACTION((): Expr => {
      const [only] = items;
      if (items.length === 1 && only) return only;
      const span = this.from(opener);
      if (items.length === 0) {
        const details = { expected: 'an expression between the parentheses' };
        this.reports.add('unexpectedToken', { found: '`()`' }, span, details);
      }
      return { kind: 'tuple', span, items };
    });
  });

  /** `[a, ...b]` or `[f(h) for h in xs]` */
  protected list: ParserMethod<[], ListNode> = this.RULE('list', () => {
    const opener = this.CONSUME(T.LeftSquare);
    const after = 'an operator, `,`, `for` or `]`';
    const found = this.series({ place: 'list item', opener, ends: [T.Comma], after }, T.Comma, () =>
      this.SUBRULE(this.listItem),
    );
    this.CONSUME(T.RightSquare, { ERR_MSG: 'an expression or `]`' });
    return this.ACTION((): ListNode => {
      const items = found.map((f) => f.item);
      const generator = found.find((f) => f.generator)?.generator;
      if (generator && items.length > 1) {
        this.misplacedGenerator(generator, 'a list with `for` has one item: `[f(h) for h in xs]`');
      }
      return { kind: 'list', span: this.from(opener), items, generator, brackets: true };
    });
  });

  private listItem: ParserMethod<[], Generated<Expr | SpreadNode>> = this.RULE('listItem', () => {
    const item = this.OR<Expr | SpreadNode>({
      DEF: [
        {
          ALT: () => {
            const first = this.CONSUME(T.Spread);
            const value = this.SUBRULE(this.pipeline);
            return this.ACTION((): SpreadNode => ({ kind: 'spread', span: this.from(first), value }));
          },
        },
        { ALT: () => this.SUBRULE1(this.pipeline) },
      ],
      ERR_MSG: anExpression,
    });
    let generator: GeneratorNode | undefined;
    this.OPTION(() => {
      generator = this.SUBRULE(this.generator);
    });
    return { item, generator };
  });

  /** `for PATTERN in source if condition`, behind the item that it makes */
  private generator: ParserMethod<[], GeneratorNode> = this.RULE('generator', () => {
    const first = this.CONSUME(T.For);
    const pattern = this.SUBRULE(this.pattern);
    this.CONSUME(T.In, { ERR_MSG: '`in` and a list' });
    const source = this.SUBRULE(this.either);
    let condition: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(T.If);
      condition = this.SUBRULE1(this.either);
    });
    return this.ACTION((): GeneratorNode => ({
      kind: 'generator',
      span: this.from(first),
      pattern,
      source,
      condition,
    }));
  });

  private misplacedGenerator({ span }: GeneratorNode, hint: string): void {
    this.reports.add(
      'unexpectedToken',
      { found: '`for`' },
      { start: span.start, end: span.start + 3 },
      { hint },
    );
  }

  /** `NAME` or `(A, B)` */
  protected pattern: ParserMethod<[], PatternNode> = this.RULE('pattern', () => {
    const first = this.LA(1);
    const names: IToken[] = [];
    let tuple = false;
    this.OR({
      DEF: [
        { ALT: () => names.push(this.CONSUME(T.Name)) },
        {
          ALT: () => {
            const opener = this.CONSUME(T.LeftParen);
            tuple = true;
            const after = '`,` or `)`';
            names.push(
              ...this.series({ place: 'element', opener, ends: [T.Comma], after }, T.Comma, () =>
                this.CONSUME1(T.Name, { ERR_MSG: 'a name' }),
              ),
            );
            this.CONSUME(T.RightParen, { ERR_MSG: 'a name' });
          },
        },
      ],
      ERR_MSG: 'a name',
    });
    return this.ACTION((): PatternNode => {
      const span = this.from(first);
      if (tuple && names.length === 0) {
        const expected = 'names in the parentheses';
        this.reports.add('unexpectedToken', { found: '`()`' }, joinSpans(spanOf(first), span), { expected });
      }
      return { kind: 'pattern', span, names: names.map(nameNode), tuple };
    });
  });

  /** `(args; statics)` of a call. */
  protected argumentList: ParserMethod<[], Arguments> = this.RULE('argumentList', () => {
    const opener = this.CONSUME(T.LeftParen);
    const args = this.SUBRULE(this.argumentSeries, { ARGS: [opener, true] });
    let statics: ArgNode[] = [];
    this.OPTION(() => {
      this.CONSUME(T.Semicolon);
      statics = this.SUBRULE1(this.argumentSeries, { ARGS: [opener, false] });
    });
    this.CONSUME(T.RightParen, { ERR_MSG: 'an argument or `)`' });
    return { args, statics };
  });

  private argumentSeries: ParserMethod<[IToken, boolean], ArgNode[]> = this.RULE(
    'argumentSeries',
    (opener: IToken, tensors: boolean) => {
      const after = tensors ? 'an operator, `,`, `;` or `)`' : 'an operator, `,` or `)`';
      const ends = tensors ? [T.Comma, T.Semicolon] : [T.Comma];
      const found = this.series({ place: 'argument', opener, ends, after }, T.Comma, () =>
        this.SUBRULE(this.callArgument),
      );
      return this.ACTION(() =>
        found.map(({ item, generator }, i) => {
          if (!generator) return item;
          if (!tensors || i > 0) {
            const hint = 'only the first argument may do without brackets: `f(x, [g(h) for h in xs])`';
            this.misplacedGenerator(generator, hint);
          }
          return generatedArgument(item, generator);
        }),
      );
    },
  );

  private callArgument: ParserMethod<[], Generated<ArgNode>> = this.RULE('callArgument', () => {
    const item = this.SUBRULE(this.argument);
    let generator: GeneratorNode | undefined;
    this.OPTION(() => {
      generator = this.SUBRULE(this.generator);
    });
    return { item, generator };
  });

  /** `[ NAME ":" ] expr` */
  protected argument: ParserMethod<[], ArgNode> = this.RULE('argument', () => {
    const first = this.LA(1);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(T.Name);
      this.CONSUME(T.Colon);
    });
    const value = this.SUBRULE(this.pipeline);
    return this.ACTION(() => argNode(name, value, this.from(first)));
  });

  private branch: ParserMethod<[], Expr> = this.RULE('branch', () => {
    const first = this.CONSUME(T.If);
    const condition = this.SUBRULE(this.either);
    this.CONSUME(T.Then, { ERR_MSG: 'an operator or `then`' });
    const then = this.SUBRULE(this.pipeline);
    this.CONSUME(T.Else, { ERR_MSG: 'an operator or `else`' });
    const otherwise = this.SUBRULE1(this.pipeline);
    // `then` is the AST's word for it, and holds no function.
    // oxlint-disable-next-line unicorn/no-thenable
    return this.ACTION((): Expr => ({ kind: 'if', span: this.from(first), condition, then, otherwise }));
  });

  /** `repeat COUNT { stage }` */
  private repeat: ParserMethod<[], RepeatNode> = this.RULE('repeat', () => {
    const first = this.CONSUME(T.Repeat);
    const count = this.SUBRULE(this.either);
    const body = this.SUBRULE(this.block, { ARGS: ['`{` and the stage to repeat'] });
    return this.ACTION((): RepeatNode => ({ kind: 'repeat', span: this.from(first), count, body }));
  });

  /** `for PATTERN in source { stage }` */
  private loop: ParserMethod<[], ForNode> = this.RULE('loop', () => {
    const first = this.CONSUME(T.For);
    const pattern = this.SUBRULE(this.pattern);
    this.CONSUME(T.In, { ERR_MSG: '`in` and a list' });
    const source = this.SUBRULE(this.either);
    const body = this.SUBRULE(this.block, { ARGS: ['an operator or `{` and a stage'] });
    return this.ACTION((): ForNode => ({ kind: 'for', span: this.from(first), pattern, source, body }));
  });
}

/** An argument whose value is a list without brackets. */
function generatedArgument(item: ArgNode, generator: GeneratorNode): ArgNode {
  const span = joinSpans(item.value.span, generator.span);
  const value: ListNode = { kind: 'list', span, items: [item.value], generator, brackets: false };
  return { ...item, span: joinSpans(item.span, generator.span), value };
}
