/**
 * The abstract syntax tree: plain, immutable, serialisable data. It keeps what was written (names,
 * numbers with their suffix, comments and their places) and knows nothing of tensors.
 *
 * Every node has a `kind` and a `span` into the text of the file's source.
 */
import type { Span } from './source.ts';

interface Node<K extends string> {
  readonly kind: K;
  readonly span: Span;
}

// ---------------------------------------------------------------- files and declarations

/** One `.nas` file. */
export interface FileNode extends Node<'file'> {
  /** The language version of the first line, `nas 1`. */
  readonly version: number;
  readonly declarations: readonly Declaration[];
  /** All comments in text order, doc comments (`///`) included; nodes carry theirs as `doc` too. */
  readonly comments: readonly Comment[];
}

/** A `//` or `///` comment: `text` without its slashes and one leading space. */
export interface Comment extends Node<'comment'> {
  readonly text: string;
  readonly doc: boolean;
  /** True when the comment stands on a line of its own. */
  readonly ownLine: boolean;
}

export type Declaration = SpaceNode | MotifNode | SearchNode;

/** A name where it is declared or used as a name. */
export interface NameNode extends Node<'name'> {
  readonly text: string;
}

/** `space NAME(params) { items }` */
export interface SpaceNode extends Node<'space'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly params: readonly ParamNode[];
  readonly items: readonly (InputNode | OutputNode | Statement)[];
}

/** `motif NAME(tensors; statics) = expr` or `{ statements expr }` */
export interface MotifNode extends Node<'motif'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly tensors: readonly NameNode[];
  readonly params: readonly ParamNode[];
  readonly body: BlockNode;
}

/** A static parameter with its default, if it has one. */
export interface ParamNode extends Node<'param'> {
  readonly name: NameNode;
  readonly value: Expr | undefined;
}

/** `input NAME: TYPE[args]`, for example `input x: image[8, 8, 1]`. */
export interface InputNode extends Node<'input'> {
  readonly name: NameNode;
  readonly type: NameNode;
  readonly args: readonly ArgNode[];
}

/** `output expr` */
export interface OutputNode extends Node<'output'> {
  readonly value: Expr;
}

export type Statement = LetNode | RequireNode;

/** `let NAME = expr` or `let (A, B) = expr` */
export interface LetNode extends Node<'let'> {
  readonly doc: string | undefined;
  readonly names: readonly NameNode[];
  /** True for the form with parentheses, even around one name. */
  readonly tuple: boolean;
  readonly value: Expr;
}

/** `require expr` */
export interface RequireNode extends Node<'require'> {
  readonly condition: Expr;
}

/** `{ statements expr }`: `value` is the last item. A body written `= expr` has no statements and `braces` false. */
export interface BlockNode extends Node<'block'> {
  readonly statements: readonly Statement[];
  readonly value: Expr;
  readonly braces: boolean;
}

// ---------------------------------------------------------------- search

/** `search NAME of SPACE(args) { fields }` */
export interface SearchNode extends Node<'search'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly space: NameNode;
  readonly args: readonly ArgNode[];
  readonly fields: readonly FieldNode[];
}

/** One line of a search: `NAME value`. */
export interface FieldNode extends Node<'field'> {
  readonly name: NameNode;
  readonly value: FieldValue;
}

export type FieldValue = Expr | AmountsNode;

/** `20 trials or 10 minutes`: a number and a unit, several joined by `or`. */
export interface AmountsNode extends Node<'amounts'> {
  readonly amounts: readonly AmountNode[];
}

export interface AmountNode extends Node<'amount'> {
  readonly number: NumberNode;
  readonly unit: NameNode;
}

// ---------------------------------------------------------------- expressions

export type Expr =
  | NumberNode
  | StringNode
  | BoolNode
  | NoneNode
  | ReferenceNode
  | TupleNode
  | ListNode
  | UnaryNode
  | BinaryNode
  | RangeNode
  | PipeNode
  | CallNode
  | IfNode
  | ChooseNode
  | RepeatNode;

/** `12`, `0.5`, `200k`: `raw` is the text, `value` its number with the suffix applied. */
export interface NumberNode extends Node<'number'> {
  readonly value: number;
  readonly raw: string;
  /** True when the value is written without a decimal point or exponent (`200k` is an integer). */
  readonly integer: boolean;
}

export interface StringNode extends Node<'string'> {
  readonly value: string;
}

export interface BoolNode extends Node<'bool'> {
  readonly value: boolean;
}

export interface NoneNode extends Node<'none'> {}

/** A use of a name. */
export interface ReferenceNode extends Node<'reference'> {
  readonly name: string;
}

/** `(a, b)`. Parentheses around one expression group and leave no node. */
export interface TupleNode extends Node<'tuple'> {
  readonly items: readonly Expr[];
}

/** `[a, b]` */
export interface ListNode extends Node<'list'> {
  readonly items: readonly Expr[];
}

export type UnaryOperator = '-' | 'not';

export interface UnaryNode extends Node<'unary'> {
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

export interface BinaryNode extends Node<'binary'> {
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expr;
  readonly right: Expr;
}

/** `from..to` (both included) with an optional step. */
export interface RangeNode extends Node<'range'> {
  readonly from: Expr;
  readonly to: Expr;
  readonly step: Expr | undefined;
}

/** `a |> f |> g`: at least two stages, in order. */
export interface PipeNode extends Node<'pipe'> {
  readonly stages: readonly Expr[];
}

/** `f(a, b; c, name: d)`: `args` stand before `;`, `statics` after it. */
export interface CallNode extends Node<'call'> {
  readonly callee: Expr;
  readonly args: readonly ArgNode[];
  readonly statics: readonly ArgNode[];
}

export interface ArgNode extends Node<'arg'> {
  readonly name: NameNode | undefined;
  readonly value: Expr;
}

/** `if c then a else b` */
export interface IfNode extends Node<'if'> {
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
}

/** `choose [NAME] { alternatives }` or `choose [NAME] a..b [step c]` */
export interface ChooseNode extends Node<'choose'> {
  readonly name: NameNode | undefined;
  readonly from: AlternativesNode | RangeNode;
}

export interface AlternativesNode extends Node<'alternatives'> {
  readonly items: readonly AlternativeNode[];
}

/**
 * One alternative. `3` and `(5, 3)` have a value and no label; `relu` has a bare name, which is both;
 * `wide: conv(64, 3)` has both parts.
 */
export interface AlternativeNode extends Node<'alternative'> {
  readonly label: NameNode | undefined;
  readonly value: Expr | BlockNode;
}

/** `repeat COUNT { stage }` */
export interface RepeatNode extends Node<'repeat'> {
  readonly count: Expr;
  readonly body: BlockNode;
}
