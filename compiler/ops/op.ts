/** What an op's record holds. One op, one record; back ends have tables of their own. */
import type { GraphBuilder } from '../graph/builder.ts';
import type { DType, NodeId, OpNodeOf, Shape } from '../graph/graph.ts';
import type { OpAttributes, OpName } from './attributes.ts';

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Why shapes do not fit, in the user's words: `found` and `expected` complete a sentence each. */
export interface ShapeProblem {
  readonly problem: string;
  readonly expected: string;
}

/** A tensor on the CPU: row-major. `f32` values are held in either precision, `i32` in an Int32Array. */
export interface CpuTensor {
  readonly shape: Shape;
  readonly data: Float64Array | Float32Array | Int32Array;
}

export interface OpCost {
  /** Multiply-accumulates: of convolutions and matrix products alone, as papers count them. */
  readonly macs: number;
}

/** What a gradient rule may use: the node, its inputs, its output and the gradient that reaches the output. */
export interface GradientContext<K extends OpName> {
  readonly builder: GraphBuilder;
  readonly node: OpNodeOf<K>;
  readonly inputs: readonly NodeId[];
  readonly dy: NodeId;
  /** Whether anything needs the gradient of input `i`; a rule should not build what nobody needs. */
  readonly wants: (i: number) => boolean;
}

/** Gradients for each input, in order; undefined where no gradient flows. */
export type GradientRule<K extends OpName> = (context: GradientContext<K>) => readonly (NodeId | undefined)[];

export interface OpRecord<K extends OpName> {
  /** One sentence for the generated reference. */
  readonly doc: string;
  /** Number of inputs; `many` for one or more. */
  readonly arity: number | 'many';
  /** The output's type, or why there is none. Checks everything about the inputs that matters. */
  readonly shape: (inputs: readonly TensorType[], attributes: OpAttributes[K]) => TensorType | ShapeProblem;
  readonly cost: (inputs: readonly Shape[], output: Shape, attributes: OpAttributes[K]) => OpCost;
  /** The definition in plain loops: fills `out` (zeroed) from the inputs; sums are accumulated in float64. */
  readonly reference: (inputs: readonly CpuTensor[], out: CpuTensor, attributes: OpAttributes[K]) => void;
  /** Whether its result is cheaper to compute again than to keep: one pass over its inputs, few operations. */
  readonly cheap?: true;
  /** The rule, or `none` with the reason in words. */
  readonly gradient: GradientRule<K> | { readonly none: string };
}

/** Whether an op takes so many inputs. */
export function takesInputs(arity: number | 'many', count: number): boolean {
  return arity === 'many' ? count >= 1 : count === arity;
}

export type OpTable = { readonly [K in OpName]: OpRecord<K> };
