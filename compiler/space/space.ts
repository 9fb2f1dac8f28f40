/**
 * The Space: what a `.nas` file says, worked out. A flat list of decisions in text order and a graph of
 * nodes that depend on them. Plain, immutable, serialisable data.
 *
 * A decision exists exactly when the body that it stands in exists; everything that varies (existence,
 * static values, shapes, costs) is an {@link Open} value over earlier decisions, so that the whole space
 * can be checked and counted without listing its members.
 */
import type { Location } from '../../grammar/source.ts';
import type { Shape } from '../graph/graph.ts';
import type { OperationName } from '../ops/operations.ts';

/** Index of a decision in its space; smaller means earlier in the text. */
export type DecisionId = number & { readonly __decision?: never };

/** Index of a node in its space. */
export type SpaceNodeId = number & { readonly __spaceNode?: never };

/** A number, a truth value, a word such as `valid`, or a tuple of such. */
export type StaticValue = number | boolean | string | readonly StaticValue[];

/**
 * A value that may depend on decisions: an ordered, reduced decision diagram. Tests are made in order of
 * decision ids; branch `i` belongs to option `i`. An undefined branch stands where the value does not exist.
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
  /** For a choice of values, the value; for a choice of networks, the label. */
  readonly value: StaticValue;
}

export interface Decision {
  readonly id: DecisionId;
  /** `late[1].k`: unique in the space, stable under edits elsewhere. */
  readonly path: string;
  /** Whether it chooses a static value or one of several networks. */
  readonly kind: 'value' | 'alternative';
  readonly options: readonly DecisionOption[];
  readonly exists: Open<boolean>;
  readonly location: Location;
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
}

/** An operation applied to tensors. It owns its weights, named after its site. */
export interface Apply extends SpaceNodeBase {
  readonly kind: 'apply';
  readonly operation: OperationName;
  readonly inputs: readonly SpaceNodeId[];
  readonly attributes: Readonly<Record<string, Open<StaticValue>>>;
  /** The path of uses and the operation: `early[0].conv`. */
  readonly site: string;
  /** Trainable elements and multiply-accumulates per example, where the node exists. */
  readonly cost: Open<Cost>;
  readonly location: Location;
}

/** One of several tensors: `inputs[on]`. */
export interface Select extends SpaceNodeBase {
  readonly kind: 'select';
  readonly on: Open<number>;
  readonly inputs: readonly (SpaceNodeId | undefined)[];
}

export type SpaceNode = SpaceInput | Apply | Select;

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
  | { readonly kind: 'cost'; readonly cost: keyof Cost }
  | { readonly kind: 'not' | 'negate'; readonly operand: RequireExpression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
      readonly left: RequireExpression;
      readonly right: RequireExpression;
    };

export interface Space {
  readonly name: string;
  /** The space's parameters with the values they have here. */
  readonly params: Readonly<Record<string, StaticValue>>;
  readonly decisions: readonly Decision[];
  readonly nodes: readonly SpaceNode[];
  readonly output: SpaceNodeId;
  readonly requirements: readonly Requirement[];
}
