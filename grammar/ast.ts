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

export type Declaration =
  | UseNode
  | SpaceNode
  | MotifNode
  | CellNode
  | ArchitectureNode
  | NotationNode
  | MovesNode
  | PropertyNode
  | SearchNode
  | GenomeNode
  | ProgramNode;

/** A name where it is declared or used as a name. */
export interface NameNode extends Node<'name'> {
  readonly text: string;
}

/** `use "file.nas"`: every declaration of that file is known here too. */
export interface UseNode extends Node<'use'> {
  readonly path: StringNode;
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

/** `[normal | reduction] cell NAME[count](tensors; statics)` with a body like a motif's. */
export interface CellNode extends Node<'cell'> {
  readonly doc: string | undefined;
  /** What the cell promises of the height and width of its result. */
  readonly contract: 'normal' | 'reduction' | undefined;
  readonly name: NameNode;
  /** How many cells of this form there are; undefined where the name stands for one cell. */
  readonly count: Expr | undefined;
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

/** `output expr`, or `output NAME: expr` for a head that only trains. */
export interface OutputNode extends Node<'output'> {
  readonly name: NameNode | undefined;
  readonly value: Expr;
}

export type Statement = LetNode | NodesNode | RequireNode;

/** `NAME` or `(A, B)`: what a `let`, a generator or a `for` binds. */
export interface PatternNode extends Node<'pattern'> {
  readonly names: readonly NameNode[];
  /** True for the form with parentheses, even around one name. */
  readonly tuple: boolean;
}

/** `let PATTERN = expr` */
export interface LetNode extends Node<'let'> {
  readonly doc: string | undefined;
  readonly pattern: PatternNode;
  readonly value: Expr;
}

/** `nodes NAME[INDEX: count] = expr` or `nodes NAME[count] { statements expr }` */
export interface NodesNode extends Node<'nodes'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly index: NameNode | undefined;
  readonly count: Expr;
  readonly body: BlockNode;
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

// ---------------------------------------------------------------- architectures

/** `architecture NAME of SPACE(args) { path = answer }`: a named member of a space. */
export interface ArchitectureNode extends Node<'architecture'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly space: NameNode;
  /** Values of the space's parameters that the network was published with. */
  readonly args: readonly ArgNode[];
  readonly entries: readonly EntryNode[];
}

/** `path = answer` in an architecture, `path: answer` in braces inside an answer. */
export interface EntryNode extends Node<'entry'> {
  readonly path: PathNode;
  readonly answer: AnswerNode;
}

/** `normal.n[2].h[s0]`: names and indices. */
export interface PathNode extends Node<'path'> {
  readonly steps: readonly PathStep[];
}

/** One step of a path: `.name`, `[2]` or `[s0]`. The first step is a name. */
export type PathStep =
  | { readonly kind: 'name'; readonly span: Span; readonly text: string }
  | { readonly kind: 'index'; readonly span: Span; readonly index: number | PathNode };

export type AnswerNode = PathNode | NumberNode | BoolNode | NoneNode | AnswerListNode | AnswerMapNode;

/** `[a, b]` or `(a, b)` */
export interface AnswerListNode extends Node<'answerList'> {
  readonly items: readonly AnswerNode[];
  readonly brackets: '[' | '(';
}

/** `{s0: sep_conv_3, n[0]: skip_connect}` */
export interface AnswerMapNode extends Node<'answerMap'> {
  readonly entries: readonly EntryNode[];
}

/**
 * `notation NAME of SPACE "text"`: how the field writes architectures of a space. In the text, `{path}` is the label of
 * that decision's answer, `{path:index}` its number from 0, `{path:bits}` one digit per candidate of a subset.
 */
export interface NotationNode extends Node<'notation'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly space: NameNode;
  readonly text: StringNode;
}

/** `moves of SPACE { widen f, deepen depth }`: the function-preserving moves of a space and the decisions that they change. */
export interface MovesNode extends Node<'moves'> {
  readonly doc: string | undefined;
  readonly space: NameNode;
  readonly fields: readonly FieldNode[];
}

// ---------------------------------------------------------------- properties, searches, genomes, programs

/** `property "NAME" for a in SPACE { expr }` */
export interface PropertyNode extends Node<'property'> {
  readonly doc: string | undefined;
  readonly name: StringNode;
  readonly variable: NameNode;
  readonly space: NameNode;
  readonly body: Expr;
}

