/**
 * Expressions to text: on one line where that fits, otherwise broken at the outermost place, with as
 * few parentheses as the grammar and a reader need.
 */
import type {
  AlternativeNode,
  ArgNode,
  BinaryOperator,
  BlockNode,
  CallNode,
  ChooseNode,
  Expr,
  RangeNode,
  Statement,
} from './ast.ts';
import { writeString } from './strings.ts';

/** Lines are broken to stay within so many columns where they can. */
export const printWidth: number = 110;

/** How tightly an expression holds together; the numbers order the grammar's levels. */
const level = { any: 0, either: 1, not: 3, comparison: 4, range: 5, sum: 6, unary: 8, primary: 10 } as const;
const binaryLevels: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
};

function levelOf(node: Expr): number {
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
      return node.from.kind === 'range' ? level.range : level.primary;
    default:
      return level.primary;
  }
}

/** Prints the items of a body; given by the printer of files, which knows the comments between them. */
export type PrintItems = (items: readonly (Statement | Expr)[], indent: number, block: BlockNode) => string;

/** Prints expressions. One instance serves one tree: it remembers what fits on a line. */
export class ExpressionPrinter {
  private readonly lines = new Map<Expr | BlockNode, string | undefined>();
  private readonly printItems: PrintItems;

  constructor(printItems: PrintItems) {
    this.printItems = printItems;
  }

  /** An expression that begins at `column`; its further lines are indented from `indent`. */
  print(node: Expr, indent: number, column: number, minimum: number = level.any): string {
    const line = this.flat(node, minimum);
    if (line !== undefined && column + line.length <= printWidth) return line;
    if (levelOf(node) < minimum) return `(${this.broken(node, indent, column + 1)})`;
    return this.broken(node, indent, column);
  }

  /** An expression that is an item between braces. A line may not begin with `-`: it would continue the one above. */
  printItem(node: Expr, indent: number): string {
    const text = this.print(node, indent, indent);
    return text.startsWith('-') ? `(${this.print(node, indent, indent + 1)})` : text;
  }

  /** A body in braces. */
  printBlock(block: BlockNode, indent: number, column: number): string {
    const line = this.flatBlock(block);
    if (line !== undefined && column + line.length <= printWidth) return line;
    return this.brokenBlock(block, indent);
  }

  /** A body in braces on several lines. */
  brokenBlock(block: BlockNode, indent: number): string {
    const items = this.printItems([...block.statements, block.value], indent + 2, block);
    return `{\n${items}\n${' '.repeat(indent)}}`;
  }

  // ------------------------------------------------------------------ on one line

  private flat(node: Expr, minimum: number): string | undefined {
    let line = this.lines.get(node);
    if (line === undefined && !this.lines.has(node)) {
      line = this.flatNode(node);
      this.lines.set(node, line);
    }
    return line !== undefined && levelOf(node) < minimum ? `(${line})` : line;
  }

