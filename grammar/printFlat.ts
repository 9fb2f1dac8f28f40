/**
 * Nodes to text on one line, with as few parentheses as the grammar and a reader need. A node that cannot stand on one
 * line (a comment is inside, or its braces were written over several lines) gives undefined.
 */
import type {
  AlternativeNode,
  AnswerNode,
  ArgNode,
  BinaryOperator,
  BlockNode,
  CallNode,
  ChooseNode,
  EntryNode,
  Expr,
  FieldNode,
  FieldValue,
  GeneratorNode,
  ListNode,
  PipeNode,
  RangeNode,
  SpreadNode,
  Statement,
} from './ast.ts';
import { writePath, writePattern } from './nodes.ts';
import type { CommentStream } from './printComments.ts';
import type { Span } from './source.ts';
import { writeString } from './strings.ts';
import type { WrittenLayout } from './writtenLayout.ts';

/** Lines are broken to stay within so many columns where they can. */
export const printWidth: number = 110;

/** How tightly an expression holds together; the numbers order the grammar's levels. */
export const level = {
  any: 0,
  either: 1,
  not: 3,
  comparison: 4,
  range: 5,
  sum: 6,
  unary: 8,
  primary: 10,
} as const;

/** The level of each operator with two operands. */
export const binaryLevels: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
};

/** The level at which an expression can stand without parentheses. */
export function levelOf(node: Expr): number {
  switch (node.kind) {
    // An `if` reads as far to the right as it can: anywhere but at an end it stands in parentheses.
    case 'if':
    case 'pipe':
      return level.any;
    case 'binary':
      return binaryLevels[node.operator];
    case 'unary':
      return node.operator === 'not' ? level.not : level.unary;
    case 'range':
      return level.range;
    case 'choose':
      return node.from.kind === 'alternatives' ? level.primary : level.range;
    default:
      return level.primary;
  }
}

/** The levels that the operands must have: comparisons do not chain, the others group to the left. */
export function operandLevels(operator: BinaryOperator): readonly [number, number] {
  const own = binaryLevels[operator];
  return [own === level.comparison ? own + 1 : own, own + 1];
}

/** Prints on one line. One instance serves one tree: it remembers what it has printed. */
export class FlatPrinter {
  protected readonly comments: CommentStream;
  /** How the text was written; undefined where the layout is to depend on the tree alone. */
  protected readonly layout: WrittenLayout | undefined;
  private readonly lines = new Map<Expr | BlockNode, string | undefined>();

  constructor(comments: CommentStream, layout: WrittenLayout | undefined) {
    this.comments = comments;
    this.layout = layout;
  }

  /** An expression on one line, in parentheses where it does not hold together as tightly as `minimum`. */
  protected flat(node: Expr, minimum: number): string | undefined {
    const line = this.remembered(node, () => this.flatNode(node));
    return line !== undefined && levelOf(node) < minimum ? `(${line})` : line;
  }

  private remembered(node: Expr | BlockNode, make: () => string | undefined): string | undefined {
    let line = this.lines.get(node);
    if (line === undefined && !this.lines.has(node)) {
      line = this.comments.inside(node.span) ? undefined : make();
      this.lines.set(node, line);
    }
    return line;
  }

  protected flatNode(node: Expr): string | undefined {
    switch (node.kind) {
      case 'number':
        return node.raw;
      case 'string':
        return writeString(node.value);
      case 'bool':
        return String(node.value);
      case 'none':
        return 'none';
      case 'reference':
        return node.name;
      case 'tuple':
        return join`(${this.flatList(node.items)})`;
      case 'list':
        return this.flatListNode(node);
      case 'unary':
        return node.operator === 'not'
          ? join`not ${this.flat(node.operand, level.comparison)}`
          : join`-${this.flat(node.operand, level.primary)}`;
      case 'binary': {
        const [left, right] = operandLevels(node.operator);
        return join`${this.flat(node.left, left)} ${node.operator} ${this.flat(node.right, right)}`;
      }
      case 'range':
        return this.flatRange(node, this.flat(node.from, level.sum));
      case 'pipe':
        return this.flatPipe(node);
      case 'call':
        return join`${this.flatObject(node.callee)}(${this.flatArgs(node)})`;
      case 'member':
        return join`${this.flatObject(node.object)}.${node.name.text}`;
      case 'index':
        return join`${this.flatObject(node.object)}[${this.flat(node.index, level.any)}]`;
      case 'if':
        return join`if ${this.flat(node.condition, level.either)} then ${this.flat(node.then, level.any)} else ${this.flat(node.otherwise, level.any)}`;
      case 'choose':
        return join`${this.flatChooseHead(node)} ${this.flatChosen(node)}`;
      case 'repeat':
        return join`repeat ${this.flat(node.count, level.either)} ${this.flatBlock(node.body)}`;
      case 'for':
        return join`for ${writePattern(node.pattern)} in ${this.flat(node.source, level.either)} ${this.flatBlock(node.body)}`;
      default:
        return node satisfies never;
    }
  }

