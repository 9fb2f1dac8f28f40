/**
 * The rules of expressions. Operators are read as a flat row and put in order by `buildAst.ts`: that
 * keeps the stack shallow and says more about a misplaced operator than a grammar by levels can.
 */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  AlternativeNode,
  AlternativesNode,
  ArgNode,
  BlockNode,
  Expr,
  LetNode,
  NameNode,
  RangeNode,
  RequireNode,
} from './ast.ts';
import {
  argNode,
  blockNode,
  buildOperators,
  nameNode,
  numberNode,
  type BodyItem,
  type Operand,
} from './buildAst.ts';
import { spanOf } from './lex.ts';
import { ParserBase } from './parserBase.ts';
import { joinSpans } from './source.ts';
import { readString } from './strings.ts';
import * as T from './tokens.ts';

const anExpression = 'an expression';

/** Expressions, bodies and the statements that stand in them. */
export class ExpressionRules extends ParserBase {
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
    let value = this.SUBRULE(this.primary);
    this.MANY1(() => {
      const callee = value;
      const { args, statics } = this.SUBRULE(this.argumentList);
      value = this.ACTION((): Expr => ({ kind: 'call', span: this.from(first), callee, args, statics }));
    });
    return this.ACTION((): Operand => ({ prefixes, value, span: this.from(first) }));
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
            return this.ACTION((): Expr => ({
              kind: 'string',
              span: spanOf(token),
              value: readString(token.image).value,
            }));
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

  private list: ParserMethod<[], Expr> = this.RULE('list', () => {
    const opener = this.CONSUME(T.LeftSquare);
    const after = 'an operator, `,` or `]`';
    const items = this.series({ place: 'element', opener, ends: [T.Comma], after }, T.Comma, () =>
      this.SUBRULE(this.pipeline),
    );
    this.CONSUME(T.RightSquare, { ERR_MSG: 'an expression or `]`' });
    return this.ACTION((): Expr => ({ kind: 'list', span: this.from(opener), items }));
  });

  /** `(args; statics)` of a call. */
  protected argumentList: ParserMethod<[], { args: ArgNode[]; statics: ArgNode[] }> = this.RULE(
    'argumentList',
    () => {
      const opener = this.CONSUME(T.LeftParen);
      const args = this.SUBRULE(this.argumentSeries, { ARGS: [opener, true] });
      let statics: ArgNode[] = [];
      this.OPTION(() => {
        this.CONSUME(T.Semicolon);
        statics = this.SUBRULE1(this.argumentSeries, { ARGS: [opener, false] });
      });
      this.CONSUME(T.RightParen, { ERR_MSG: 'an argument or `)`' });
      return { args, statics };
    },
  );

  private argumentSeries: ParserMethod<[IToken, boolean], ArgNode[]> = this.RULE(
    'argumentSeries',
    (opener: IToken, first: boolean) => {
      const after = first ? 'an operator, `,`, `;` or `)`' : 'an operator, `,` or `)`';
      const ends = first ? [T.Comma, T.Semicolon] : [T.Comma];
      return this.series({ place: 'argument', opener, ends, after }, T.Comma, () =>
        this.SUBRULE(this.argument),
      );
    },
  );

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

  private repeat: ParserMethod<[], Expr> = this.RULE('repeat', () => {
    const first = this.CONSUME(T.Repeat);
    const count = this.SUBRULE(this.either);
    const body = this.SUBRULE(this.block, { ARGS: ['`{` and the stage to repeat'] });
    return this.ACTION((): Expr => ({ kind: 'repeat', span: this.from(first), count, body }));
  });