  private flatNode(node: Expr): string | undefined {
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
        return join`[${this.flatList(node.items)}]`;
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
        return all(
          node.stages.map((s) => this.flat(s, level.either)),
          ' |> ',
        );
      case 'call':
        return join`${this.flatCallee(node)}(${this.flatArgs(node)})`;
      case 'if':
        return join`if ${this.flat(node.condition, level.either)} then ${this.flat(node.then, level.any)} else ${this.flat(node.otherwise, level.any)}`;
      case 'choose':
        return join`${chooseHead(node)} ${this.flatChoices(node)}`;
      case 'repeat':
        return join`repeat ${this.flat(node.count, level.either)} ${this.flatBlock(node.body)}`;
      default:
        return node satisfies never;
    }
  }

  private flatList(items: readonly Expr[]): string | undefined {
    return all(
      items.map((i) => this.flat(i, level.any)),
      ', ',
    );
  }

  private flatRange(node: RangeNode, from: string | undefined): string | undefined {
    const range = join`${from}..${this.flat(node.to, level.sum)}`;
    return node.step ? join`${range} step ${this.flat(node.step, level.sum)}` : range;
  }

  private flatCallee({ callee }: CallNode): string | undefined {
    const bare = callee.kind === 'reference' || callee.kind === 'call';
    return bare ? this.flat(callee, level.any) : join`(${this.flat(callee, level.any)})`;
  }

  private flatArgs(node: CallNode): string | undefined {
    const [args, statics] = [node.args, node.statics].map((list) =>
      all(
        list.map((a) => this.flatArg(a)),
        ', ',
      ),
    );
    if (node.statics.length === 0) return args;
    return args === '' ? join`; ${statics}` : join`${args}; ${statics}`;
  }

  private flatArg(arg: ArgNode): string | undefined {
    const value = this.flat(arg.value, level.any);
    return arg.name ? join`${arg.name.text}: ${value}` : value;
  }

  private flatChoices({ from }: ChooseNode): string | undefined {
    if (from.kind === 'range') return this.flatRange(from, this.chosenFrom(from));
    const items = all(
      from.items.map((a) => this.flatAlternative(a)),
      ', ',
    );
    const plain = from.items.every((a) => !isLabelled(a));
    return plain ? join`{${items}}` : join`{ ${items} }`;
  }

  /** After `choose` a number stands bare; anything else that is computed, in parentheses. */
  private chosenFrom({ from }: RangeNode): string | undefined {
    return from.kind === 'number' ? from.raw : join`(${this.flat(from, level.any)})`;
  }

  private flatAlternative(node: AlternativeNode): string | undefined {
    const { label, value } = node;
    const text = value.kind === 'block' ? this.flatBlock(value) : this.flat(value, level.any);
    if (label && isLabelled(node)) return join`${label.text}: ${text}`;
    return text?.startsWith('-') ? `(${text})` : text;
  }

  private flatBlock(block: BlockNode): string | undefined {
    if (block.statements.length > 0) return undefined;
    const value = this.flat(block.value, level.any);
    return value?.startsWith('-') ? `{ (${value}) }` : join`{ ${value} }`;
  }

  // ------------------------------------------------------------------ on several lines

  private broken(node: Expr, indent: number, column: number): string {
    const pad = `\n${' '.repeat(indent + 2)}`;
    const inner = indent + 2;
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'bool':
      case 'none':
      case 'reference':
        return this.flatNode(node) ?? '';
      case 'tuple':
        return bracketed('(', this.eachOnLine(node.items, inner), ')', indent);
      case 'list':
        return node.items.length === 0
          ? '[]'
          : bracketed('[', this.eachOnLine(node.items, inner), ']', indent);
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
        const breaks = binaryLevels[node.operator] !== level.comparison;
        const start = breaks ? inner + sign.length : lastColumn(left, column) + sign.length + 1;
        const right = this.print(node.right, breaks ? inner : indent, start, rightLevel);
        return `${left}${breaks ? pad : ' '}${sign}${right}`;
      }
      case 'range':
        return this.brokenRange(node, this.print(node.from, indent, column, level.sum), indent);
      case 'pipe':
        return node.stages
          .map((s, i) => this.print(s, i === 0 ? indent : inner, i === 0 ? column : inner + 3, level.either))
          .join(`${pad}|> `);
      case 'call':
        return this.brokenCall(node, indent, column);
      case 'if': {
        const condition = this.print(node.condition, inner, column + 3, level.either);
        const then = this.print(node.then, inner, inner + 5);
        const otherwise = this.print(node.otherwise, inner, inner + 5);
        return `if ${condition}${pad}then ${then}${pad}else ${otherwise}`;
      }
      case 'choose': {
        const head = chooseHead(node);
        if (node.from.kind === 'range') {
          const { from } = node.from;
          const start = from.kind === 'number' ? from.raw : `(${this.print(from, indent, column)})`;
          return `${head} ${this.brokenRange(node.from, start, indent)}`;
        }
        const lines = node.from.items.map((a) => this.brokenAlternative(a, inner));
        return `${head} {${pad}${lines.join(pad)}\n${' '.repeat(indent)}}`;
      }
      case 'repeat': {
        const count = this.print(node.count, indent, column + 7, level.either);
        const block = this.printBlock(node.body, indent, lastColumn(count, column + 7) + 1);
        return `repeat ${count} ${block}`;
      }
      default:
        return node satisfies never;
    }
  }

  private eachOnLine(items: readonly Expr[], indent: number): string[] {
    return items.map((item) => this.print(item, indent, indent));
  }

  private brokenRange(node: RangeNode, from: string, indent: number): string {
    const range = `${from}..${this.print(node.to, indent, indent, level.sum)}`;
    return node.step ? `${range} step ${this.print(node.step, indent, indent, level.sum)}` : range;
  }

  private brokenCall(node: CallNode, indent: number, column: number): string {
    const { callee } = node;
    const bare = callee.kind === 'reference' || callee.kind === 'call';
    const head = bare ? this.print(callee, indent, column) : `(${this.print(callee, indent, column + 1)})`;
    const [only, second] = node.args;
    if (only && !second && node.statics.length === 0 && !only.name) {
      return `${head}(${this.print(only.value, indent, lastColumn(head, column) + 1)})`;
    }
    const print = (arg: ArgNode): string => {
      const name = arg.name ? `${arg.name.text}: ` : '';
      return name + this.print(arg.value, indent + 2, indent + 2 + name.length);
    };
    const args = node.args.map(print);
    if (node.statics.length === 0) {
      return args.length === 0 ? `${head}()` : head + bracketed('(', args, ')', indent);
    }
    const last = args.pop();
    return head + bracketed('(', [...args, withStatics(last, node.statics.map(print), indent)], ')', indent);
  }

  private brokenAlternative(node: AlternativeNode, indent: number): string {
    const { label, value } = node;
    if (value.kind !== 'block' && !isLabelled(node)) return this.printItem(value, indent);
    const head = label ? `${label.text}: ` : '';
    const column = indent + head.length;
    if (value.kind === 'block') return head + this.printBlock(value, indent, column);
    return head + this.print(value, indent, column);
  }
}

