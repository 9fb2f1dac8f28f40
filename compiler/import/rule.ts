/** What the table of ONNX operators holds for each: its inputs, its attributes, and what it becomes. */
import { refuse } from '../../grammar/diagnostics.ts';
import type { NodeId } from '../graph/graph.ts';
import type { AttributeKind, ValueOf } from './attributes.ts';
import type { Composer, Tensor } from './compose.ts';
import type { OnnxTensor } from './model.ts';
import type { Value } from './values.ts';

/** A result that the graph cannot hold; reading it is refused, leaving it unread is not. */
export interface Unsupported {
  readonly unsupported: string;
}

/** Results of a node, in ONNX's order. */
export type Results = readonly (Tensor | Value | Unsupported)[];

/** What a rule builds with: the node's inputs by place, and ways to refuse it. */
export interface RuleContext {
  readonly compose: Composer;
  /** How the node is named in messages. */
  readonly node: string;
  /** Version of the node's operator set. */
  readonly opset: number;
  readonly inputCount: number;
  readonly outputCount: number;
  readonly has: (index: number) => boolean;
  /** Input `index` as numbers of the graph. */
  readonly tensor: (index: number) => Tensor;
  /** The same, of weights that are not trained: statistics. */
  readonly kept: (index: number) => Tensor;
  /** The same as `tensor`, where it is given. */
  readonly optional: (index: number) => Tensor | undefined;
  /** Input `index` as it is; tensors without elements too. */
  readonly value: (index: number) => Value;
  /** The elements of input `index`, known at the import; undefined where it is left out. */
  readonly known: (index: number) => readonly number[] | undefined;
  /** The node of input `index`, whole numbers that are fed. */
  readonly fed: (index: number) => NodeId;
  /** Numbers that are known at the import, as a tensor of the graph. */
  readonly numbers: (data: readonly number[], shape: readonly number[]) => Tensor;
  /** A tensor that stands in the model itself. */
  readonly constant: (tensor: OnnxTensor) => Value;
  /** The tensor of a name, for attributes that name tensors. */
  readonly named: (name: string) => Tensor;
}

export interface OnnxRule {
  /** One sentence for the generated table. */
  readonly doc: string;
  /** The operator set; ONNX's own where left out. */
  readonly domain?: string;
  /** First version of the operator set that has the operator; 1 where left out. */
  readonly since?: number;
  /** Names of the inputs in order: `B?` may be left out, `X...` stands for any number. */
  readonly inputs: string;
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  readonly build: (context: RuleContext, attributes: Readonly<Record<string, unknown>>) => Results;
}

/** A rule for each operator of a family: one that is missing does not compile. */
export type OnnxRules<K extends string> = { readonly [N in K]: OnnxRule };

type Values<A extends Readonly<Record<string, AttributeKind>>> = { readonly [K in keyof A]: ValueOf<A[K]> };

/** Gives `build` the types of the rule's own attributes; they are read by their kinds before. */
export function rule<const A extends Readonly<Record<string, AttributeKind>>>(
  record: Omit<OnnxRule, 'attributes' | 'build'> & {
    readonly attributes: A;
    readonly build: (context: RuleContext, attributes: Values<A>) => Results;
  },
): OnnxRule {
  return record as unknown as OnnxRule; // `build` is called with what the kinds of `attributes` read
}

/** A rule of one input, without attributes. */
export function simple(doc: string, build: (compose: Composer, x: Tensor) => Tensor, since = 1): OnnxRule {
  return rule({ doc, since, inputs: 'X', attributes: {}, build: (c) => [build(c.compose, c.tensor(0))] });
}

/** An axis, counted from the end where it is negative. */
export function axisOf({ node }: RuleContext, axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(found) && found >= 0 && found < rank) return found;
  return refuse(
    'onnxShapes',
    { node, problem: `there is no axis ${axis}` },
    { expected: rank === 0 ? 'a tensor with axes' : `an axis from ${-rank} to ${rank - 1}` },
  );
}

/** Refuses a use that ONNX allows and the graph cannot hold. */
export function unsupported({ node }: RuleContext, what: string, expected: string): never {
  return refuse('onnxUnsupported', { node, what }, { expected });
}

/** Refuses shapes that do not fit. */
export function misfit({ node }: RuleContext, problem: string, expected: string): never {
  return refuse('onnxShapes', { node, problem }, { expected });
}

/** Refuses what would make too much of the model: sizes in a model may be any numbers, and come from anywhere. */
export function atMost(c: RuleContext, count: number, limit: number, what: string): void {
  if (!(count <= limit)) unsupported(c, `it has ${count} ${what}`, `at most ${limit}`);
}
