/**
 * The Space: what a `.nas` file says, worked out. A flat list of decisions in text order and a graph of
 * nodes that depend on them. Plain, immutable, serialisable data.
 *
 * A decision exists exactly when the body that it stands in exists; everything that varies (existence,
 * static values, shapes, costs) is an {@link Open} value over earlier decisions, so that the whole space
 * can be checked and counted without listing its members.
 */
import type { Location } from '../../grammar/source.ts';
import type { DType, Shape } from '../graph/graph.ts';
import type { OperationName } from '../ops/operations.ts';

/** Index of a decision in its space; smaller means earlier in the text. */
export type DecisionId = number & { readonly __decision?: never };

/** Index of a node in its space. */
export type SpaceNodeId = number & { readonly __spaceNode?: never };

/** A number, a truth value, a word such as `valid`, or a tuple of such. */
export type StaticValue = number | boolean | string | readonly StaticValue[];

/**
 * A value that may depend on decisions: an ordered, reduced decision diagram. Tests are made in order of
 * decision ids; branch `i` belongs to option `i`, and the last one stands where the decision does not exist. An undefined
 * branch stands where the value does not exist.
 */
export type Open<T> = Fixed<T> | Test<T>;

export interface Fixed<T> {
  readonly kind: 'fixed';
  readonly value: T;
}

export interface Test<T> {
  readonly kind: 'test';
  readonly decision: DecisionId;
  readonly branches: readonly (Open<T> | undefined)[];
}

export interface DecisionOption {
  /** How the option is written in an architecture: `sep_3`, `24`, `(5, 3)`. */
  readonly label: string;
  /** For a choice of values, the value; for a choice of networks, the label; for a member, whether it is in. */
  readonly value: StaticValue;
  /** Where this option may be taken, if not wherever the decision exists. One option at least may be taken there. */
  readonly allowed: Open<boolean> | undefined;
}

export interface Decision {
  readonly id: DecisionId;
  /** `late[1].k`: unique in the space, stable under edits elsewhere. */
  readonly path: string;
  /** Whether it chooses a static value, one of several networks, or whether an element belongs to a subset. */
  readonly kind: 'value' | 'alternative' | 'member';
  /**
   * Whether it picks out of a list (`choose from [x, ...n]`), which is how a space says what a node reads; absent for values
   * and for alternatives that are written out, which say what is done with it.
   */
  readonly fromList?: true;
  /** A member has two: in (0) and out (1). */
  readonly options: readonly DecisionOption[];
  readonly exists: Open<boolean>;
  /** The cell whose decision it is: made once for the whole space, whether or not the cell is used. */
  readonly cell: string | undefined;
  readonly location: Location;
}

/**
 * `choose 2 from xs`: one member decision for each candidate, in order. What may be taken follows from the amounts and is
 * stated on the members' options. An architecture answers the subset with the labels that are in.
 */
export interface Subset {
  readonly path: string;
  readonly members: readonly DecisionId[];
  /** How the candidates are written: `s0`, `n[2]`. */
  readonly labels: readonly string[];
  /** Which candidates there are; undefined for those that are always there. */
  readonly candidates: readonly (Open<boolean> | undefined)[];
  readonly exists: Open<boolean>;
}

interface SpaceNodeBase {
  readonly id: SpaceNodeId;
  readonly exists: Open<boolean>;
  /** Without the batch axis: (height, width, channels) or (features). */
  readonly shape: Open<Shape>;
}

/** What the network reads. */
export interface SpaceInput extends SpaceNodeBase {
  readonly kind: 'input';
  readonly name: string;
  /** `i32` for tokens. */
  readonly dtype: DType;
}

/**
 * An operation applied to tensors. Where an input is `none`, a merge leaves it out and any other operation gives `none`.
 * It owns its weights, named after its site. */
