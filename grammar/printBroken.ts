/**
 * Expressions, bodies and answers to text: on one line where that fits, otherwise broken at the outermost place. Every
 * line break gives out the comments that stand before what follows it.
 */
import type {
  AlternativeNode,
  AnswerNode,
  ArgNode,
  BlockNode,
  CallNode,
  ChooseNode,
  Expr,
  GeneratorNode,
  IfNode,
  ListNode,
  NodesNode,
  PipeNode,
  SpreadNode,
  Statement,
} from './ast.ts';
import { isStatement, writePath, writePattern } from './nodes.ts';
import { ItemPrinter } from './printItems.ts';
import {
  binaryLevels,
  isBare,
  isLabelled,
  itemText,
  level,
  levelOf,
  operandLevels,
  printWidth,
} from './printFlat.ts';
import { lastColumn, TextBuilder } from './textBuilder.ts';

/** A part of a bracket: how it is printed from an indent, and its text on one line if it has one. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly line: string | undefined;
  readonly print: (indent: number, column: number) => string;
}

/** Prints on as many lines as it takes. */
export class BrokenPrinter extends ItemPrinter {
  /** An expression that begins at `column`; its further lines are indented from `indent`. */
  protected print(node: Expr, indent: number, column: number, minimum: number = level.any): string {
    const line = this.flat(node, minimum);
    if (line !== undefined && column + line.length <= printWidth) return line;
    if (levelOf(node) < minimum) return `(${this.broken(node, indent, column + 1)})`;
    return this.broken(node, indent, column);
  }