  /** `choose [NAME] { ... }` or `choose [NAME] a..b [step c]` */
  private choose: ParserMethod<[], Expr> = this.RULE('choose', () => {
    const first = this.CONSUME(T.Choose);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(T.Name);
    });
    const from = this.OR<AlternativesNode | RangeNode>({
      DEF: [{ ALT: () => this.SUBRULE(this.alternatives) }, { ALT: () => this.SUBRULE(this.chosenRange) }],
      ERR_MSG: name ? '`{` or a range such as `1..3`' : 'a name, `{` or a range such as `1..3`',
    });
    return this.ACTION((): Expr => ({
      kind: 'choose',
      span: this.from(first),
      name: name && nameNode(name),
      from,
    }));
  });

  private alternatives: ParserMethod<[], AlternativesNode> = this.RULE('alternatives', () => {
    const opener = this.CONSUME(T.LeftBrace);
    const before = this.reports.count;
    const after = 'an operator, `,`, the end of the line or `}`';
    const ends = [T.Separator];
    const items = this.series({ place: 'alternative', opener, ends, after }, T.Separator, () =>
      this.SUBRULE(this.alternative),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'an alternative or `}`' });
    return this.ACTION((): AlternativesNode => {
      const span = this.from(opener);
      if (items.length === 0 && this.reports.count === before) {
        this.reports.add('emptyChoose', {}, span, { expected: 'at least one alternative, as in `{3, 5}`' });
      }
      return { kind: 'alternatives', span, items };
    });
  });

  private alternative: ParserMethod<[], AlternativeNode> = this.RULE('alternative', () => {
    const first = this.LA(1);
    return this.OR<AlternativeNode>({
      DEF: [
        {
          ALT: () => {
            const label = this.OR1([
              { ALT: () => this.CONSUME(T.Name) },
              { ALT: () => this.CONSUME(T.None) },
            ]);
            this.CONSUME(T.Colon);
            const value = this.OR2<Expr | BlockNode>({
              DEF: [
                { ALT: () => this.SUBRULE(this.block, { ARGS: ['`{`'] }) },
                { ALT: () => this.SUBRULE(this.pipeline) },
              ],
              ERR_MSG: 'an expression or `{`',
            });
            return this.ACTION((): AlternativeNode => ({
              kind: 'alternative',
              span: this.from(first),
              label: nameNode(label),
              value,
            }));
          },
        },
        {
          ALT: () => {
            const value = this.SUBRULE1(this.pipeline);
            return this.ACTION((): AlternativeNode => {
              // A bare name is its own label.
              const label: NameNode | undefined =
                value.kind === 'reference' ? { kind: 'name', span: value.span, text: value.name } : undefined;
              return { kind: 'alternative', span: this.from(first), label, value };
            });
          },
        },
      ],
      ERR_MSG: 'an alternative',
    });
  });

  private chosenRange: ParserMethod<[], RangeNode> = this.RULE('chosenRange', () => {
    const first = this.LA(1);
    const from = this.OR<Expr>({
      DEF: [
        {
          ALT: () => {
            const token = this.CONSUME(T.NumberText);
            return this.ACTION(() => numberNode(token));
          },
        },
        { ALT: () => this.SUBRULE(this.tuple) },
      ],
      ERR_MSG: 'a number or `(`',
    });
    this.CONSUME(T.DotDot, { ERR_MSG: '`..` and the end of the range' });
    const to = this.SUBRULE1(this.sum);
    let step: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(T.Step);
      step = this.SUBRULE2(this.sum);
    });
    return this.ACTION((): RangeNode => ({ kind: 'range', span: this.from(first), from, to, step }));
  });

  /** `{ statements expr }`; the argument says what was expected where it does not begin. */
  protected block: ParserMethod<[string], BlockNode> = this.RULE('block', (expected: string) => {
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: expected });
    const before = this.reports.count;
    const after = 'an operator, `,`, the end of the line or `}`';
    const items = this.series({ place: 'body item', opener, ends: [T.Separator], after }, T.Separator, () =>
      this.SUBRULE(this.bodyItem),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'an item or `}`' });
    return this.ACTION(() =>
      blockNode(items, this.from(opener), this.reports, this.reports.count === before),
    );
  });

  private bodyItem: ParserMethod<[], BodyItem> = this.RULE('bodyItem', () =>
    this.OR<BodyItem>({
      DEF: [
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.requirement) },
        { ALT: () => this.SUBRULE(this.pipeline) },
      ],
      ERR_MSG: '`let`, `require` or an expression',
    }),
  );

  /** `let NAME = expr` or `let (A, B) = expr` */
  protected let: ParserMethod<[], LetNode> = this.RULE('let', () => {
    const first = this.CONSUME(T.Let);
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
    this.CONSUME(T.Assign, { ERR_MSG: '`=` and a value' });
    const value = this.SUBRULE(this.pipeline);
    return this.ACTION((): LetNode => {
      const span = this.from(first);
      if (tuple && names.length === 0) {
        const empty = joinSpans(spanOf(first), span);
        this.reports.add('unexpectedToken', { found: '`()`' }, empty, {
          expected: 'names in the parentheses',
        });
      }
      return { kind: 'let', span, doc: this.docOf(first), names: names.map(nameNode), tuple, value };
    });
  });

  /** `require expr` */
  protected requirement: ParserMethod<[], RequireNode> = this.RULE('requirement', () => {
    const first = this.CONSUME(T.Require);
    const condition = this.SUBRULE(this.pipeline);
    return this.ACTION((): RequireNode => ({ kind: 'require', span: this.from(first), condition }));
  });
}