export interface Apply extends SpaceNodeBase {
  readonly kind: 'apply';
  readonly operation: OperationName;
  readonly inputs: readonly SpaceNodeId[];
  /** For a merge of an open list: where each input is in the list; undefined: wherever the node exists. */
  readonly when: readonly (Open<boolean> | undefined)[];
  readonly attributes: Readonly<Record<string, Open<StaticValue>>>;
  /** The path of uses and the operation: `early[0].conv`. */
  readonly site: string;
  /** Trainable elements and multiply-accumulates per example, where the node exists. */
  readonly cost: Open<Cost>;
  readonly location: Location;
}

/** One of several tensors: `inputs[on]`; undefined is `none`. */
export interface Select extends SpaceNodeBase {
  readonly kind: 'select';
  readonly on: Open<number>;
  readonly inputs: readonly (SpaceNodeId | undefined)[];
}

/** The element or a state inside of the stage that a {@link Scan} folds over a sequence. */
export interface ScanInput extends SpaceNodeBase {
  readonly kind: 'scanInput';
  /** 0 for the element, then the states. */
  readonly index: number;
}

/** Folds a stage over a sequence: reads its elements in turn, gives the first state after each of them. */
export interface Scan extends SpaceNodeBase {
  readonly kind: 'scan';
  readonly sequence: SpaceNodeId;
  /** The element and the states as the stage sees them, all {@link ScanInput}s. */
  readonly inputs: readonly SpaceNodeId[];
  /** The states after one element. */
  readonly results: readonly SpaceNodeId[];
}

export type SpaceNode = SpaceInput | Apply | Select | ScanInput | Scan;

export interface Cost {
  readonly params: number;
  readonly macs: number;
}

/** A `require`: an expression over costs and open values that must come out true. */
export interface Requirement {
  readonly expression: RequireExpression;
  /** Where it stands: it asks something only of architectures that hold this body. */
  readonly exists: Open<boolean>;
  /** As written, for messages. */
  readonly text: string;
  readonly location: Location;
}

export type RequireExpression =
  | { readonly kind: 'value'; readonly value: Open<StaticValue> }
  | { readonly kind: 'cost'; readonly cost: CostName }
  | { readonly kind: 'count'; readonly answers: readonly CountedAnswer[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: RequireExpression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
      readonly left: RequireExpression;
      readonly right: RequireExpression;
    };

/** `count(op == conv_5)`: one for each architecture in which the decision exists and is answered so. */
export interface CountedAnswer {
  readonly decision: DecisionId;
  readonly options: readonly number[];
}

/** Costs that a requirement may name. `depth` is the longest chain of operations with weights, `peak_memory` in bytes. */
export type CostName = keyof Cost | 'depth' | 'peak_memory';

/** `output NAME: ...`: a head that only trains; costs and export leave it out. */
export interface AuxiliaryOutput {
  readonly name: string;
  readonly node: SpaceNodeId;
}

/**
 * A truth value with a name of its own, so that diagrams stay small: whether a tensor is there that many decisions can make
 * `none`. Diagrams test it like a decision, after all decisions; it is read off {@link Derived.definition}.
 */
export interface Derived {
  /** From {@link firstDerived} on. */
  readonly id: DecisionId;
  /** Over decisions and earlier derived values; option 0 is true. */
  readonly definition: Open<boolean>;
}

/** The id of the first derived value. */
export const firstDerived = 1_000_000;

export interface Space {
  readonly name: string;
  /** The space's parameters with the values they have here. */
  readonly params: Readonly<Record<string, StaticValue>>;
  readonly decisions: readonly Decision[];
  readonly subsets: readonly Subset[];
  readonly derived: readonly Derived[];
  readonly nodes: readonly SpaceNode[];
  /**
   * Whether every node exists exactly where the output needs it, so that costs are sums over the nodes that exist. False where
   * stating that would take too large diagrams: nodes then exist where they are written, and what an architecture costs is
   * found on its own network.
   */
  readonly narrowed: boolean;
  readonly output: SpaceNodeId;
  readonly auxiliary: readonly AuxiliaryOutput[];
  readonly requirements: readonly Requirement[];
}
