/** Convolutions and fully connected layers. */
import type { NodeId } from '../../graph/graph.ts';
import { channelsOf } from '../shapes.ts';
import {
  constant,
  dilated,
  dilationParam,
  he,
  imageOf,
  misfit,
  one,
  operation,
  paddingFor,
  paddingParam,
  strideParam,
  type BuildContext,
  type Operation,
} from '../operation.ts';

/** Adds a trained number to each channel. */
export function withBias({ builder, parameter }: BuildContext, y: NodeId): NodeId {
  return builder.op('bias_add', [y, parameter('bias', [channelsOf(builder.shape(y))], constant(0))], {});
}

/**
 * A matrix of weights along the last axis of a vector or a sequence: positions are rows of one product.
 * `name` is that of the weights.
 */
export function project(
  { builder, parameter }: BuildContext,
  x: NodeId,
  units: number,
  name = 'kernel',
): NodeId {
  const shape = builder.shape(x);
  const features = channelsOf(shape);
  const outer = shape.slice(0, -1);
  const w = parameter(name, [features, units], he(features));
  const flat = { transposeA: false, transposeB: false };
  if (outer.length === 1) return builder.op('matmul', [x, w], flat);
  const rows = builder.op('reshape', [x], { shape: [outer.reduce((a, b) => a * b, 1), features] });
  return builder.op('reshape', [builder.op('matmul', [rows, w], flat)], { shape: [...outer, units] });
}

export const conv: Operation = operation({
  doc: 'Convolution of an image; no bias unless told.',
  takes: 'image',
  tensors: ['x'],
  params: [
    { name: 'filters', kind: 'count', default: undefined, doc: 'channels of the result' },
    { name: 'k', kind: 'pair', default: 1, doc: 'height and width of the kernel' },
    strideParam,
    paddingParam,
    { name: 'bias', kind: 'flag', default: false, doc: 'adds a trained number to each channel' },
    dilationParam,
    {
      name: 'groups',
      kind: 'count',
      default: 1,
      doc: 'equal parts of the channels, each convolved by itself',
    },
  ],
  build: (context, inputs, { filters, k, stride, padding, bias, dilation, groups }) => {
    const { builder, parameter } = context;
    const x = one(inputs);
    const [, , channels] = imageOf(builder, x);
    const read = Math.max(1, Math.floor(channels / groups)); // where groups do not fit, the op says so
    const w = parameter('kernel', [...k, read, filters], he(k[0] * k[1] * read));
    const y = builder.op('conv', [x, w], {
      stride,
      padding: paddingFor(padding, k, stride, builder.shape(x), dilation),
      ...dilated(dilation),
      ...(groups > 1 && { groups }),
    });
    return bias ? withBias(context, y) : y;
  },
});

export const depthwise: Operation = operation({
  doc: 'Convolution of each channel by itself; no bias unless told.',
  takes: 'image',
  tensors: ['x'],
  params: [
    { name: 'k', kind: 'pair', default: undefined, doc: 'height and width of the kernel' },
    strideParam,
    paddingParam,
    dilationParam,
    { name: 'multiplier', kind: 'count', default: 1, doc: 'channels made of each channel' },
    { name: 'bias', kind: 'flag', default: false, doc: 'adds a trained number to each channel' },
  ],
  build: (context, inputs, { k, stride, padding, dilation, multiplier, bias }) => {
    const { builder, parameter } = context;
    const x = one(inputs);
    const [, , channels] = imageOf(builder, x);
    const taps = he(k[0] * k[1]);
    const attributes = {
      stride,
      padding: paddingFor(padding, k, stride, builder.shape(x), dilation),
      ...dilated(dilation),
    };
    const y =
      multiplier === 1
        ? builder.op('depthwise', [x, parameter('kernel', [...k, channels], taps)], attributes)
        : builder.op('conv', [x, parameter('kernel', [...k, 1, channels * multiplier], taps)], {
            ...attributes,
            groups: channels,
          });
    return bias ? withBias(context, y) : y;
  },
});

export const dense: Operation = operation({
  doc: 'Fully connected layer on a vector of features, or on each position of a sequence; with a bias unless told.',
  takes: 'features',
  tensors: ['x'],
  params: [
    { name: 'units', kind: 'count', default: undefined, doc: 'features of the result' },
    { name: 'bias', kind: 'flag', default: true, doc: 'adds a trained number to each unit' },
  ],
  build: (context, inputs, { units, bias }) => {
    const y = project(context, one(inputs), units);
    return bias ? withBias(context, y) : y;
  },
});

export const embedding: Operation = operation({
  doc: 'A trained vector for each token: a sequence of whole numbers becomes one of features.',
  takes: 'tokens',
  tensors: ['ids'],
  params: [
    { name: 'vocabulary', kind: 'count', default: undefined, doc: 'how many tokens there are' },
    { name: 'units', kind: 'count', default: undefined, doc: 'features of each' },
  ],
  build: ({ builder, parameter }, inputs, { vocabulary, units }) =>
    // Variance 1, as is usual for embeddings.
    builder.op('embedding', [one(inputs), parameter('table', [vocabulary, units], he(2))], {}),
});

export const attention: Operation = operation({
  doc: 'Multi-head self-attention on a sequence (Vaswani et al. 2017, section 3.2.2), with biases.',
  takes: 'sequence',
  tensors: ['x'],
  params: [
    {
      name: 'heads',
      kind: 'count',
      default: 1,
      doc: 'equal parts of the features, each with weights of its own',
    },
    { name: 'causal', kind: 'flag', default: false, doc: 'whether a position sees none that follow it' },
  ],
  build: (context, inputs, { heads, causal }) => {
    const { builder, parameter } = context;
    const x = one(inputs);
    const [batch = 1, positions = 1, features = 1] = builder.shape(x);
    if (features % heads !== 0) {
      throw misfit(
        'batch_matmul',
        [builder.shape(x)],
        `${features} features cannot be parted among ${heads} heads`,
        `features that are a multiple of ${heads}`,
      );
    }
    const width = features / heads;
    const named = (name: string): NodeId => {
      const y = project(context, x, features, `${name}.kernel`);
      const bias = parameter(`${name}.bias`, [features], constant(0));
      const all = builder.op('bias_add', [y, bias], {});
      const parted = builder.op('reshape', [all], { shape: [batch, positions, heads, width] });
      const turned = builder.op('transpose', [parted], { axes: [0, 2, 1, 3] });
      return builder.op('reshape', [turned], { shape: [batch * heads, positions, width] });
    };
    const [query, key, value] = [named('query'), named('key'), named('value')];
    const products = builder.op('batch_matmul', [query, key], { transposeA: false, transposeB: true });
    const scores = builder.op('scale', [products], { factor: 1 / Math.sqrt(width) });
    const shares = builder.op('softmax', [scores], causal ? { causal } : {});
    const mixed = builder.op('batch_matmul', [shares, value], { transposeA: false, transposeB: false });
    const parted = builder.op('reshape', [mixed], { shape: [batch, heads, positions, width] });
    const turned = builder.op('transpose', [parted], { axes: [0, 2, 1, 3] });
    const joined = builder.op('reshape', [turned], { shape: [batch, positions, features] });
    return withBias(context, project(context, joined, features));
  },
});
