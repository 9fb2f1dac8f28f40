/** The rules of files: `use`, spaces, motifs and cells; the parser itself. */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  ArgNode,
  CellNode,
  Declaration,
  Expr,
  InputNode,
  MotifNode,
  NameNode,
  OutputNode,
  ParamNode,
  SpaceNode,
  UseNode,
} from './ast.ts';
import { nameNode, stringNode } from './buildAst.ts';
import type { LaidToken } from './layout.ts';
import type { Frame } from './parserBase.ts';
import { RecordRules } from './recordRules.ts';
import type { Reports } from './reports.ts';
import * as T from './tokens.ts';

type SpaceItem = SpaceNode['items'][number];
/** `(tensors; statics)` of a motif or a cell. */
type Header = Pick<MotifNode, 'tensors' | 'params'>;

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
export class NasParser extends RecordRules {
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

  private declaration: ParserMethod<[], Declaration | undefined> = this.RULE('declaration', () =>
    this.OR<Declaration | undefined>({
      DEF: [
        { ALT: () => this.SUBRULE(this.use) },
        { ALT: () => this.SUBRULE(this.space) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.motif)) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.cell)) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.architecture)) },
        { ALT: () => this.SUBRULE(this.notation) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.moves)) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.property)) },
        { ALT: () => this.SUBRULE(this.search) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.genome)) },
        { ALT: () => this.unbroken(() => this.SUBRULE(this.program)) },
      ],
      ERR_MSG: 'a declaration such as `space`, `motif`, `cell` or `search`',
    }),
  );

  /** `use "file.nas"` */
  private use: ParserMethod<[], UseNode> = this.RULE('use', () => {
    const first = this.CONSUME(T.Use);
    const path = this.CONSUME(T.StringText, { ERR_MSG: 'a file name in double quotes' });
    return this.ACTION((): UseNode => ({ kind: 'use', span: this.from(first), path: stringNode(path) }));
  });

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
    const after = 'an operator, `,`, the end of the line or `}`';
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
        { ALT: () => this.SUBRULE(this.statement) },
      ],
      ERR_MSG: '`input`, `let`, `nodes`, `output`, `require` or `}`',
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

  /** `output expr` or `output NAME: expr` */
  private outputItem: ParserMethod<[], OutputNode> = this.RULE('outputItem', () => {
    const first = this.CONSUME(T.Output);
    let name: IToken | undefined;
    this.OPTION(() => {
      name = this.CONSUME(T.Name);
      this.CONSUME(T.Colon);
    });
    const value = this.SUBRULE(this.pipeline);
    return this.ACTION((): OutputNode => ({
      kind: 'output',
      span: this.from(first),
      name: name && nameNode(name),
      value,
    }));
  });

  /** `motif NAME(tensors; statics)` and a body */
  private motif: ParserMethod<[], MotifNode> = this.RULE('motif', () => {
    const first = this.CONSUME(T.Motif);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    const { tensors, params } = this.SUBRULE(this.header, { ARGS: ['`(` and the parameters'] });
    const body = this.SUBRULE(this.body);
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

  /** `[normal | reduction] cell NAME[count](tensors; statics)` and a body */
  private cell: ParserMethod<[], CellNode> = this.RULE('cell', () => {
    const first = this.LA(1);
    let contract: CellNode['contract'];
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(T.Normal);
            contract = 'normal';
          },
        },
        {
          ALT: () => {
            this.CONSUME(T.Reduction);
            contract = 'reduction';
          },
        },
      ]);
    });
    this.CONSUME(T.Cell, { ERR_MSG: '`cell`' });
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    let count: Expr | undefined;
    this.OPTION1(() => {
      this.CONSUME(T.LeftSquare);
      count = this.SUBRULE(this.pipeline);
      this.CONSUME(T.RightSquare, { ERR_MSG: 'an operator or `]`' });
    });
    const { tensors, params } = this.SUBRULE(this.header, { ARGS: ['`(` and the parameters, or `[`'] });
    const body = this.SUBRULE(this.body);
    return this.ACTION((): CellNode => ({
      kind: 'cell',
      span: this.from(first),
      doc: this.docOf(first),
      contract,
      name: nameNode(name),
      count,
      tensors,
      params,
      body,
    }));
  });

  private header: ParserMethod<[string], Header> = this.RULE('header', (expected: string) => {
    const opener = this.CONSUME(T.LeftParen, { ERR_MSG: expected });
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
    return { tensors, params };
  });
}
