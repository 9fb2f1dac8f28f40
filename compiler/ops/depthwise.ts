/**
 * Depthwise convolution over images, NHWC: each channel is convolved with a filter of its own, [height, width,
 * channels]. With the two ops of its backward pass it is bilinear, as `convolution.ts` is, so each one's
 * gradients are the other two.
 */
import type { Shape } from '../graph/graph.ts';
import type { ConvAttributes } from './attributes.ts';
import type { OpCost, OpTable, ShapeProblem, TensorType } from './op.ts';
import { two } from './operands.ts';
import { doubles } from './rows.ts';
import { axes3, axes4, elementsOf, f32, firstProblem, notImages, otherShape, wrongDType } from './shapes.ts';
import { windowPlaces, windowProblem } from './windows.ts';

function notFilters(what: string, found: TensorType): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (found.shape.length === 3) return undefined;
  return {
    problem: `${what} have ${found.shape.length} axes`,
    expected: 'three axes: height, width, channels',
  };
}

function depthwiseType(x: TensorType, w: TensorType, attributes: ConvAttributes): TensorType | ShapeProblem {
  const problem = firstProblem(notImages('the input', x), notFilters('the filters', w));
  if (problem) return problem;
  const [images, height, width, channels] = axes4(x.shape);
  const [kernelHeight, kernelWidth, filters] = axes3(w.shape);
  if (channels !== filters) {
    return {
      problem: `the input has ${channels} channels and there are ${filters} filters`,
      expected: `${channels} filters, one for each channel`,
    };
  }
  const kernel = [kernelHeight, kernelWidth] as const;
  const misfit = windowProblem([height, width], kernel, attributes);
  if (misfit) return misfit;
  return f32([images, ...windowPlaces([height, width], kernel, attributes), channels]);
}

function depthwiseCost(y: Shape, w: Shape): OpCost {
  const [kernelHeight, kernelWidth] = axes3(w);
  return { macs: elementsOf(y) * kernelHeight * kernelWidth };
}

/** Visits every (output place, tap) that meets the image: with the offsets of the channels of y, x and w. */
function visitTaps(
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, padding, dilation = [1, 1] }: ConvAttributes,
  visit: (yOffset: number, xOffset: number, wOffset: number) => void,
): void {
  const [images, height, width, channels] = axes4(x);
  const [kernelHeight, kernelWidth] = axes3(w);
  const [, rows, columns] = axes4(y);
  let yOffset = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          const iy = row * stride[0] - padding[0] + ky * dilation[0];
          if (iy < 0 || iy >= height) continue;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const ix = column * stride[1] - padding[2] + kx * dilation[1];
            if (ix < 0 || ix >= width) continue;
            const pixel = (image * height + iy) * width + ix;
            visit(yOffset, pixel * channels, (ky * kernelWidth + kx) * channels);
          }
        }
        yOffset += channels;
      }
    }
  }
}

/** sums[s + i] += a[p + i] * b[q + i] for i below `count`. */
function addProducts(
  sums: Float64Array,
  s: number,
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    sums[s + i] = (sums[s + i] ?? NaN) + (a[p + i] ?? NaN) * (b[q + i] ?? NaN);
  }
}

function shared({ stride, padding, dilation }: ConvAttributes): ConvAttributes {
  return { stride, padding, ...(dilation && { dilation }) };
}

export const depthwiseOps: Pick<
  OpTable,
  'depthwise' | 'depthwise_input_gradient' | 'depthwise_weight_gradient'
> = {
  depthwise: {
    doc: 'Convolves each channel of padded images with a filter of its own.',
    arity: 2,
    shape(inputs, attributes) {
      const [x, w] = two(inputs);
      return depthwiseType(x, w, attributes);
    },
    cost(inputs, output) {
      return depthwiseCost(output, two(inputs)[1]);
    },
    reference(inputs, out, attributes) {
      const [x, w] = two(inputs);
      const [, , , channels] = axes4(x.shape);
      const [xs, ws] = [doubles(x), doubles(w)];
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, w.shape, out.shape, attributes, (yOffset, xOffset, wOffset) =>
        addProducts(sums, yOffset, xs, xOffset, ws, wOffset, channels),
      );
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, w] = two(inputs);
      const [high, wide] = axes3(builder.shape(w));
      const attributes = shared(node.attributes);
      const dx = { ...attributes, inputShape: builder.shape(x) };
      const dw = { ...attributes, kernel: [high, wide] } as const;
      return [
        wants(0) ? builder.op('depthwise_input_gradient', [dy, w], dx) : undefined,
        wants(1) ? builder.op('depthwise_weight_gradient', [x, dy], dw) : undefined,
      ];
    },
  },

  depthwise_input_gradient: {
    doc: 'The gradient of a depthwise convolution with respect to its images.',
    arity: 2,
    shape(inputs, attributes) {
      const [dy, w] = two(inputs);
      const x = f32(attributes.inputShape);
      const y = depthwiseType(x, w, attributes);
      if ('problem' in y) return y;
      return otherShape('the gradient of the convolution', dy, y.shape) ?? x;
    },
    cost(inputs) {
      const [dy, w] = two(inputs);
      return depthwiseCost(dy, w);
    },
    reference(inputs, out, attributes) {
      const [dy, w] = two(inputs);
      const [, , , channels] = axes4(out.shape);
      const [dys, ws] = [doubles(dy), doubles(w)];
      const sums = new Float64Array(out.data.length);
      visitTaps(out.shape, w.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) =>
        addProducts(sums, xOffset, dys, yOffset, ws, wOffset, channels),
      );
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [dConv, w] = two(inputs);
      const [high, wide] = axes3(builder.shape(w));
      const attributes = shared(node.attributes);
      const dw = { ...attributes, kernel: [high, wide] } as const;
      return [
        wants(0) ? builder.op('depthwise', [dy, w], attributes) : undefined,
        wants(1) ? builder.op('depthwise_weight_gradient', [dy, dConv], dw) : undefined,
      ];
    },
  },

  depthwise_weight_gradient: {
    doc: 'The gradient of a depthwise convolution with respect to its filters.',
    arity: 2,
    shape(inputs, attributes) {
      const [x, dy] = two(inputs);
      const problem = notImages('the input', x);
      if (problem) return problem;
      const [, , , channels] = axes4(x.shape);
      const w = f32([...attributes.kernel, channels]);
      const y = depthwiseType(x, w, attributes);
      if ('problem' in y) return y;
      return otherShape('the gradient of the convolution', dy, y.shape) ?? w;
    },
    cost(inputs, output) {
      return depthwiseCost(two(inputs)[1], output);
    },
    reference(inputs, out, attributes) {
      const [x, dy] = two(inputs);
      const [, , , channels] = axes4(x.shape);
      const [xs, dys] = [doubles(x), doubles(dy)];
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, out.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) =>
        addProducts(sums, wOffset, xs, xOffset, dys, yOffset, channels),
      );
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, dConv] = two(inputs);
      const attributes = shared(node.attributes);
      const dx = { ...attributes, inputShape: builder.shape(x) };
      return [
        wants(0) ? builder.op('depthwise_input_gradient', [dConv, dy], dx) : undefined,
        wants(1) ? builder.op('depthwise', [x, dy], attributes) : undefined,
      ];
    },
  },
};
