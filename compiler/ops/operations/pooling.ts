/** Pools over windows and over whole images. */
import type { Padding, Pair } from '../attributes.ts';
import {
  imageOf,
  one,
  operation,
  paddingFor,
  paddingParam,
  strideParam,
  type Operation,
} from '../operation.ts';

/**
 * Padding after an axis that adds the window that `ceil` asks for. It is left out where it would begin past
 * the image and the padding before it, as in PyTorch. Padding is not counted, so that wider padding after the
 * image changes no other window.
 */
function ceilAxis(size: number, before: number, after: number, k: number, stride: number): number {
  const last = Math.ceil((size + before + after - k) / stride) * stride;
  return last >= size + before ? after : Math.max(after, last + k - size - before);
}

function ceilPadding([top, bottom, left, right]: Padding, k: Pair, stride: Pair, size: Pair): Padding {
  return [
    top,
    ceilAxis(size[0], top, bottom, k[0], stride[0]),
    left,
    ceilAxis(size[1], left, right, k[1], stride[1]),
  ];
}

/** A pool over windows. */
export function pool(op: 'max_pool' | 'avg_pool', doc: string): Operation {
  return operation({
    doc,
    takes: 'image',
    tensors: ['x'],
    params: [
      { name: 'k', kind: 'pair', default: undefined, doc: 'height and width of the window' },
      strideParam,
      paddingParam,
      { name: 'ceil', kind: 'flag', default: false, doc: 'whether a last, incomplete window counts' },
    ],
    build: ({ builder }, inputs, { k, stride, padding: mode, ceil }) => {
      const x = one(inputs);
      const [height, width] = imageOf(builder, x);
      const padding = paddingFor(mode, k, stride, builder.shape(x));
      return builder.op(op, inputs, {
        window: k,
        stride,
        padding: ceil ? ceilPadding(padding, k, stride, [height, width]) : padding,
      });
    },
  });
}

export const globalAvgPool: Operation = operation({
  doc: 'Mean over height and width: an image becomes a vector of its channels.',
  takes: 'image',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => builder.op('global_avg_pool', inputs, {}),
});

export const globalMaxPool: Operation = operation({
  doc: 'Largest value over height and width: an image becomes a vector of its channels.',
  takes: 'image',
  tensors: ['x'],
  params: [],
  build: ({ builder }, inputs) => {
    const x = one(inputs);
    const [images = 1] = builder.shape(x);
    const [height, width, channels] = imageOf(builder, x);
    const window = [height, width] as const;
    const pooled = builder.op('max_pool', [x], { window, stride: window, padding: [0, 0, 0, 0] });
    return builder.op('reshape', [pooled], { shape: [images, channels] });
  },
});
