/** A checked `property`: a condition on one architecture, as plain data. */
import type { Location } from '../../grammar/source.ts';
import type { Operator } from '../space/algebra/evaluate.ts';
import type { Cost, CountedAnswer, DecisionId, StaticValue } from '../space/space.ts';

/** `property "NAME" for a in SPACE { EXPR }` */
export interface Property {
  readonly name: string;
  readonly space: string;
  readonly condition: PropertyExpression;
  /** The condition as written, on one line. */
  readonly text: string;
  readonly location: Location;
}

/** What a property asks of an architecture. */
export type PropertyExpression =
  | { readonly kind: 'value'; readonly value: StaticValue }
  /** `a.params`; `depth` is the longest chain of operations with weights. */
  | { readonly kind: 'cost'; readonly cost: keyof Cost | 'depth' }
  /** `a.connected`: the output is not `none`. */
  | { readonly kind: 'connected' }
  /** `a.count(op == conv_3)`: how many of these decisions are answered so. */
  | { readonly kind: 'count'; readonly answers: readonly CountedAnswer[] }
  /** `a.stage[0].k`: the answer of a decision. It has no value where the decision does not exist. */
  | { readonly kind: 'decision'; readonly decision: DecisionId }
  /** `a.op == conv_3`, `a.op in [conv_3, conv_5]`, `s0 in a.skips`: whether the decision exists and is answered so. */
  | { readonly kind: 'answered'; readonly answer: CountedAnswer }
  /** `exists(a.stage[0].k)`: whether the decision does, or one of the members of a subset. */
  | { readonly kind: 'exists'; readonly decisions: readonly DecisionId[] }
  /** `length(a.skips)`: how many members are in. */
  | { readonly kind: 'length'; readonly members: readonly CountedAnswer[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: PropertyExpression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: PropertyExpression;
      readonly right: PropertyExpression;
    }
  | {
      readonly kind: 'if';
      readonly condition: PropertyExpression;
      readonly whenTrue: PropertyExpression;
      readonly whenFalse: PropertyExpression;
    };