/** The static arguments in a line of their own behind the `;` of the last tensor. */
function withStatics(last: string | undefined, statics: readonly string[], indent: number): string {
  const pad = `\n${' '.repeat(indent + 2)}`;
  return `${last === undefined ? '' : last};${last === undefined ? ' ' : pad}${statics.join(`,${pad}`)}`;
}

function bracketed(open: string, items: readonly string[], close: string, indent: number): string {
  const pad = `\n${' '.repeat(indent + 2)}`;
  return `${open}${pad}${items.join(`,${pad}`)}\n${' '.repeat(indent)}${close}`;
}

/** True when the label is written: a bare name is its own label. */
function isLabelled({ label, value }: AlternativeNode): boolean {
  return label !== undefined && !(value.kind === 'reference' && value.name === label.text);
}

function chooseHead(node: ChooseNode): string {
  return node.name ? `choose ${node.name.text}` : 'choose';
}

/** The levels that the operands must have: comparisons do not chain, the others group to the left. */
function operandLevels(operator: BinaryOperator): readonly [number, number] {
  const own = binaryLevels[operator];
  return [own === level.comparison ? own + 1 : own, own + 1];
}

function lastColumn(text: string, column: number): number {
  const newline = text.lastIndexOf('\n');
  return newline < 0 ? column + text.length : text.length - newline - 1;
}

function all(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.some((p) => p === undefined) ? undefined : parts.join(separator);
}

/** A template whose result is undefined when one of its values is. */
function join(texts: TemplateStringsArray, ...values: readonly (string | undefined)[]): string | undefined {
  let result = texts[0] ?? '';
  for (const [i, value] of values.entries()) {
    if (value === undefined) return undefined;
    result += value + (texts[i + 1] ?? '');
  }
  return result;
}
