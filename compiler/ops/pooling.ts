/** Pools over images, NHWC, and the ops of their backward passes. */
import type { OpAttributes, PoolAttributes } from './attributes.ts';
import type { CpuTensor, OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { addScaled, doubles } from './rows.ts';
import { axes4, f32, noMacs, notImages, otherShape } from './shapes.ts';
import {
  emptyWindowProblem,
  type WindowPlace,
  visitWindows,
  windowPlaces,
  windowProblem,
} from './windows.ts';

function poolType(x: TensorType, attributes: PoolAttributes): TensorType | ShapeProblem {
  const problem = notImages('the input', x);
  if (problem) return problem;
  const [images, height, width, channels] = axes4(x.shape);
  const { window } = attributes;
  const misfit =
    windowProblem([height, width], window, attributes) ??
    emptyWindowProblem([height, width], window, attributes);
  if (misfit) return misfit;
  return f32([images, ...windowPlaces([height, width], window, attributes), channels]);
}

/** The type of a pool's gradient for its input of type `x`, given the gradient of its output. */
function poolGradientType(
  dy: TensorType,
  x: TensorType,
  attributes: PoolAttributes,
): TensorType | ShapeProblem {
  const y = poolType(x, attributes);
  if ('problem' in y) return y;
  return otherShape('the gradient of the pool', dy, y.shape) ?? x;
}

/** Offset in an image batch of the first channel of a position. */
type PixelOffset = (image: number, row: number, column: number) => number;

function pixels(x: CpuTensor): PixelOffset {
  const [, height, width, channels] = axes4(x.shape);
  return (image, row, column) => ((image * height + row) * width + column) * channels;
}

/** Offset of the largest element of one channel in a window: the first of equals in row-major order. */
function largestInWindow(xs: Float64Array, offset: PixelOffset, place: WindowPlace, channel: number): number {
  let best = offset(place.image, place.top, place.left) + channel;
  for (let row = place.top; row < place.bottom; row++) {
    for (let column = place.left; column < place.right; column++) {
      const here = offset(place.image, row, column) + channel;
      if ((xs[here] ?? NaN) > (xs[best] ?? NaN)) best = here;
    }
  }
  return best;
}

function areaOf(place: WindowPlace): number {
  return (place.bottom - place.top) * (place.right - place.left);
}

function poolAttributes({ window, stride, padding }: OpAttributes['avg_pool_gradient']): PoolAttributes {
  return { window, stride, padding };
}

export const poolingOps: Pick<
  OpTable,
  | 'max_pool'
  | 'max_pool_gradient'
  | 'avg_pool'
  | 'avg_pool_gradient'
  | 'global_avg_pool'
  | 'global_avg_pool_gradient'
> = {
  max_pool: {
    doc: 'The largest element of each window, channel by channel; padding never wins.',
    arity: 1,
    shape(inputs, attributes) {
      return poolType(one(inputs), attributes);
    },
    cost: noMacs,
    reference(inputs, out, attributes) {
      const x = one(inputs);
      const xs = doubles(x);
      const offset = pixels(x);
      const [, , , channels] = axes4(x.shape);
      visitWindows(x.shape, attributes.window, attributes, (place) => {
        for (let c = 0; c < channels; c++) {
          out.data[place.outputOffset + c] = xs[largestInWindow(xs, offset, place, c)] ?? NaN;
        }
      });
    },
    gradient({ builder, node, inputs, dy, wants }) {
      return [wants(0) ? builder.op('max_pool_gradient', [dy, one(inputs)], node.attributes) : undefined];
    },
  },

  max_pool_gradient: {
    doc: 'The gradient of a max pool: goes to the largest element of each window, the first of equals.',
    arity: 2,
    shape(inputs, attributes) {
      const [dy, x] = two(inputs);
      return poolGradientType(dy, x, attributes);
    },
    cost: noMacs,
    reference(inputs, out, attributes) {
      const [dy, x] = two(inputs);
      const xs = doubles(x);
      const dys = doubles(dy);
      const offset = pixels(x);
      const [, , , channels] = axes4(x.shape);
      const sums = new Float64Array(out.data.length);
      visitWindows(x.shape, attributes.window, attributes, (place) => {
        for (let c = 0; c < channels; c++) {
          const winner = largestInWindow(xs, offset, place, c);
          sums[winner] = (sums[winner] ?? NaN) + (dys[place.outputOffset + c] ?? NaN);
        }
      });
      out.data.set(sums);
    },
    gradient: { none: 'no op picks elements at the places where another tensor has its largest' },
  },

  avg_pool: {
    doc: 'The mean of each window, channel by channel; padding is not counted.',
    arity: 1,
    shape(inputs, attributes) {
      return poolType(one(inputs), attributes);
    },
    cost: noMacs,
    reference(inputs, out, attributes) {
      const x = one(inputs);
      const xs = doubles(x);
      const offset = pixels(x);
      const [, , , channels] = axes4(x.shape);
      const sums = new Float64Array(out.data.length);
      visitWindows(x.shape, attributes.window, attributes, (place) => {
        for (let row = place.top; row < place.bottom; row++) {
          for (let column = place.left; column < place.right; column++) {
            addScaled(sums, place.outputOffset, xs, offset(place.image, row, column), 1, channels);
          }
        }
        const area = areaOf(place);
        for (let c = 0; c < channels; c++) {
          out.data[place.outputOffset + c] = (sums[place.outputOffset + c] ?? NaN) / area;
        }
      });
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const inputShape = builder.shape(one(inputs));
      return [
        wants(0) ? builder.op('avg_pool_gradient', [dy], { ...node.attributes, inputShape }) : undefined,
      ];
    },
  },

  avg_pool_gradient: {
    doc: 'The gradient of an average pool: spread evenly over the elements of each window.',
    arity: 1,
    shape(inputs, attributes) {
      return poolGradientType(one(inputs), f32(attributes.inputShape), attributes);
    },
    cost: noMacs,
    reference(inputs, out, attributes) {
      const dys = doubles(one(inputs));
      const offset = pixels(out);
      const [, , , channels] = axes4(out.shape);
      const sums = new Float64Array(out.data.length);
      visitWindows(out.shape, attributes.window, attributes, (place) => {
        const share = 1 / areaOf(place);
        for (let row = place.top; row < place.bottom; row++) {
          for (let column = place.left; column < place.right; column++) {
            addScaled(sums, offset(place.image, row, column), dys, place.outputOffset, share, channels);
          }
        }
      });
      out.data.set(sums);
    },
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('avg_pool', [dy], poolAttributes(node.attributes)) : undefined];
    },
  },

  global_avg_pool: {
    doc: 'The mean of each channel over the whole image.',
    arity: 1,
    shape(inputs) {
      const x = one(inputs);
      const problem = notImages('the input', x);
      if (problem) return problem;
      const [images, , , channels] = axes4(x.shape);
      return f32([images, channels]);
    },
    cost: noMacs,
    reference(inputs, out) {
      const x = one(inputs);
      const xs = doubles(x);
      const [images, height, width, channels] = axes4(x.shape);
      const area = height * width;
      const sums = new Float64Array(channels);
      for (let image = 0; image < images; image++) {
        sums.fill(0);
        for (let p = 0; p < area; p++) addScaled(sums, 0, xs, (image * area + p) * channels, 1, channels);
        for (let c = 0; c < channels; c++) out.data[image * channels + c] = (sums[c] ?? NaN) / area;
      }
    },
    gradient({ builder, inputs, dy, wants }) {
      const inputShape = builder.shape(one(inputs));
      return [wants(0) ? builder.op('global_avg_pool_gradient', [dy], { inputShape }) : undefined];
    },
  },

  global_avg_pool_gradient: {
    doc: 'The gradient of a global average pool: spread evenly over each image.',
    arity: 1,
    shape(inputs, { inputShape }) {
      const dy = one(inputs);
      const x = f32(inputShape);
      const problem = notImages('the input', x);
      if (problem) return problem;
      const [images, , , channels] = axes4(inputShape);
      return otherShape('the gradient of the pool', dy, [images, channels]) ?? x;
    },
    cost: noMacs,
    reference(inputs, out) {
      const dys = doubles(one(inputs));
      const [images, height, width, channels] = axes4(out.shape);
      const area = height * width;
      for (let image = 0; image < images; image++) {
        for (let p = 0; p < area; p++) {
          for (let c = 0; c < channels; c++) {
            out.data[(image * area + p) * channels + c] = (dys[image * channels + c] ?? NaN) / area;
          }
        }
      }
    },
    gradient({ builder, dy, wants }) {
      return [wants(0) ? builder.op('global_avg_pool', [dy], {}) : undefined];
    },
  },
};
