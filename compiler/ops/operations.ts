/**
 * The operations of the language: what a `.nas` file may call. Each says how it is called and builds
 * itself out of ops; shapes, parameters and costs follow from what it builds and are stated nowhere else.
 */
import { present } from '../../util/invariant.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeId } from '../graph/graph.ts';
import type { Padding, Pair } from './attributes.ts';

/** Whether batch normalisation uses the batch's own statistics or the kept ones. */
export type Mode = 'training' | 'inference';

/** What an operation builds with. Weights are named `SITE.NAME`; one site always means one set of weights. */
export interface BuildContext {
  readonly builder: GraphBuilder;
  readonly mode: Mode;
  readonly site: string;
  /** The tensor called `name` at this site, made at its first use. */
  readonly parameter: GraphBuilder['parameter'];
  readonly state: GraphBuilder['state'];
}

/** The kinds of static arguments, each with what it becomes. */
export interface AttributeKinds {
  /** a whole number of at least 1 */
  count: number;
  /** one whole number of at least 1, or two: (height, width) */
  pair: Pair;
  /** `same`, `same_upper`, `valid`, or (before, after) */
  padding: PaddingMode;
  /** true or false */
  flag: boolean;
  /** a number above 0 */
  positive: number;
  /** any number */
  number: number;
}

export type AttributeKind = keyof AttributeKinds;

export type PaddingMode = 'same' | 'same_upper' | 'valid' | readonly [number, number];

/** The words that padding may be. */
export const paddingWords = ['same', 'same_upper', 'valid'] as const;

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

export interface Operation {
  readonly doc: string;
  /** Names of its tensors, in order. */
  readonly tensors: readonly string[];
  /** What they must be: an image (height, width, channels), a vector of features, or anything of one shape. */
  readonly takes: 'image' | 'vector' | 'any';
  readonly params: readonly OperationParam[];
  /** The operator that stands for it, where it has no call form. */
  readonly operator?: '+' | '-' | '*';
  /** Adds its ops; throws a ShapeError where the inputs do not fit. */
  readonly build: (
    context: BuildContext,
    inputs: readonly NodeId[],
    attributes: Readonly<Record<string, AttributeKinds[AttributeKind]>>,
  ) => NodeId;
}

/** Gives `build` the types of its own parameters; arguments were checked against them before. */
function operation<const P extends readonly OperationParam[]>(
  record: Omit<Operation, 'build' | 'params'> & {
    readonly params: P;
    readonly build: (context: BuildContext, inputs: readonly NodeId[], attributes: AttributesOf<P>) => NodeId;
  },
): Operation {
  return record as unknown as Operation; // `build` is called with attributes of `params` and no others
}

const one = ([x]: readonly NodeId[]): NodeId => present(x, 'the tensor of an operation');

/** Padding before and after along one axis, for a window of `k` that moves by `stride` over `size` elements. */
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

function padding(mode: PaddingMode, k: Pair, stride: Pair, shape: readonly number[]): Padding {
  const [top, bottom] = padAxis(mode, k[0], stride[0], shape[1] ?? 1);
  const [left, right] = padAxis(mode, k[1], stride[1], shape[2] ?? 1);
  return [top, bottom, left, right];
}

const strideParam = { name: 'stride', kind: 'pair', default: 1, doc: 'step of the window' } as const;
const paddingParam = {
  name: 'padding',
  kind: 'padding',
  default: 'same',
  doc: 'floor((k - 1) / 2) zeros on both sides; or same_upper, valid, (before, after)',
} as const;

/** He et al. 2015 keeps the variance through ReLU layers: 2 / fan-in. */
const he = (fanIn: number) => ({ kind: 'he', fanIn }) as const;
const constant = (value: number) => ({ kind: 'constant', value }) as const;

const conv = operation({
  doc: 'Convolution of an image; no bias unless told.',
  takes: 'image',
  tensors: ['x'],
  params: [
    { name: 'filters', kind: 'count', default: undefined, doc: 'channels of the result' },
    { name: 'k', kind: 'pair', default: 1, doc: 'height and width of the kernel' },
    strideParam,
    paddingParam,
    { name: 'bias', kind: 'flag', default: false, doc: 'adds a trained number to each channel' },
  ],
  build: ({ builder, parameter }, inputs, { filters, k, stride, padding: mode, bias }) => {
    const x = one(inputs);
    const channels = builder.shape(x)[3] ?? 1;
    const w = parameter('kernel', [...k, channels, filters], he(k[0] * k[1] * channels));
    const y = builder.op('conv', [x, w], { stride, padding: padding(mode, k, stride, builder.shape(x)) });
    return bias ? builder.op('bias_add', [y, parameter('bias', [filters], constant(0))], {}) : y;
  },
});

