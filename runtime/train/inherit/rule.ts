/** What the rules of inheritance are asked, and what they answer. */
import type { NodeId, OpNodeOf, Shape } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import type { ChannelMap, Image } from './image.ts';
import type { Moments } from './moments.ts';
import type { Parent } from './parent.ts';

/** An op of the child whose tensors are known in terms of the parent's. */
export interface Step<K extends OpName> {
  readonly node: OpNodeOf<K>;
  readonly parent: Parent;
  /** The image of input `i`; undefined for weights. */
  readonly image: (i: number) => Image | undefined;
  /** The shape of input `i`. */
  readonly shape: (i: number) => Shape;
  /** Whether the child trains input `i` or keeps it as a statistic. */
  readonly isWeight: (i: number) => boolean;
  /** Mean and variance of a tensor of the parent, by channel. */
  readonly moments: (node: NodeId) => Moments;
  /** How `wanted` channels are made of `have`: all of them, some of them repeated, or parts of them in order of preference. */
  readonly spread: (from: NodeId, have: number, wanted: number) => readonly ChannelMap[];
}

/** The values that a weight of the child begins with. */
export interface Beginning {
  /** Input of the op that is the weight. */
  readonly input: number;
  /** Equal beginnings of one weight have equal keys. */
  readonly key: string;
  /** Row-major. */
  readonly values: () => Float32Array;
  /** For kernels, what each place of the last axis is: the same column of a weight of the parent, or of the identity. */
  readonly columns?: { readonly of: NodeId; readonly channels: ChannelMap } | 'identity';
}

/** One way in which the function goes on as it was. */
export interface Way {
  readonly image: Image;
  readonly beginnings: readonly Beginning[];
  /** Where the function is not preserved: what the op does that its parent did not. */
  readonly departure?: string;
}

/** All ways in which an op can compute what the parent does, best first. */
export type Rule<K extends OpName> = (step: Step<K>) => Iterable<Way>;

export type Rules = { readonly [K in OpName]: Rule<K> };
