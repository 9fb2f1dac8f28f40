/** The rules of what is said about the architectures of a space: literals, notations and properties. */
import type { ParserMethod } from 'chevrotain';
import type {
  AnswerListNode,
  AnswerMapNode,
  AnswerNode,
  ArchitectureNode,
  ArgNode,
  EntryNode,
  Expr,
  NotationNode,
  NumberNode,
  PathNode,
  PathStep,
  PropertyNode,
} from './ast.ts';
import { BodyRules } from './bodyRules.ts';
import { nameNode, numberNode, stringNode } from './buildAst.ts';
import { spanOf } from './lex.ts';
import { joinSpans } from './source.ts';
import * as T from './tokens.ts';

/** `architecture`, `notation` and `property`. */
export abstract class ArchitectureRules extends BodyRules {
  /** `architecture NAME of SPACE(args) { path = answer }` */
  protected architecture: ParserMethod<[], ArchitectureNode> = this.RULE('architecture', () => {
    const first = this.CONSUME(T.Architecture);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.Of, { ERR_MSG: '`of` and the name of a space' });
    const space = this.CONSUME1(T.Name, { ERR_MSG: 'a space name' });
    const args = this.SUBRULE(this.spaceArguments);
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: '`(` or `{`' });
    const after = '`,`, the end of the line or `}`';
    const entries = this.series({ place: 'entry', opener, ends: [T.Separator], after }, T.Separator, () =>
      this.SUBRULE(this.entry),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'a path or `}`' });
    return this.ACTION((): ArchitectureNode => ({
      kind: 'architecture',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      space: nameNode(space),
      args,
      entries,
    }));
  });

  /** `(args)` behind the name of a space, if there are any. */
  protected spaceArguments: ParserMethod<[], ArgNode[]> = this.RULE('spaceArguments', () => {
    let args: ArgNode[] = [];
    this.OPTION(() => {
      const list = this.SUBRULE(this.argumentList);
      this.ACTION(() => {
        args = [...list.args, ...list.statics];
      });
    });
    return args;
  });

  /** `path = answer` */
  private entry: ParserMethod<[], EntryNode> = this.RULE('entry', () => {
    const first = this.LA(1);
    const path = this.SUBRULE(this.path);
    this.CONSUME(T.Assign, { ERR_MSG: '`.`, `[` or `=` and an answer' });
    const answer = this.SUBRULE(this.answer);
    return this.ACTION((): EntryNode => ({ kind: 'entry', span: this.from(first), path, answer }));
  });

  /** `NAME { "." NAME | "[" ( INT | path ) "]" }` */
  private path: ParserMethod<[], PathNode> = this.RULE('path', () => {
    const first = this.CONSUME(T.Name, { ERR_MSG: 'a path, as in `normal.n[2].op`' });
    const steps: PathStep[] = [{ kind: 'name', span: spanOf(first), text: first.image }];
    this.MANY(() => {
      steps.push(
        this.OR<PathStep>([
          {
            ALT: () => {
              this.CONSUME(T.Dot);
              const name = this.OR1({
                DEF: [{ ALT: () => this.CONSUME1(T.Name) }, { ALT: () => this.CONSUME(T.None) }],
                ERR_MSG: 'a name',
              });
              return this.ACTION((): PathStep => ({ kind: 'name', span: spanOf(name), text: name.image }));
            },
          },
          { ALT: () => this.SUBRULE(this.pathIndex) },
        ]),
      );
    });
    return this.ACTION((): PathNode => ({ kind: 'path', span: this.from(first), steps }));
  });

  private pathIndex: ParserMethod<[], PathStep> = this.RULE('pathIndex', () => {
    const first = this.CONSUME(T.LeftSquare);
    const index = this.OR<NumberNode | PathNode>({
      DEF: [
        {
          ALT: () => {
            const token = this.CONSUME(T.NumberText);
            return this.ACTION(() => this.wholeNumber(numberNode(token)));
          },
        },
        { ALT: () => this.SUBRULE(this.path) },
      ],
      ERR_MSG: 'a number or a name',
    });
    this.CONSUME(T.RightSquare, { ERR_MSG: '`]`' });
    return this.ACTION((): PathStep => ({
      kind: 'index',
      span: this.from(first),
      index: index.kind === 'number' ? index.value : index,
    }));
  });

  private wholeNumber(node: NumberNode): NumberNode {
    if (!node.integer) {
      const details = { expected: 'a whole number, counted from 0' };
      this.reports.add('unexpectedToken', { found: `\`${node.raw}\`` }, node.span, details);
    }
    return node;
  }

  private answer: ParserMethod<[], AnswerNode> = this.RULE('answer', () =>
    this.OR<AnswerNode>({
      DEF: [
        { ALT: () => this.SUBRULE(this.numberAnswer) },
        {
          ALT: () => {
            const token = this.CONSUME(T.None);
            return this.ACTION((): AnswerNode => ({ kind: 'none', span: spanOf(token) }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.True);
            return this.ACTION((): AnswerNode => ({ kind: 'bool', span: spanOf(token), value: true }));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(T.False);
            return this.ACTION((): AnswerNode => ({ kind: 'bool', span: spanOf(token), value: false }));
          },
        },
        { ALT: () => this.SUBRULE(this.path) },
        { ALT: () => this.SUBRULE(this.answerList) },
        { ALT: () => this.SUBRULE(this.answerTuple) },
        { ALT: () => this.SUBRULE(this.answerMap) },
      ],
      ERR_MSG: 'an answer',
    }),
  );

  /** `3` or `-3`: the sign is part of the number, which is a label here. */
  private numberAnswer: ParserMethod<[], NumberNode> = this.RULE('numberAnswer', () => {
    const first = this.LA(1);
    let negative = false;
    this.OPTION(() => {
      this.CONSUME(T.Minus);
      negative = true;
    });
    const token = this.CONSUME(T.NumberText, { ERR_MSG: 'a number' });
    return this.ACTION((): NumberNode => {
      const node = numberNode(token);
      if (!negative) return node;
      return { ...node, span: joinSpans(spanOf(first), node.span), value: -node.value, raw: `-${node.raw}` };
    });
  });

  private answerList: ParserMethod<[], AnswerListNode> = this.RULE('answerList', () => {
    const opener = this.CONSUME(T.LeftSquare);
    const frame = { place: 'answer', opener, ends: [T.Comma], after: '`,` or `]`' } as const;
    const items = this.series(frame, T.Comma, () => this.SUBRULE(this.answer));
    this.CONSUME(T.RightSquare, { ERR_MSG: 'an answer or `]`' });
    return this.ACTION((): AnswerListNode => ({
      kind: 'answerList',
      span: this.from(opener),
      items,
      brackets: '[',
    }));
  });

  private answerTuple: ParserMethod<[], AnswerListNode> = this.RULE('answerTuple', () => {
    const opener = this.CONSUME(T.LeftParen);
    const frame = { place: 'answer', opener, ends: [T.Comma], after: '`,` or `)`' } as const;
    const items = this.series(frame, T.Comma, () => this.SUBRULE(this.answer));
    this.CONSUME(T.RightParen, { ERR_MSG: 'an answer or `)`' });
    return this.ACTION((): AnswerListNode => ({
      kind: 'answerList',
      span: this.from(opener),
      items,
      brackets: '(',
    }));
  });

  private answerMap: ParserMethod<[], AnswerMapNode> = this.RULE('answerMap', () => {
    const opener = this.CONSUME(T.LeftBrace);
    const frame = {
      place: 'map entry',
      opener,
      ends: [T.Separator],
      after: '`,`, the end of the line or `}`',
    } as const;
    const entries = this.series(frame, T.Separator, () => this.SUBRULE(this.mapEntry));
    this.CONSUME(T.RightBrace, { ERR_MSG: 'a path or `}`' });
    return this.ACTION((): AnswerMapNode => ({ kind: 'answerMap', span: this.from(opener), entries }));
  });

  /** `path: answer` */
  private mapEntry: ParserMethod<[], EntryNode> = this.RULE('mapEntry', () => {
    const first = this.LA(1);
    const path = this.SUBRULE(this.path);
    this.CONSUME(T.Colon, { ERR_MSG: '`.`, `[` or `:` and an answer' });
    const answer = this.SUBRULE(this.answer);
    return this.ACTION((): EntryNode => ({ kind: 'entry', span: this.from(first), path, answer }));
  });

  /** `notation NAME of SPACE "text"` */
  protected notation: ParserMethod<[], NotationNode> = this.RULE('notation', () => {
    const first = this.CONSUME(T.Notation);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.Of, { ERR_MSG: '`of` and the name of a space' });
    const space = this.CONSUME1(T.Name, { ERR_MSG: 'a space name' });
    const text = this.CONSUME(T.StringText, { ERR_MSG: 'a text in double quotes' });
    return this.ACTION((): NotationNode => ({
      kind: 'notation',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      space: nameNode(space),
      text: stringNode(text),
    }));
  });

  /** `property "NAME" for a in SPACE { expr }` */
  protected property: ParserMethod<[], PropertyNode> = this.RULE('property', () => {
    const first = this.CONSUME(T.Property);
    const name = this.CONSUME(T.StringText, { ERR_MSG: 'a name in double quotes' });
    this.CONSUME(T.For, { ERR_MSG: '`for` and a name for the architecture' });
    const variable = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.In, { ERR_MSG: '`in` and the name of a space' });
    const space = this.CONSUME1(T.Name, { ERR_MSG: 'a space name' });
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: '`{`' });
    const frame = { place: 'value', opener, ends: [T.Separator], after: 'an operator or `}`' } as const;
    const values: Expr[] = this.series(frame, T.Separator, () => this.SUBRULE(this.pipeline));
    this.CONSUME(T.RightBrace, { ERR_MSG: anExpressionOrBrace });
    return this.ACTION((): PropertyNode => {
      const [body, second] = values;
      if (second) {
        const hint = 'a property is one expression: join its parts with `and`';
        this.reports.add('unexpectedToken', { found: 'second expression' }, second.span, { hint });
      } else if (!body) {
        const expected = 'an expression between the braces';
        this.reports.add('unexpectedToken', { found: '`{ }`' }, this.from(opener), { expected });
      }
      return {
        kind: 'property',
        span: this.from(first),
        doc: this.docOf(first),
        name: stringNode(name),
        variable: nameNode(variable),
        space: nameNode(space),
        body: body ?? { kind: 'none', span: spanOf(opener) },
      };
    });
  });
}

const anExpressionOrBrace = 'an expression or `}`';