/** `search NAME of SPACE(args) { fields }` */
export interface SearchNode extends Node<'search'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly space: NameNode;
  readonly args: readonly ArgNode[];
  readonly fields: readonly FieldNode[];
}

/** `genome NAME { fields }`: an open-ended space of topologies (NEAT). */
export interface GenomeNode extends Node<'genome'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly fields: readonly FieldNode[];
}

/** `program NAME { fields }`: a space of instruction lists (AutoML-Zero). */
export interface ProgramNode extends Node<'program'> {
  readonly doc: string | undefined;
  readonly name: NameNode;
  readonly fields: readonly FieldNode[];
}

/** One line of a record: `NAME value`. */
export interface FieldNode extends Node<'field'> {
  readonly name: NameNode;
  readonly value: FieldValue;
}

export type FieldValue = Expr | AmountsNode | RecordNode | CountedNode;

/** `{ fields }` inside a record. */
export interface RecordNode extends Node<'record'> {
  readonly fields: readonly FieldNode[];
}

/** `10 of [dot, s_sub]`: so many, each out of a list. */
export interface CountedNode extends Node<'counted'> {
  readonly count: NumberNode;
  readonly items: ListNode;
}

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
  | MemberNode
  | IndexNode
  | IfNode
  | ChooseNode
  | RepeatNode
  | ForNode;

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

/**
 * `[a, ...b]`, or `[f(h) for h in xs if h in ys]`: with a generator there is one item. `brackets` is false where it is
 * written without them, as the first argument of a call: `add(f(h) for h in xs)`.
 */
export interface ListNode extends Node<'list'> {
  readonly items: readonly (Expr | SpreadNode)[];
  readonly generator: GeneratorNode | undefined;
  readonly brackets: boolean;
}

/** `...xs` in a list or among alternatives. */
export interface SpreadNode extends Node<'spread'> {
  readonly value: Expr;
}

/** `for PATTERN in source if condition` */
export interface GeneratorNode extends Node<'generator'> {
  readonly pattern: PatternNode;
  readonly source: Expr;
  readonly condition: Expr | undefined;
}

export type UnaryOperator = '-' | 'not';

export interface UnaryNode extends Node<'unary'> {
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'and' | 'or';

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

/** `object.name` */
export interface MemberNode extends Node<'member'> {
  readonly object: Expr;
  readonly name: NameNode;
}

/** `object[index]` */
export interface IndexNode extends Node<'index'> {
  readonly object: Expr;
  readonly index: Expr;
}

/** `if c then a else b` */
export interface IfNode extends Node<'if'> {
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
}

/**
 * | written as | amount | from |
 * | --- | --- | --- |
 * | `choose {a, b}` | none | alternatives |
 * | `choose 1..3 step 2` | none | range |
 * | `choose from xs` | none | list |
 * | `choose 2 from xs`, `choose (n) from xs`, `choose 1..2 from xs` | number, expression, range | list |
 * | `choose any from xs` | any | list |
 * | `choose any of {a, b}`, `choose 1..2 of {a, b}` | any, range | alternatives |
 */
export interface ChooseNode extends Node<'choose'> {
  readonly name: NameNode | undefined;
  readonly amount: AnyNode | Expr | undefined;
  readonly from: AlternativesNode | RangeNode | FromNode;
}

/** `any`: so many as one likes, none included. */
export interface AnyNode extends Node<'any'> {}

/** `from xs` */
export interface FromNode extends Node<'from'> {
  readonly list: Expr;
}

export interface AlternativesNode extends Node<'alternatives'> {
  readonly items: readonly (AlternativeNode | SpreadNode)[];
}

/**
 * One alternative. `3` and `(5, 3)` have a value and no label; `relu` and `none` have a bare name, which is both;
 * `wide: conv(64, 3)` has both parts. `condition` is what stands after `when`.
 */
export interface AlternativeNode extends Node<'alternative'> {
  readonly label: NameNode | undefined;
  readonly condition: Expr | undefined;
  readonly value: Expr | BlockNode;
}

/** `repeat COUNT { stage }` */
export interface RepeatNode extends Node<'repeat'> {
  readonly count: Expr;
  readonly body: BlockNode;
}

/** `for PATTERN in source { stage }` */
export interface ForNode extends Node<'for'> {
  readonly pattern: PatternNode;
  readonly source: Expr;
  readonly body: BlockNode;
}