  private broken(node: Expr, indent: number, column: number): string {
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'bool':
      case 'none':
      case 'reference':
        return this.flatNode(node) ?? '';
      case 'tuple':
        return this.bracket(
          '(',
          node.items.map((i) => this.itemPart(i)),
          ')',
          node,
          indent,
          column,
        );
      case 'list':
        return this.brokenList(node, indent, column);
      case 'unary': {
        const sign = node.operator === 'not' ? 'not ' : '-';
        const tight = node.operator === 'not' ? level.comparison : level.primary;
        return sign + this.print(node.operand, indent, column + sign.length, tight);
      }
      case 'binary': {
        const [leftLevel, rightLevel] = operandLevels(node.operator);
        const left = this.print(node.left, indent, column, leftLevel);
        const sign = `${node.operator} `;
        // A comparison does not continue the line above: only what stands beside it is broken.
        const comparison = binaryLevels[node.operator] === level.comparison;
        if (comparison || this.staysTogether(node, node.left.span.end, node.right.span.start)) {
          const start = lastColumn(left, column) + sign.length + 1;
          return `${left} ${sign}${this.print(node.right, indent, start, rightLevel)}`;
        }
        const inner = indent + 2;
        const gap = this.lineBreak(inner, node.right.span.start);
        return `${left}${gap}${sign}${this.print(node.right, inner, inner + sign.length, rightLevel)}`;
      }
      case 'range': {
        const from = this.print(node.from, indent, column, level.sum);
        return `${from}..${this.rangeEnd(node, indent)}`;
      }
      case 'pipe':
        return this.brokenPipe(node, indent, column);
      case 'call':
        return this.brokenCall(node, indent, column);
      case 'member':
        return `${this.printObject(node.object, indent, column)}.${node.name.text}`;
      case 'index': {
        const object = this.printObject(node.object, indent, column);
        return `${object}[${this.print(node.index, indent, lastColumn(object, column) + 1)}]`;
      }
      case 'if':
        return this.brokenIf(node, indent, column);
      case 'choose':
        return this.brokenChoose(node, indent, column);
      case 'repeat': {
        const count = this.print(node.count, indent, column + 7, level.either);
        return `repeat ${count} ${this.printBlock(node.body, indent, lastColumn(count, column + 7) + 1)}`;
      }
      case 'for': {
        const head = `for ${writePattern(node.pattern)} in `;
        const source = this.print(node.source, indent, column + head.length, level.either);
        const start = lastColumn(source, column + head.length) + 1;
        return `${head}${source} ${this.printBlock(node.body, indent, start)}`;
      }
      default:
        return node satisfies never;
    }
  }

  /**
   * True when an operator stays on its line: it was written there, and the line is not too long but holds something that
   * was written over several lines.
   */
  private staysTogether(node: Expr, from: number, to: number): boolean {
    return (
      this.layout !== undefined && this.flat(node, level.any) === undefined && !this.layout.breaks(from, to)
    );
  }

  /** `TO step STEP` */
  private rangeEnd(
    { to, step }: { readonly to: Expr; readonly step: Expr | undefined },
    indent: number,
  ): string {
    const end = this.print(to, indent, indent, level.sum);
    return step ? `${end} step ${this.print(step, indent, indent, level.sum)}` : end;
  }

  private brokenIf(node: IfNode, indent: number, column: number): string {
    const { condition, then, otherwise } = node;
    const inner = indent + 2;
    const together =
      this.staysTogether(node, condition.span.end, then.span.start) &&
      this.staysTogether(node, then.span.end, otherwise.span.start);
    if (together) {
      const head = `if ${this.print(condition, indent, column + 3, level.either)} then `;
      const first = head + this.print(then, indent, lastColumn(head, column));
      return `${first} else ${this.print(otherwise, indent, lastColumn(first, column) + 6)}`;
    }
    const head = `if ${this.print(condition, inner, column + 3, level.either)}`;
    const first = `${this.lineBreak(inner, then.span.start)}then ${this.print(then, inner, inner + 5)}`;
    const second = this.lineBreak(inner, otherwise.span.start);
    return `${head}${first}${second}else ${this.print(otherwise, inner, inner + 5)}`;
  }

  // ------------------------------------------------------------------ pipelines

  /** A pipeline keeps the line breaks that it was written with; where that does not fit, each stage has its own line. */
  private brokenPipe(node: PipeNode, indent: number, column: number): string {
    const breaks = this.keptBreaks(node, indent, column) ?? node.stages.map((_, i) => i > 0);
    const inner = indent + 2;
    const text = new TextBuilder(column);
    let from = indent;
    for (const [i, stage] of node.stages.entries()) {
      if (breaks[i]) {
        from = inner;
        text.add(`${this.lineBreak(inner, stage.span.start)}|> `);
      } else if (i > 0) text.add(' |> ');
      text.add(this.print(stage, from, text.column, level.either));
    }
    return text.toString();
  }

  /** Where the lines of a pipeline ended; undefined where they would be too long, or the layout is not to be kept. */
  private keptBreaks({ stages }: PipeNode, indent: number, column: number): boolean[] | undefined {
    const { layout } = this;
    if (!layout) return undefined;
    const breaks = stages.map(
      (stage, i) => i > 0 && layout.breaks(stages[i - 1]?.span.end ?? 0, stage.span.start),
    );
    let at = column;
    for (const [i, stage] of stages.entries()) {
      if (breaks[i]) at = indent + 5;
      else if (i > 0) at += 4;
      const line = this.flat(stage, level.either);
      const fits = line !== undefined && at + line.length <= printWidth;
      // A stage over several lines ends with a bracket at the indent. What is too long by itself stays on its line.
      at = fits ? at + line.length : line === undefined || breaks[i] ? indent + 3 : Infinity;
      if (at > printWidth) return undefined;
    }
    return breaks;
  }

  // ------------------------------------------------------------------ brackets

  private brokenList(node: ListNode, indent: number, column: number): string {
    const [item] = node.items;
    if (node.generator && item) {
      if (!node.brackets) return this.generated(item, node.generator, indent, column);
      const inner = indent + 2;
      const opening = this.lineBreak(inner, item.span.start);
      const text = this.generated(item, node.generator, inner, inner);
      return `[${opening}${text}${this.lineBreak(indent, node.span.end)}]`;
    }
    return this.bracket(
      '[',
      node.items.map((i) => this.itemPart(i)),
      ']',
      node,
      indent,
      column,
    );
  }

  /** An item with the generator on a line below it. */
  private generated(
    item: Expr | SpreadNode,
    generator: GeneratorNode,
    indent: number,
    column: number,
  ): string {
    const { pattern, source, condition } = generator;
    const text = this.itemPart(item).print(indent, column) + this.lineBreak(indent, pattern.span.start);
    const head = `for ${writePattern(pattern)} in `;
    const list = this.print(source, indent, indent + head.length, level.either);
    if (!condition) return text + head + list;
    const gap = this.lineBreak(indent, condition.span.start);
    return `${text}${head}${list}${gap}if ${this.print(condition, indent, indent + 3, level.either)}`;
  }

  private itemPart(node: Expr | SpreadNode): Part {
    const { start, end } = node.span;
    const line = this.flatItem(node);
    if (node.kind !== 'spread') return { start, end, line, print: (i, c) => this.print(node, i, c) };
    return { start, end, line, print: (i, c) => `...${this.print(node.value, i, c + 3)}` };
  }

  private argPart(arg: ArgNode): Part {
    const { start, end } = arg.span;
    const name = arg.name ? `${arg.name.text}: ` : '';
    const print = (i: number, c: number): string => name + this.print(arg.value, i, c + name.length);
    return { start, end, line: this.flatArg(arg), print };
  }

  private brokenCall(node: CallNode, indent: number, column: number): string {
    const head = this.printObject(node.callee, indent, column);
    const [only, second] = node.args;
    if (only && !second && node.statics.length === 0 && !only.name && !isGenerated(only.value)) {
      return `${head}(${this.print(only.value, indent, lastColumn(head, column) + 1)})`;
    }
    const args = node.args.map((a) => this.argPart(a));
    const parts = [...args, ...node.statics.map((a) => this.argPart(a))];
    const semicolon = node.statics.length > 0 ? args.length : undefined;
    return head + this.bracket('(', parts, ')', node, indent, lastColumn(head, column), semicolon);
  }

  private printObject(node: Expr, indent: number, column: number): string {
    if (isBare(node)) return this.print(node, indent, column);
    return `(${this.print(node, indent, column + 1)})`;
  }

  /** A bracket whose parts stand on lines of their own; `semicolon` is the number of parts before a `;`. */
  private bracket(
    open: string,
    parts: readonly Part[],
    close: string,
    node: { readonly span: { readonly start: number; readonly end: number } },
    indent: number,
    column: number,
    semicolon?: number,
  ): string {
    if (parts.length === 0) return open + close;
    const separator = (i: number): string => (i === semicolon ? ';' : ',');
    const lead = semicolon === 0 ? '; ' : '';
    const text = new TextBuilder(column);
    text.add(open);
    if (this.hugs(parts, node.span.end)) {
      text.add(lead);
      for (const [i, part] of parts.entries()) {
        if (i > 0) text.add(`${separator(i)} `);
        text.add(part.print(indent, text.column));
      }
      return text.toString() + close;
    }
    const inner = indent + 2;
    const grouped =
      this.layout !== undefined && parts.some((p, i) => i > 0 && this.brokenBetween(parts[i - 1] ?? p, p));
    for (const [i, part] of parts.entries()) {
      if (i > 0) text.add(separator(i));
      const { line } = part;
      const joins = grouped && i > 0 && line !== undefined && text.column + 2 + line.length <= printWidth;
      if (joins && !this.brokenBetween(parts[i - 1] ?? part, part)) {
        text.add(` ${line}`);
        continue;
      }
      text.add(this.lineBreak(inner, part.start));
      if (i === 0) text.add(lead);
      text.add(part.print(inner, text.column));
    }
    return text.toString() + this.lineBreak(indent, node.span.end) + close;
  }

  /** True when a bracket was written without line breaks of its own around what stands on several lines. */
  private hugs(parts: readonly Part[], end: number): boolean {
    if (!this.layout || parts.every((p) => p.line !== undefined)) return false;
    const last = parts.at(-1);
    return (
      !this.layout.breaks(last?.end ?? end, end) &&
      parts.every((p, i) => i === 0 || !this.brokenBetween(parts[i - 1] ?? p, p))
    );
  }

  // ------------------------------------------------------------------ choices

  private brokenChoose(node: ChooseNode, indent: number, column: number): string {
    const { name, amount, from } = node;
    let text = name ? `choose ${name.text} ` : 'choose ';
    if (amount?.kind === 'any') text += 'any ';
    else if (amount) text += `${this.printAmount(amount, indent, lastColumn(text, column))} `;
    switch (from.kind) {
      case 'range':
        return text + this.printAmount(from, indent, lastColumn(text, column));
      case 'from':
        text += 'from ';
        return text + this.print(from.list, indent, lastColumn(text, column), level.range);
      case 'alternatives': {
        if (amount) text += 'of ';
        const items = this.braces(from.items, indent, from.span, (item) =>
          this.alternative(item, indent + 2),
        );
        return text + items;
      }
      default:
        return from satisfies never;
    }
  }

  private printAmount(node: Expr, indent: number, column: number): string {
    const start = node.kind === 'range' ? node.from : node;
    const text = start.kind === 'number' ? start.raw : `(${this.print(start, indent, column + 1)})`;
    return node.kind === 'range' ? `${text}..${this.rangeEnd(node, indent)}` : text;
  }

  private alternative(node: AlternativeNode | SpreadNode, indent: number): string {
    const line = this.flatAlternative(node);
    if (line !== undefined && indent + line.length <= printWidth) return line;
    if (node.kind === 'spread') return `...${this.print(node.value, indent, indent + 3, level.primary)}`;
    const { label, condition, value } = node;
    let text: string;
    if (isLabelled(node)) text = label?.text ?? '';
    else text = value.kind === 'block' ? '' : this.printItem(value, indent);
    if (condition) {
      text += ' when ';
      text += this.print(condition, indent, lastColumn(text, indent), level.either);
    }
    if (!isLabelled(node)) return text;
    text += ': ';
    const column = lastColumn(text, indent);
    return (
      text +
      (value.kind === 'block' ? this.printBlock(value, indent, column) : this.print(value, indent, column))
    );
  }

  // ------------------------------------------------------------------ bodies and statements

  /** A body in braces. */
  protected printBlock(block: BlockNode, indent: number, column: number): string {
    const line = this.flatBlock(block);
    if (line !== undefined && column + line.length <= printWidth) return line;
    return this.brokenBlock(block, indent);
  }

  /** A body in braces on several lines. */
  protected brokenBlock(block: BlockNode, indent: number): string {
    const items: (Statement | Expr)[] = [...block.statements, block.value];
    return this.braces(items, indent, block.span, (item) =>
      isStatement(item) ? this.statement(item, indent + 2) : this.printItem(item, indent + 2),
    );
  }

  /** `= expr` or a body in braces, behind a head that ends at `column`. */
  protected printBody(body: BlockNode, indent: number, column: number): string {
    if (body.braces) return ` ${this.printBlock(body, indent, column + 1)}`;
    return ` = ${this.print(body.value, indent, column + 3)}`;
  }

  private printItem(node: Expr, indent: number): string {
    const text = this.flat(node, level.any);
    if (text !== undefined && indent + text.length <= printWidth) return itemText(text) ?? text;
    return beginsWithMinus(node)
      ? `(${this.print(node, indent, indent + 1)})`
      : this.print(node, indent, indent);
  }

  protected statement(node: Statement, indent: number): string {
    switch (node.kind) {
      case 'let': {
        const head = `let ${writePattern(node.pattern)} = `;
        return head + this.print(node.value, indent, indent + head.length);
      }
      case 'nodes':
        return this.nodes(node, indent);
      case 'require':
        return `require ${this.print(node.condition, indent, indent + 8)}`;
      default:
        return node satisfies never;
    }
  }

  private nodes(node: NodesNode, indent: number): string {
    const head = `nodes ${node.name.text}[${node.index ? `${node.index.text}: ` : ''}`;
    const count = `${head}${this.print(node.count, indent, indent + head.length)}]`;
    return count + this.printBody(node.body, indent, lastColumn(count, indent));
  }

  // ------------------------------------------------------------------ answers

  protected answer(node: AnswerNode, indent: number, column: number): string {
    const line = this.flatAnswer(node);
    if (line !== undefined && column + line.length <= printWidth) return line;
    switch (node.kind) {
      case 'answerList': {
        const close = node.brackets === '[' ? ']' : ')';
        const parts = node.items.map((item): Part => ({
          start: item.span.start,
          end: item.span.end,
          line: this.flatAnswer(item),
          print: (i, c) => this.answer(item, i, c),
        }));
        return this.bracket(node.brackets, parts, close, node, indent, column);
      }
      case 'answerMap':
        return this.braces(node.entries, indent, node.span, ({ path, answer }) => {
          const head = `${writePath(path)}: `;
          return head + this.answer(answer, indent + 2, indent + 2 + head.length);
        });
      case 'path':
        return writePath(node);
      case 'number':
        return node.raw;
      case 'bool':
        return String(node.value);
      case 'none':
        return 'none';
      default:
        return node satisfies never;
    }
  }
}

function isGenerated(node: Expr): boolean {
  return node.kind === 'list' && !node.brackets;
}

/** True when the text of a node begins with a minus sign. */
function beginsWithMinus(node: Expr): boolean {
  switch (node.kind) {
    case 'unary':
      return node.operator === '-';
    case 'binary':
      return levelOf(node.left) >= operandLevels(node.operator)[0] && beginsWithMinus(node.left);
    case 'range':
      return levelOf(node.from) >= level.sum && beginsWithMinus(node.from);
    case 'pipe': {
      const [first] = node.stages;
      return first !== undefined && levelOf(first) >= level.either && beginsWithMinus(first);
    }
    default:
      return false;
  }
}
