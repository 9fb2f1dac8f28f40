/** The rules of what is written as fields: searches, genomes, programs and moves. */
import type { IToken, ParserMethod } from 'chevrotain';
import type {
  AmountNode,
  AmountsNode,
  CountedNode,
  FieldNode,
  FieldValue,
  GenomeNode,
  MovesNode,
  ProgramNode,
  RecordNode,
  SearchNode,
} from './ast.ts';
import { ArchitectureRules } from './architectureRules.ts';
import { nameNode, numberNode } from './buildAst.ts';
import * as T from './tokens.ts';

interface Fields {
  readonly opener: IToken;
  readonly fields: FieldNode[];
}

/** `search`, `genome`, `program`, `moves` and their fields. */
export abstract class RecordRules extends ArchitectureRules {
  /** `search NAME of SPACE(args) { fields }` */
  protected search: ParserMethod<[], SearchNode> = this.RULE('search', () => {
    const first = this.CONSUME(T.Search);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    this.CONSUME(T.Of, { ERR_MSG: '`of` and the name of a space' });
    const space = this.CONSUME1(T.Name, { ERR_MSG: 'a space name' });
    // Fields are read on in spite of errors, which arguments with errors would not survive.
    const args = this.unbroken(() => this.SUBRULE(this.spaceArguments)) ?? [];
    const { fields } = this.SUBRULE(this.fields, { ARGS: ['`(` or `{`'] });
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

  /** `genome NAME { fields }` */
  protected genome: ParserMethod<[], GenomeNode> = this.RULE('genome', () => {
    const first = this.CONSUME(T.Genome);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    const { fields } = this.SUBRULE(this.fields, { ARGS: ['`{`'] });
    return this.ACTION((): GenomeNode => ({
      kind: 'genome',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      fields,
    }));
  });

  /** `program NAME { fields }` */
  protected program: ParserMethod<[], ProgramNode> = this.RULE('program', () => {
    const first = this.CONSUME(T.Program);
    const name = this.CONSUME(T.Name, { ERR_MSG: 'a name' });
    const { fields } = this.SUBRULE(this.fields, { ARGS: ['`{`'] });
    return this.ACTION((): ProgramNode => ({
      kind: 'program',
      span: this.from(first),
      doc: this.docOf(first),
      name: nameNode(name),
      fields,
    }));
  });

  /** `moves of SPACE { fields }` */
  protected moves: ParserMethod<[], MovesNode> = this.RULE('moves', () => {
    const first = this.CONSUME(T.Moves);
    this.CONSUME(T.Of, { ERR_MSG: '`of` and the name of a space' });
    const space = this.CONSUME(T.Name, { ERR_MSG: 'a space name' });
    const { fields } = this.SUBRULE(this.fields, { ARGS: ['`{`'] });
    return this.ACTION((): MovesNode => ({
      kind: 'moves',
      span: this.from(first),
      doc: this.docOf(first),
      space: nameNode(space),
      fields,
    }));
  });

  /** `{ fields }`; the argument says what was expected where it does not begin. */
  private fields: ParserMethod<[string], Fields> = this.RULE('fields', (expected: string) => {
    const opener = this.CONSUME(T.LeftBrace, { ERR_MSG: expected });
    const after = 'an operator, `,`, the end of the line or `}`';
    const fields = this.series({ place: 'field', opener, ends: [T.Separator], after }, T.Separator, () =>
      this.unbroken(() => this.SUBRULE(this.field)),
    );
    this.CONSUME(T.RightBrace, { ERR_MSG: 'a field or `}`' });
    return { opener, fields };
  });

  private field: ParserMethod<[], FieldNode> = this.RULE('field', () => {
    const first = this.CONSUME(T.Name, { ERR_MSG: 'a field name' });
    const value = this.OR<FieldValue>({
      DEF: [
        { ALT: () => this.SUBRULE(this.record) },
        { ALT: () => this.SUBRULE(this.countedItems) },
        { ALT: () => this.SUBRULE(this.amounts) },
        { ALT: () => this.SUBRULE(this.pipeline) },
      ],
      ERR_MSG: 'a value',
    });
    return this.ACTION((): FieldNode => ({
      kind: 'field',
      span: this.from(first),
      name: nameNode(first),
      value,
    }));
  });

  private record: ParserMethod<[], RecordNode> = this.RULE('record', () => {
    const { opener, fields } = this.SUBRULE(this.fields, { ARGS: ['`{`'] });
    return this.ACTION((): RecordNode => ({ kind: 'record', span: this.from(opener), fields }));
  });

  /** `10 of [dot, s_sub]` */
  private countedItems: ParserMethod<[], CountedNode> = this.RULE('countedItems', () => {
    const count = this.CONSUME(T.NumberText);
    this.CONSUME(T.Of);
    const items = this.SUBRULE(this.list);
    return this.ACTION((): CountedNode => ({
      kind: 'counted',
      span: this.from(count),
      count: numberNode(count),
      items,
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
