/** Operations that choose, move or replace elements and compute nothing. */
import type { GraphBuilder } from '../../graph/builder.ts';
import type { NodeId } from '../../graph/graph.ts';
import { channelsOf } from '../shapes.ts';
import { imageOf, misfit, one, operation, strideParam, type Operation } from '../operation.ts';

export const identity: Operation = operation({
  doc: 'The tensor itself.',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: (_, inputs) => one(inputs),
});

export const zero: Operation = operation({
  doc: 'Zeros of the shape of the tensor; with a stride, of every so many-th pixel of an image.',
  takes: 'any',
  tensors: ['x'],
  params: [strideParam],
  build: ({ builder }, inputs, { stride }) => {
    const [images = 1, ...sizes] = builder.shape(one(inputs));
    const strided = sizes.map((size, axis) =>
      sizes.length === 3 && axis < 2 ? Math.ceil(size / (stride[axis] ?? 1)) : size,
    );
    return builder.constant(0, [images, ...strided]);
  },
});

export const flatten: Operation = operation({
  doc: 'A vector of all elements.',
  takes: 'any',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => {
    const x = one(inputs);
    const [images = 1, ...sizes] = builder.shape(x);
    if (sizes.length === 1) return x;
    return builder.op('reshape', [x], { shape: [images, sizes.reduce((a, b) => a * b, 1)] });
  },
});

/** Channels from `first` on, `count` of them. */
function channelsFrom(builder: GraphBuilder, x: NodeId, first: number, count: number): NodeId {
  const shape = builder.shape(x);
  if (first === 0 && count === channelsOf(shape)) return x;
  const outer = shape.slice(0, -1);
  return builder.op('slice', [x], { begin: [...outer.map(() => 0), first], size: [...outer, count] });
}

export const firstChannels: Operation = operation({
  doc: 'The leading channels or features.',
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'n', kind: 'count', default: undefined, doc: 'how many' }],
  build: ({ builder }, inputs, { n }) => {
    const x = one(inputs);
    const channels = channelsOf(builder.shape(x));
    if (n > channels) {
      const problem = `it has ${channels} channels, of which ${n} are asked for`;
      throw misfit('slice', [builder.shape(x)], problem, `at most ${channels}`);
    }
    return channelsFrom(builder, x, 0, n);
  },
});

export const splitPart: Operation = operation({
  doc: 'One of several equal parts of the channels or features.',
  takes: 'any',
  tensors: ['x'],
  params: [
    { name: 'index', kind: 'index', default: undefined, doc: 'which part, from 0' },
    { name: 'parts', kind: 'count', default: undefined, doc: 'how many there are' },
  ],
  build: ({ builder }, inputs, { index, parts }) => {
    const x = one(inputs);
    const channels = channelsOf(builder.shape(x));
    if (index >= parts) {
      throw misfit('slice', [builder.shape(x)], `there is no part ${index}`, `a part from 0 to ${parts - 1}`);
    }
    if (channels % parts !== 0) {
      const problem = `${channels} channels cannot be parted into ${parts} equal parts`;
      throw misfit('slice', [builder.shape(x)], problem, `channels that are a multiple of ${parts}`);
    }
    return channelsFrom(builder, x, (index * channels) / parts, channels / parts);
  },
});

export const shift: Operation = operation({
  doc: 'The image moved up and left by so many pixels (down and right by negative ones), with zeros where it left.',
  takes: 'image',
  tensors: ['x'],
  params: [
    { name: 'dy', kind: 'offset', default: undefined, doc: 'pixels up' },
    { name: 'dx', kind: 'offset', default: undefined, doc: 'pixels left' },
  ],
  build: ({ builder }, inputs, { dy, dx }) => {
    const x = one(inputs);
    if (dy === 0 && dx === 0) return x;
    const shape = builder.shape(x);
    const [height, width] = imageOf(builder, x);
    const moves = [0, dy, dx, 0] as const;
    if (Math.abs(dy) >= height || Math.abs(dx) >= width) return builder.constant(0, shape);
    const part = builder.op('slice', [x], {
      begin: moves.map((move) => Math.max(move, 0)),
      size: shape.map((size, axis) => size - Math.abs(moves[axis] ?? 0)),
    });
    return builder.op('pad', [part], {
      before: moves.map((move) => Math.max(-move, 0)),
      after: moves.map((move) => Math.max(move, 0)),
    });
  },
});
