/** The rules of `choose`: what is chosen, how much of it, and the alternatives in braces. */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  AlternativeNode,
  AlternativesNode,
  AnyNode,
  BlockNode,
  ChooseNode,
  Expr,
  FromNode,
  NameNode,
  RangeNode,
  SpreadNode,
} from './ast.ts';
import { nameNode, numberNode } from './buildAst.ts';
import { ExpressionRules } from './expressionRules.ts';
import { spanOf } from './lex.ts';
import { joinSpans } from './source.ts';
import * as T from './tokens.ts';

/** What stands behind the name of a `choose`. */
type Choice = Pick<ChooseNode, 'amount' | 'from'>;
type Subset = AlternativesNode | FromNode;

/** `choose` in all its forms. */
export abstract class ChoiceRules extends ExpressionRules {
  /** `choose [NAME] ( alternatives | from xs | any subset | amount [subset] )` */
  protected override choose: ParserMethod<[], ChooseNode> = this.RULE('choose', () => {
    const first = this.CONSUME(T.Choose);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(T.Name);
    });
    const { amount, from } = this.OR<Choice>({
      DEF: [
        {
          ALT: () => {
            const alternatives = this.SUBRULE(this.alternatives);
            return { amount: undefined, from: alternatives };
          },
        },
        {
          ALT: () => {
            const list = this.SUBRULE(this.chosenList);
            return { amount: undefined, from: list };
          },
        },
        {
          ALT: () => {
            const any = this.CONSUME(T.Any);
            const subset = this.SUBRULE(this.subset, { ARGS: ['`of` or `from`'] });
            return { amount: this.ACTION((): AnyNode => ({ kind: 'any', span: spanOf(any) })), from: subset };
          },
        },
        { ALT: () => this.SUBRULE(this.counted) },
      ],
      ERR_MSG: `${name ? '' : 'a name, '}\`{\`, \`from\`, \`any\`, a number or a range such as \`1..3\``,
    });
    return this.ACTION((): ChooseNode => ({
      kind: 'choose',
      span: this.from(first),
      name: name && nameNode(name),
      amount,
      from,
    }));
  });

  /** `from xs` */
  private chosenList: ParserMethod<[], FromNode> = this.RULE('chosenList', () => {
    const first = this.CONSUME(T.From);
    const list = this.SUBRULE(this.range);
    return this.ACTION((): FromNode => ({ kind: 'from', span: this.from(first), list }));
  });

  private subset: ParserMethod<[string], Subset> = this.RULE('subset', (expected: string) =>
    this.OR<Subset>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(T.Of);
            return this.SUBRULE(this.alternatives);
          },
        },
        { ALT: () => this.SUBRULE(this.chosenList) },
      ],
      ERR_MSG: expected,
    }),
  );

  /** `2 from xs`, `(n) of {...}`, `1..2 from xs`; a range alone is chosen from itself. */
  private counted: ParserMethod<[], Choice> = this.RULE('counted', () => {
    const first = this.LA(1);
    const start = this.OR<Expr>({
      DEF: [
        {
          ALT: () => {
            const token = this.CONSUME(T.NumberText);
            return this.ACTION(() => numberNode(token));
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.LeftParen);
            const value = this.SUBRULE(this.pipeline);
            this.CONSUME(T.RightParen, { ERR_MSG: 'an operator or `)`' });
            return value;
          },
        },
      ],
      ERR_MSG: 'a number or `(`',
    });
    return this.OR1<Choice>({
      DEF: [
        {
          ALT: () => {
            const range = this.SUBRULE(this.rangeRest, { ARGS: [first, start] });
            let from: Subset | undefined;
            this.OPTION(() => {
              from = this.SUBRULE(this.subset, { ARGS: ['`of` or `from`'] });
            });
            return from ? { amount: range, from } : { amount: undefined, from: range };
          },
        },
        {
          ALT: () => {
            const from = this.SUBRULE1(this.subset, { ARGS: ['`..`, `of` or `from`'] });
            return { amount: start, from };
          },
        },
      ],
      ERR_MSG: '`..`, `of` or `from`',
    });
  });

  /** `sum [ ".." sum [ "step" sum ] ]` */
  private range: ParserMethod<[], Expr> = this.RULE('range', () => {
    const first = this.LA(1);
    const start = this.SUBRULE(this.sum);
    let range: RangeNode | undefined;
    this.OPTION(() => {
      range = this.SUBRULE(this.rangeRest, { ARGS: [first, start] });
    });
    return range ?? start;
  });

  /** `.. TO step STEP` behind the start of a range. */
  private rangeRest: ParserMethod<[IToken, Expr], RangeNode> = this.RULE(
    'rangeRest',
    (first: IToken, from: Expr) => {
      this.CONSUME(T.DotDot, { ERR_MSG: '`..` and the end of the range' });
      const to = this.SUBRULE(this.sum);
      let step: Expr | undefined;
      this.OPTION(() => {
        this.CONSUME(T.Step);
        step = this.SUBRULE1(this.sum);
      });
      return this.ACTION((): RangeNode => ({ kind: 'range', span: this.from(first), from, to, step }));
    },
  );

  private alternatives: ParserMethod<[], AlternativesNode> = this.RULE('alternatives', () => {
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: '`{` and alternatives' });
    const before = this.reports.count;
    const after = 'an operator, `when`, `,`, the end of the line or `}`';
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

  private alternative: ParserMethod<[], AlternativeNode | SpreadNode> = this.RULE('alternative', () =>
    this.OR<AlternativeNode | SpreadNode>({
      DEF: [
        {
          ALT: () => {
            const first = this.CONSUME(T.Spread);
            const value = this.SUBRULE(this.postfix);
            return this.ACTION((): SpreadNode => ({ kind: 'spread', span: this.from(first), value }));
          },
        },
        { ALT: () => this.SUBRULE(this.plainAlternative) },
      ],
      ERR_MSG: 'an alternative',
    }),
  );

  /** `expr [when condition] [: body]`; before `:` only a bare name, or `none`. */
  private plainAlternative: ParserMethod<[], AlternativeNode> = this.RULE('plainAlternative', () => {
    const first = this.LA(1);
    const head = this.SUBRULE(this.pipeline);
    let condition: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(T.When);
      condition = this.SUBRULE(this.either);
    });
    let body: Expr | BlockNode | undefined;
    this.OPTION1(() => {
      this.CONSUME(T.Colon);
      body = this.OR1<Expr | BlockNode>({
        DEF: [
          { ALT: () => this.SUBRULE(this.block, { ARGS: ['`{`'] }) },
          { ALT: () => this.SUBRULE1(this.pipeline) },
        ],
        ERR_MSG: 'an expression or `{`',
      });
    });
    return this.ACTION((): AlternativeNode => {
      const label = labelOf(head);
      if (body && (!label || first.tokenType === T.LeftParen)) {
        this.reports.add('badLabel', {}, joinSpans(spanOf(first), head.span), {
          hint: 'leave the label out, or begin it with a letter: `k3: conv(16, 3)`',
        });
      }
      return { kind: 'alternative', span: this.from(first), label, condition, value: body ?? head };
    });
  });
}

/** A bare name, or `none`, is its own label. */
function labelOf(head: Expr): NameNode | undefined {
  if (head.kind === 'none') return { kind: 'name', span: head.span, text: 'none' };
  return head.kind === 'reference' ? { kind: 'name', span: head.span, text: head.name } : undefined;
}