  /** A pipeline, unless it was written over several lines. */
  private flatPipe({ stages }: PipeNode): string | undefined {
    if (stages.some((s, i) => i > 0 && this.layout?.breaks(stages[i - 1]?.span.end ?? 0, s.span.start))) {
      return undefined;
    }
    return all(
      stages.map((s) => this.flat(s, level.either)),
      ' |> ',
    );
  }

  private flatList(items: readonly (Expr | SpreadNode)[]): string | undefined {
    return all(
      items.map((i) => this.flatItem(i)),
      ', ',
    );
  }

  private flatListNode({ items, generator, brackets }: ListNode): string | undefined {
    const list = this.flatList(items);
    const text = generator ? join`${list} ${this.flatGenerator(generator)}` : list;
    return brackets ? join`[${text}]` : text;
  }

  /** An item of a list, spread or not. */
  protected flatItem(item: Expr | SpreadNode): string | undefined {
    return item.kind === 'spread' ? join`...${this.flat(item.value, level.any)}` : this.flat(item, level.any);
  }

  private flatGenerator({ pattern, source, condition }: GeneratorNode): string | undefined {
    const head = join`for ${writePattern(pattern)} in ${this.flat(source, level.either)}`;
    return condition ? join`${head} if ${this.flat(condition, level.either)}` : head;
  }

  private flatRange(node: RangeNode, from: string | undefined): string | undefined {
    const range = join`${from}..${this.flat(node.to, level.sum)}`;
    return node.step ? join`${range} step ${this.flat(node.step, level.sum)}` : range;
  }

  /** What is called, or a part of which is selected. */
  private flatObject(node: Expr): string | undefined {
    return isBare(node) ? this.flat(node, level.any) : join`(${this.flat(node, level.any)})`;
  }

  private flatArgs(node: CallNode): string | undefined {
    const [args, statics] = [this.flatArgList(node.args), this.flatArgList(node.statics)];
    if (node.statics.length === 0) return args;
    return args === '' ? join`; ${statics}` : join`${args}; ${statics}`;
  }

  protected flatArgList(list: readonly ArgNode[]): string | undefined {
    return all(
      list.map((a) => this.flatArg(a)),
      ', ',
    );
  }

  protected flatArg(arg: ArgNode): string | undefined {
    const value = this.flat(arg.value, level.any);
    return arg.name ? join`${arg.name.text}: ${value}` : value;
  }

  // ------------------------------------------------------------------ choices

  /** `choose NAME AMOUNT`, and `of` where alternatives follow an amount. */
  private flatChooseHead({ name, amount, from }: ChooseNode): string | undefined {
    const head = name ? `choose ${name.text}` : 'choose';
    if (!amount) return head;
    const of = from.kind === 'alternatives' ? ' of' : '';
    if (amount.kind === 'any') return `${head} any${of}`;
    return join`${head} ${this.flatAmount(amount)}${of}`;
  }

  /** After `choose` a number stands bare; anything else that is computed, in parentheses. */
  private flatAmount(amount: Expr): string | undefined {
    if (amount.kind === 'range') return this.flatRange(amount, this.flatStart(amount.from));
    return this.flatStart(amount);
  }

  private flatStart(node: Expr): string | undefined {
    return node.kind === 'number' ? node.raw : join`(${this.flat(node, level.any)})`;
  }

  private flatChosen({ from }: ChooseNode): string | undefined {
    switch (from.kind) {
      case 'range':
        return this.flatAmount(from);
      case 'from':
        return join`from ${this.flat(from.list, level.range)}`;
      case 'alternatives': {
        const plain = from.items.every((a) => a.kind === 'spread' || !isLabelled(a));
        const texts = from.items.map((a) => this.flatAlternative(a));
        return this.flatBraces(from.span, from.items[0]?.span, texts, plain);
      }
      default:
        return from satisfies never;
    }
  }

  protected flatAlternative(node: AlternativeNode | SpreadNode): string | undefined {
    if (node.kind === 'spread') return join`...${this.flat(node.value, level.primary)}`;
    const { value } = node;
    const head = this.flatAlternativeHead(node);
    if (!isLabelled(node)) return head;
    const text = value.kind === 'block' ? this.flatBlock(value) : this.flat(value, level.any);
    return join`${head}: ${text}`;
  }

  /** The label, or the value where it labels itself, and the condition. */
  protected flatAlternativeHead(node: AlternativeNode): string | undefined {
    const { label, condition, value } = node;
    let text: string | undefined;
    if (isLabelled(node)) text = label?.text;
    else if (value.kind !== 'block') text = itemText(this.flat(value, level.any));
    return condition ? join`${text} when ${this.flat(condition, level.either)}` : text;
  }

