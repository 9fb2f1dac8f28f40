/** The rules of files: declarations, spaces, motifs and searches; the parser itself. */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  AmountNode,
  AmountsNode,
  ArgNode,
  BlockNode,
  Declaration,
  Expr,
  FieldNode,
  FieldValue,
  InputNode,
  MotifNode,
  NameNode,
  OutputNode,
  ParamNode,
  SearchNode,
  SpaceNode,
} from './ast.ts';
import { nameNode, numberNode, plainBody } from './buildAst.ts';
import { ExpressionRules } from './expressionRules.ts';
import type { LaidToken } from './layout.ts';
import type { Frame } from './parserBase.ts';
import type { Reports } from './reports.ts';
import * as T from './tokens.ts';

type SpaceItem = SpaceNode['items'][number];

const fileFrame: Frame = {
  place: 'declaration',
  opener: undefined,
  ends: [T.Separator],
  after: 'the end of the line',
};
const expressionFrame: Frame = {
  place: 'value',
  opener: undefined,
  ends: [],
  after: 'an operator or the end of the text',
};

/** The parser of `.nas` files. One instance serves any number of files, one after another. */
export class NasParser extends ExpressionRules {
  constructor(validate = false) {
    super(validate);
    this.performSelfAnalysis();
  }

  /** Parses the tokens after the version line. What has errors inside is left out. */
  parseDeclarations(tokens: LaidToken[], docs: ReadonlyMap<number, string>, reports: Reports): Declaration[] {
    this.load(tokens, docs, reports);
    return this.declarations();
  }

  /** Parses one expression; undefined when it has errors. */
  parseExpression(tokens: LaidToken[], reports: Reports): Expr | undefined {
    this.load(tokens, new Map(), reports);
    const value = this.wholeExpression();
    return reports.count === 0 ? value : undefined;
  }

  private declarations: ParserMethod<[], Declaration[]> = this.RULE('declarations', () =>
    this.series(fileFrame, T.Separator, () => this.SUBRULE(this.declaration)),
  );

  private wholeExpression: ParserMethod<[], Expr | undefined> = this.RULE('wholeExpression', () => {
    if (this.RECORDING_PHASE) return this.SUBRULE(this.pipeline);
    return this.guarded(expressionFrame, () => this.SUBRULE(this.pipeline));
  });

  /** Gives what `read` reads, unless an error was found inside. */
  private unbroken<N>(read: () => N): N | undefined {
    const before = this.reports.count;
    const node = read();
    return this.RECORDING_PHASE || this.reports.count === before ? node : undefined;
  }

