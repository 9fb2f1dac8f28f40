/** The rules of bodies: what stands in braces and has a value, and the statements in it. */
import type { IToken, ParserMethod } from 'chevrotain';
import type { BlockNode, Expr, LetNode, NodesNode, RequireNode, Statement } from './ast.ts';
import { blockNode, nameNode, plainBody, type BodyItem } from './buildAst.ts';
import { ChoiceRules } from './choiceRules.ts';
import * as T from './tokens.ts';

/** Bodies, `let`, `nodes` and `require`. */
export abstract class BodyRules extends ChoiceRules {
  protected override block: ParserMethod<[string], BlockNode> = this.RULE('block', (expected: string) => {
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

  /** `= expr` or `{ statements expr }` */
  protected body: ParserMethod<[], BlockNode> = this.RULE('body', () =>
    this.OR<BlockNode>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(T.Assign);
            const value = this.SUBRULE(this.pipeline);
            return this.ACTION(() => plainBody(value));
          },
        },
        { ALT: () => this.SUBRULE(this.block, { ARGS: ['`{`'] }) },
      ],
      ERR_MSG: '`=` or `{`',
    }),
  );

  private bodyItem: ParserMethod<[], BodyItem> = this.RULE('bodyItem', () =>
    this.OR<BodyItem>({
      DEF: [{ ALT: () => this.SUBRULE(this.statement) }, { ALT: () => this.SUBRULE(this.pipeline) }],
      ERR_MSG: '`let`, `nodes`, `require` or an expression',
    }),
  );

  protected statement: ParserMethod<[], Statement> = this.RULE('statement', () =>
    this.OR<Statement>([
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.nodes) },
      { ALT: () => this.SUBRULE(this.requirement) },
    ]),
  );

  /** `let PATTERN = expr` */
  private let: ParserMethod<[], LetNode> = this.RULE('let', () => {
    const first = this.CONSUME(T.Let);
    const pattern = this.SUBRULE(this.pattern);
    this.CONSUME(T.Assign, { ERR_MSG: '`=` and a value' });
    const value = this.SUBRULE(this.pipeline);
    return this.ACTION((): LetNode => ({
      kind: 'let',
      span: this.from(first),
      doc: this.docOf(first),
      pattern,
      value,
    }));
  });

  /** `nodes NAME[INDEX: count]` and a body */
  private nodes: ParserMethod<[], NodesNode> = this.RULE('nodes', () => {
    const first = this.CONSUME(T.Nodes);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.LeftSquare, { ERR_MSG: '`[` and the number of nodes' });
    let index: IToken | undefined;
    this.OPTION(() => {
      index = this.CONSUME1(T.Name);
      this.CONSUME(T.Colon);
    });
    const count: Expr = this.SUBRULE(this.pipeline);
    this.CONSUME(T.RightSquare, { ERR_MSG: 'an operator or `]`' });
    const body = this.SUBRULE(this.body);
    return this.ACTION((): NodesNode => ({
      kind: 'nodes',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      index: index && nameNode(index),
      count,
      body,
    }));
  });

  /** `require expr` */
  private requirement: ParserMethod<[], RequireNode> = this.RULE('requirement', () => {
    const first = this.CONSUME(T.Require);
    const condition = this.SUBRULE(this.pipeline);
    return this.ACTION((): RequireNode => ({ kind: 'require', span: this.from(first), condition }));
  });
}
