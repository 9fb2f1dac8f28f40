/** What an operation of the language is: how it is called, what it takes, and how it builds itself out of ops. */
import { present } from '../../util/invariant.ts';
import { ShapeError, type GraphBuilder } from '../graph/builder.ts';
import type { Initializer, NodeId, Shape } from '../graph/graph.ts';
import type { AttributeKind, AttributeKinds, AttributeValue, PaddingMode } from './attributeKinds.ts';
import type { OpName, Padding, Pair } from './attributes.ts';

/**
 * `training`: batch normalisation uses the batch's own statistics and moves the kept ones, and dropout drops; `inference`: the
 * kept ones, and nothing drops; `batch statistics`: the batch's own, nothing is kept and nothing drops. The last is how networks
 * are measured whose weights are shared, for which no kept statistics are right.
 */
export type Mode = 'training' | 'inference' | 'batch statistics';

/** What an operation builds with. Weights are named `SITE.NAME`; one site always means one set of weights. */
export interface BuildContext {
  readonly builder: GraphBuilder;
  readonly mode: Mode;
  readonly site: string;
  /** The tensor called `name` at this site, made at its first use. */
  readonly parameter: GraphBuilder['parameter'];
  readonly state: GraphBuilder['state'];
}

export interface OperationParam {
  readonly name: string;
  readonly kind: AttributeKind;
  /** What stands for it when it is left out; undefined means that it must be given. */
  readonly default: number | boolean | string | undefined;
  readonly doc: string;
}

type AttributesOf<P extends readonly OperationParam[]> = {
  readonly [K in P[number] as K['name']]: AttributeKinds[K['kind']];
};

/**
 * What the tensors of an operation must be: an image (height, width, channels), a vector of features, a
 * sequence (positions, features), a vector or a sequence (`features`), whole numbers of any shape
 * (`tokens`), or anything.
 */
export type Takes = 'image' | 'vector' | 'sequence' | 'features' | 'tokens' | 'any';

export interface Operation {
  readonly doc: string;
  /** Names of its tensors, in order; `list` for one argument that is a list of one or more tensors. */
  readonly tensors: readonly string[] | 'list';
  readonly takes: Takes;
  /** Whether its tensors must have one shape. */
  readonly alike?: boolean;
  readonly params: readonly OperationParam[];
  /** The operator that stands for it between two tensors. Without a list it has no call form. */
  readonly operator?: '+' | '-' | '*';
  /** Adds its ops; throws a ShapeError where the inputs do not fit. */
  readonly build: (
    context: BuildContext,
    inputs: readonly NodeId[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ) => NodeId;
}

/** Gives `build` the types of its own parameters; arguments were checked against them before. */
export function operation<const P extends readonly OperationParam[]>(
  record: Omit<Operation, 'build' | 'params'> & {
    readonly params: P;
    readonly build: (context: BuildContext, inputs: readonly NodeId[], attributes: AttributesOf<P>) => NodeId;
  },
): Operation {
  return record as unknown as Operation; // `build` is called with attributes of `params` and no others
}

/** The only tensor of an operation. */
export const one = ([x]: readonly NodeId[]): NodeId => present(x, 'the tensor of an operation');

/** Refuses what the shape rules of ops cannot see. */
export function misfit(op: OpName, shapes: readonly Shape[], problem: string, expected: string): ShapeError {
  return new ShapeError(op, shapes, { problem, expected });
}

/** (height, width, channels) of an image. */
export function imageOf(builder: GraphBuilder, x: NodeId): readonly [number, number, number] {
  const [, height = 1, width = 1, channels = 1] = builder.shape(x);
  return [height, width, channels];
}

/** Padding before and after along one axis, for a window over `k` elements that moves by `stride` over `size`. */
function padAxis(mode: PaddingMode, k: number, stride: number, size: number): readonly [number, number] {
  if (mode === 'valid') return [0, 0];
  if (mode === 'same') return [Math.floor((k - 1) / 2), Math.floor((k - 1) / 2)];
  if (mode === 'same_upper') {
    // Output of ceil(size / stride); an odd total puts the larger half after (TensorFlow's SAME).
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + k - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
  return mode;
}

/** Padding (top, bottom, left, right) of a window of `k` taps on images of a shape. */
export function paddingFor(
  mode: PaddingMode,
  k: Pair,
  stride: Pair,
  shape: Shape,
  dilation: Pair = [1, 1],
): Padding {
  const [top, bottom] = padAxis(mode, dilation[0] * (k[0] - 1) + 1, stride[0], shape[1] ?? 1);
  const [left, right] = padAxis(mode, dilation[1] * (k[1] - 1) + 1, stride[1], shape[2] ?? 1);
  return [top, bottom, left, right];
}

/** The step of a window. */
export const strideParam = { name: 'stride', kind: 'pair', default: 1, doc: 'step of the window' } as const;

/** The zeros around an image. */
export const paddingParam = {
  name: 'padding',
  kind: 'padding',
  default: 'same',
  doc: 'floor(dilation * (k - 1) / 2) zeros on both sides; or same_upper, valid, (before, after)',
} as const;

/** The distance of taps. */
export const dilationParam = {
  name: 'dilation',
  kind: 'pair',
  default: 1,
  doc: 'distance of neighbouring taps',
} as const;

/** He et al. 2015 keeps the variance through ReLU layers: 2 / fan-in. */
export const he = (fanIn: number): Initializer => ({ kind: 'he', fanIn });

/** The same number everywhere. */
export const constant = (value: number): Initializer => ({ kind: 'constant', value });

/** The dilation as ops write it: left out where it is 1, so that equal ops are equal. */
export function dilated(dilation: Pair): { readonly dilation?: Pair } {
  return dilation[0] === 1 && dilation[1] === 1 ? {} : { dilation };
}