const dense = operation({
  doc: 'Fully connected layer on a vector of features, with a bias unless told.',
  takes: 'vector',
  tensors: ['x'],
  params: [
    { name: 'units', kind: 'count', default: undefined, doc: 'features of the result' },
    { name: 'bias', kind: 'flag', default: true, doc: 'adds a trained number to each unit' },
  ],
  build: ({ builder, parameter }, inputs, { units, bias }) => {
    const x = one(inputs);
    const features = builder.shape(x)[1] ?? 1;
    const w = parameter('kernel', [features, units], he(features));
    const y = builder.op('matmul', [x, w], { transposeA: false, transposeB: false });
    return bias ? builder.op('bias_add', [y, parameter('bias', [units], constant(0))], {}) : y;
  },
});

const batchNorm = operation({
  doc: 'Batch normalisation over all axes but channels (Ioffe & Szegedy 2015), with scale and shift.',
  takes: 'any',
  tensors: ['x'],
  params: [
    { name: 'epsilon', kind: 'positive', default: 1e-5, doc: 'added to the variance' },
    {
      name: 'momentum',
      kind: 'positive',
      default: 0.1,
      doc: 'share of the new batch in the kept statistics',
    },
  ],
  build: ({ builder, parameter, state, mode }, inputs, { epsilon, momentum }) => {
    const x = one(inputs);
    const shape = builder.shape(x);
    const channels = shape.at(-1) ?? 1;
    const scale = parameter('scale', [channels], constant(1));
    const shift = parameter('shift', [channels], constant(0));
    const statistics = state('statistics', [2, channels], { kind: 'rows', values: [0, 1] });
    if (mode === 'inference') {
      return builder.op('batch_norm_inference', [x, scale, shift, statistics], { epsilon });
    }
    const moments = builder.op('moments', [x], {});
    const elements = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const updated = builder.op('update_statistics', [statistics, moments], { momentum, elements });
    builder.update(statistics, updated);
    return builder.op('batch_norm_training', [x, scale, shift, moments], { epsilon });
  },
});

const relu = operation({
  doc: 'max(x, 0).',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => builder.op('relu', inputs, {}),
});

const identity = operation({
  doc: 'The tensor itself.',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: (_, inputs) => one(inputs),
});

function pool(op: 'max_pool' | 'avg_pool', doc: string): Operation {
  return operation({
    doc,
    takes: 'image',
    tensors: ['x'],
    params: [
      { name: 'k', kind: 'pair', default: undefined, doc: 'height and width of the window' },
      strideParam,
      paddingParam,
    ],
    build: ({ builder }, inputs, { k, stride, padding: mode }) =>
      builder.op(op, inputs, {
        window: k,
        stride,
        padding: padding(mode, k, stride, builder.shape(one(inputs))),
      }),
  });
}

const globalAvgPool = operation({
  doc: 'Mean over height and width: an image becomes a vector of its channels.',
  takes: 'image',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => builder.op('global_avg_pool', inputs, {}),
});

function elementwise(op: 'add' | 'sub' | 'mul', operator: '+' | '-' | '*', doc: string): Operation {
  return operation({
    doc,
    takes: 'any',
    tensors: ['x', 'y'],
    params: [],
    operator,
    build: ({ builder }, inputs) => builder.op(op, inputs, {}),
  });
}

const scale = operation({
  doc: 'A tensor times a number; written `0.5 * x`.',
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'factor', kind: 'number', default: undefined, doc: 'the number' }],
  operator: '*',
  build: ({ builder }, inputs, { factor }) => builder.op('scale', inputs, { factor }),
});

export type OperationName =
  | 'conv'
  | 'dense'
  | 'batch_norm'
  | 'relu'
  | 'identity'
  | 'max_pool'
  | 'avg_pool'
  | 'global_avg_pool'
  | 'add'
  | 'sub'
  | 'mul'
  | 'scale';

/** All operations by name. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  conv,
  dense,
  batch_norm: batchNorm,
  relu,
  identity,
  max_pool: pool('max_pool', 'Largest value of each window; padding never wins.'),
  avg_pool: pool('avg_pool', 'Mean of each window; padding is not counted.'),
  global_avg_pool: globalAvgPool,
  add: elementwise('add', '+', 'Sum of two tensors of one shape; written `x + y`.'),
  sub: elementwise('sub', '-', 'Difference of two tensors of one shape; written `x - y`.'),
  mul: elementwise('mul', '*', 'Product, element by element, of two tensors of one shape; written `x * y`.'),
  scale,
};

/** Whether a file may call it by this name (operators have none). */
export function isCallable(name: string): name is OperationName {
  return Object.hasOwn(operations, name) && operations[name as OperationName].operator === undefined;
}