  // ------------------------------------------------------------------ bodies and statements

  /** A body in braces. */
  protected flatBlock(block: BlockNode): string | undefined {
    return this.remembered(block, () => {
      const { statements, value } = block;
      if (statements.length > 0 && !this.layout) return undefined;
      const texts = [...statements.map((s) => this.flatStatement(s)), itemText(this.flat(value, level.any))];
      return this.flatBraces(block.span, (statements[0] ?? value).span, texts);
    });
  }

  /** ` = expr` or ` { ... }` */
  private flatBody(body: BlockNode): string | undefined {
    return body.braces ? join` ${this.flatBlock(body)}` : join` = ${this.flat(body.value, level.any)}`;
  }

  protected flatStatement(node: Statement): string | undefined {
    if (node.kind !== 'require' && node.doc !== undefined && this.comments.kept) return undefined;
    switch (node.kind) {
      case 'let':
        return join`let ${writePattern(node.pattern)} = ${this.flat(node.value, level.any)}`;
      case 'nodes': {
        const index = node.index ? `${node.index.text}: ` : '';
        return join`nodes ${node.name.text}[${index}${this.flat(node.count, level.any)}]${this.flatBody(node.body)}`;
      }
      case 'require':
        return join`require ${this.flat(node.condition, level.any)}`;
      default:
        return node satisfies never;
    }
  }

  /** Items in braces, unless they were written over several lines. `first` is the place of the first one. */
  protected flatBraces(
    span: Span,
    first: Span | undefined,
    items: readonly (string | undefined)[],
    tight = false,
  ): string | undefined {
    if (first && this.layout?.breaks(span.start, first.start)) return undefined;
    const text = all(items, ', ');
    if (text === '') return '{ }';
    return tight ? join`{${text}}` : join`{ ${text} }`;
  }

  // ------------------------------------------------------------------ fields and answers

  protected flatField({ name, value }: FieldNode): string | undefined {
    return join`${name.text} ${this.flatFieldValue(value)}`;
  }

  protected flatFieldValue(value: FieldValue): string | undefined {
    switch (value.kind) {
      case 'amounts':
        return value.amounts.map((a) => `${a.number.raw} ${a.unit.text}`).join(' or ');
      case 'counted':
        return join`${value.count.raw} of ${this.flat(value.items, level.any)}`;
      case 'record':
        if (this.comments.inside(value.span)) return undefined;
        return this.flatBraces(
          value.span,
          value.fields[0]?.span,
          value.fields.map((f) => this.flatField(f)),
        );
      default:
        return this.flat(value, level.any);
    }
  }

  protected flatAnswer(node: AnswerNode): string | undefined {
    if (this.comments.inside(node.span)) return undefined;
    switch (node.kind) {
      case 'path':
        return writePath(node);
      case 'number':
        return node.raw;
      case 'bool':
        return String(node.value);
      case 'none':
        return 'none';
      case 'answerList': {
        const items = all(
          node.items.map((i) => this.flatAnswer(i)),
          ', ',
        );
        return node.brackets === '[' ? join`[${items}]` : join`(${items})`;
      }
      case 'answerMap': {
        const texts = node.entries.map((e) => this.flatEntry(e, ': '));
        return this.flatBraces(node.span, node.entries[0]?.span, texts, true);
      }
      default:
        return node satisfies never;
    }
  }

  protected flatEntry({ path, answer }: EntryNode, sign: string): string | undefined {
    return join`${writePath(path)}${sign}${this.flatAnswer(answer)}`;
  }
}

/** True for what can be called or indexed without parentheses around it. */
export function isBare({ kind }: Expr): boolean {
  return kind === 'reference' || kind === 'call' || kind === 'member' || kind === 'index';
}

/** True when the label is written: a bare name, or `none`, is its own label. */
export function isLabelled({ label, value }: AlternativeNode): boolean {
  if (!label) return false;
  if (value.kind === 'none') return label.text !== 'none';
  return !(value.kind === 'reference' && value.name === label.text);
}

/** An item of braces. Its line may not begin with `-`: that would continue the line above. */
export function itemText(text: string | undefined): string | undefined {
  return text?.startsWith('-') ? `(${text})` : text;
}

/** The texts joined, unless one is missing. */
export function all(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.some((p) => p === undefined) ? undefined : parts.join(separator);
}

/** A template whose result is undefined when one of its values is. */
export function join(
  texts: TemplateStringsArray,
  ...values: readonly (string | undefined)[]
): string | undefined {
  let result = texts[0] ?? '';
  for (const [i, value] of values.entries()) {
    if (value === undefined) return undefined;
    result += value + (texts[i + 1] ?? '');
  }
  return result;
}