  private declaration: ParserMethod<[], Declaration | undefined> = this.RULE('declaration', () =>
    this.OR<Declaration | undefined>({
      DEF: [
        { ALT: () => this.SUBRULE(this.space) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.motif)) },
        { ALT: () => this.SUBRULE(this.search) },
      ],
      ERR_MSG: '`space`, `motif` or `search`',
    }),
  );

  private space: ParserMethod<[], SpaceNode> = this.RULE('space', () => {
    const first = this.CONSUME(T.Space);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    let params: ParamNode[] = [];
    this.OPTION(() => {
      const opener = this.CONSUME(T.LeftParen);
      params = this.SUBRULE(this.params, { ARGS: [opener] });
      this.CONSUME(T.RightParen, { ERR_MSG: 'a parameter or `)`' });
    });
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: '`(` or `{`' });
    const after = 'an operator, the end of the line or `}`';
    const items = this.series({ place: 'space item', opener, ends: [T.Separator], after }, T.Separator, () =>
      this.unbroken(() => this.SUBRULE(this.spaceItem)),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'an item or `}`' });
    return this.ACTION((): SpaceNode => ({
      kind: 'space',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      params,
      items,
    }));
  });

  private params: ParserMethod<[IToken], ParamNode[]> = this.RULE('params', (opener: IToken) =>
    this.series({ place: 'parameter', opener, ends: [T.Comma], after: '`=`, `,` or `)`' }, T.Comma, () =>
      this.SUBRULE(this.param),
    ),
  );

  private param: ParserMethod<[], ParamNode> = this.RULE('param', () => {
    const first = this.CONSUME(T.Name, { ERR_MSG: 'a parameter name' });
    let value: Expr | undefined;
    this.OPTION(() => {
      this.CONSUME(T.Assign);
      value = this.SUBRULE(this.pipeline);
    });
    return this.ACTION((): ParamNode => ({
      kind: 'param',
      span: this.from(first),
      name: nameNode(first),
      value,
    }));
  });

  private spaceItem: ParserMethod<[], SpaceItem> = this.RULE('spaceItem', () =>
    this.OR<SpaceItem>({
      DEF: [
        { ALT: () => this.SUBRULE(this.inputItem) },
        { ALT: () => this.SUBRULE(this.outputItem) },
        { ALT: () => this.SUBRULE(this.let) },
        { ALT: () => this.SUBRULE(this.requirement) },
      ],
      ERR_MSG: '`input`, `let`, `output`, `require` or `}`',
    }),
  );

  /** `input NAME: TYPE[args]` */
  private inputItem: ParserMethod<[], InputNode> = this.RULE('inputItem', () => {
    const first = this.CONSUME(T.Input);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.Colon, { ERR_MSG: '`:` and a type, as in `image[8, 8, 1]`' });
    const type = this.CONSUME1(T.Name, { ERR_MSG: 'a type, as in `image[8, 8, 1]`' });
    const opener = this.CONSUME(T.LeftSquare, { ERR_MSG: '`[` and a shape, as in `image[8, 8, 1]`' });
    const after = 'an operator, `,` or `]`';
    const args: ArgNode[] = this.series({ place: 'argument', opener, ends: [T.Comma], after }, T.Comma, () =>
      this.SUBRULE(this.argument),
    );
    this.CONSUME(T.RightSquare, { ERR_MSG: 'a size or `]`' });
    return this.ACTION((): InputNode => ({
      kind: 'input',
      span: this.from(first),
      name: nameNode(name),
      type: nameNode(type),
      args,
    }));
  });

  private outputItem: ParserMethod<[], OutputNode> = this.RULE('outputItem', () => {
    const first = this.CONSUME(T.Output);
    const value = this.SUBRULE(this.pipeline);
    return this.ACTION((): OutputNode => ({ kind: 'output', span: this.from(first), value }));
  });

  /** `motif NAME(tensors; statics) = expr` or `{ statements expr }` */
  private motif: ParserMethod<[], MotifNode> = this.RULE('motif', () => {
    const first = this.CONSUME(T.Motif);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    const opener = this.CONSUME(T.LeftParen, { ERR_MSG: '`(` and the parameters' });
    const after = '`,`, `;` or `)`';
    const tensors: NameNode[] = this.series(
      { place: 'tensor', opener, ends: [T.Comma, T.Semicolon], after },
      T.Comma,
      () => {
        const token = this.CONSUME1(T.Name, { ERR_MSG: 'a parameter name' });
        return this.ACTION(() => nameNode(token));
      },
    );
    let params: ParamNode[] = [];
    this.OPTION(() => {
      this.CONSUME(T.Semicolon);
      params = this.SUBRULE(this.params, { ARGS: [opener] });
    });
    this.CONSUME(T.RightParen, { ERR_MSG: 'a parameter name or `)`' });
    const body = this.OR<BlockNode>({
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
    });
    return this.ACTION((): MotifNode => ({
      kind: 'motif',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      tensors,
      params,
      body,
    }));
  });

  /** `search NAME of SPACE(args) { fields }` */
  private search: ParserMethod<[], SearchNode> = this.RULE('search', () => {
    const first = this.CONSUME(T.Search);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.Of, { ERR_MSG: '`of` and the name of a space' });
    const space = this.CONSUME1(T.Name, { ERR_MSG: 'a space name' });
    let args: ArgNode[] = [];
    this.OPTION(() => {
      const list = this.SUBRULE(this.argumentList);
      this.ACTION(() => {
        args = [...list.args, ...list.statics];
      });
    });
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: '`(` or `{`' });
    const after = 'an operator, `,`, the end of the line or `}`';
    const fields = this.series({ place: 'field', opener, ends: [T.Separator], after }, T.Separator, () =>
      this.unbroken(() => this.SUBRULE(this.field)),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'a field or `}`' });
    return this.ACTION((): SearchNode => ({
      kind: 'search',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      space: nameNode(space),
      args,
      fields,
    }));
  });

  private field: ParserMethod<[], FieldNode> = this.RULE('field', () => {
    const first = this.CONSUME(T.Name, { ERR_MSG: 'a field name' });
    const value = this.OR<FieldValue>({
      DEF: [{ ALT: () => this.SUBRULE(this.amounts) }, { ALT: () => this.SUBRULE(this.pipeline) }],
      ERR_MSG: 'a value',
    });
    return this.ACTION((): FieldNode => ({
      kind: 'field',
      span: this.from(first),
      name: nameNode(first),
      value,
    }));
  });

  /** `20 trials or 10 minutes` */
  private amounts: ParserMethod<[], AmountsNode> = this.RULE('amounts', () => {
    const first = this.LA(1);
    const amounts: AmountNode[] = [this.SUBRULE(this.amount)];
    this.MANY(() => {
      this.CONSUME(T.Or);
      amounts.push(this.SUBRULE1(this.amount));
    });
    return this.ACTION((): AmountsNode => ({ kind: 'amounts', span: this.from(first), amounts }));
  });

  private amount: ParserMethod<[], AmountNode> = this.RULE('amount', () => {
    const number = this.CONSUME(T.NumberText, { ERR_MSG: 'a number' });
    const unit = this.CONSUME(T.Name, { ERR_MSG: 'a unit, as in `20 trials`' });
    return this.ACTION((): AmountNode => ({
      kind: 'amount',
      span: this.from(number),
      number: numberNode(number),
      unit: nameNode(unit),
    }));
  });
}
