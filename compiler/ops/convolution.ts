/**
 * Convolution over images, NHWC with HWIO filters, and the two ops of its backward pass. As everywhere in
 * this field it is a cross-correlation: the filter is not flipped.
 *
 * All three are bilinear and adjoint to each other, so each one's gradients are the other two, exactly.
 */
import type { Shape } from '../graph/graph.ts';
import type { WindowAttributes } from './attributes.ts';
import type { OpCost, OpTable, ShapeProblem, TensorType } from './op.ts';
import { two } from './operands.ts';
import { addScaled, dot, doubles } from './rows.ts';
import { axes4, elementsOf, f32, firstProblem, notImages, otherShape, wrongDType } from './shapes.ts';
import { windowPlaces, windowProblem } from './windows.ts';

function notFilters(what: string, found: TensorType): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem) return problem;
  if (found.shape.length === 4) return undefined;
  return {
    problem: `${what} have ${found.shape.length} axes`,
    expected: 'four axes: height, width, channels read and channels made',
  };
}

function convType(x: TensorType, w: TensorType, attributes: WindowAttributes): TensorType | ShapeProblem {
  const problem = firstProblem(notImages('the input', x), notFilters('the filters', w));
  if (problem) return problem;
  const [images, height, width, channels] = axes4(x.shape);
  const [kernelHeight, kernelWidth, read, made] = axes4(w.shape);
  if (channels !== read) {
    return {
      problem: `the input has ${channels} channels and the filters read ${read}`,
      expected: `filters that read ${channels}`,
    };
  }
  const misfit = windowProblem([height, width], [kernelHeight, kernelWidth], attributes);
  if (misfit) return misfit;
  const [rows, columns] = windowPlaces([height, width], [kernelHeight, kernelWidth], attributes);
  return f32([images, rows, columns, made]);
}

/** Multiply-accumulates of conv: one for each element of `y` and each weight that it reads. */
function convCost(y: Shape, w: Shape): OpCost {
  const [kernelHeight, kernelWidth, read] = axes4(w);
  return { macs: elementsOf(y) * kernelHeight * kernelWidth * read };
}

/**
 * Visits every (output position, filter position) pair that meets the image rather than padding, in
 * row-major order of outputs: with the offsets of the channels of `y`, of `x` and of the filter's slice.
 */
function visitTaps(
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, padding }: WindowAttributes,
  visit: (yOffset: number, xOffset: number, wOffset: number) => void,
): void {
  const [images, height, width, channels] = axes4(x);
  const [kernelHeight, kernelWidth, , made] = axes4(w);
  const [, rows, columns] = axes4(y);
  let yOffset = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let ky = 0; ky < kernelHeight; ky++) {
          const iy = row * stride[0] - padding[0] + ky;
          if (iy < 0 || iy >= height) continue;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const ix = column * stride[1] - padding[2] + kx;
            if (ix < 0 || ix >= width) continue;
            visit(
              yOffset,
              ((image * height + iy) * width + ix) * channels,
              (ky * kernelWidth + kx) * channels * made,
            );
          }
        }
        yOffset += made;
      }
    }
  }
}

export const convolutionOps: Pick<OpTable, 'conv' | 'conv_input_gradient' | 'conv_weight_gradient'> = {
  conv: {
    doc: 'Slides filters over padded images; each output channel is the sum of products of one filter and the window under it.',
    arity: 2,
    shape(inputs, attributes) {
      const [x, w] = two(inputs);
      return convType(x, w, attributes);
    },
    cost(inputs, output) {
      const [, w] = two(inputs);
      return convCost(output, w);
    },
    reference(inputs, out, attributes) {
      const [x, w] = two(inputs);
      const [, , channels, made] = axes4(w.shape);
      const xs = doubles(x);
      const ws = doubles(w);
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, w.shape, out.shape, attributes, (yOffset, xOffset, wOffset) => {
        for (let c = 0; c < channels; c++) {
          addScaled(sums, yOffset, ws, wOffset + c * made, xs[xOffset + c] ?? NaN, made);
        }
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, w] = two(inputs);
      const { stride, padding } = node.attributes;
      const [kernelHeight, kernelWidth] = axes4(builder.shape(w));
      return [
        wants(0)
          ? builder.op('conv_input_gradient', [dy, w], { stride, padding, inputShape: builder.shape(x) })
          : undefined,
        wants(1)
          ? builder.op('conv_weight_gradient', [x, dy], {
              stride,
              padding,
              kernel: [kernelHeight, kernelWidth],
            })
          : undefined,
      ];
    },
  },

  conv_input_gradient: {
    doc: 'The gradient of a convolution with respect to its images, from the gradient of its output and its filters.',
    arity: 2,
    shape(inputs, attributes) {
      const [dy, w] = two(inputs);
      const x = f32(attributes.inputShape);
      const y = convType(x, w, attributes);
      if ('problem' in y) return y;
      return otherShape('the gradient of the convolution', dy, y.shape) ?? x;
    },
    cost(inputs) {
      const [dy, w] = two(inputs);
      return convCost(dy, w);
    },
    reference(inputs, out, attributes) {
      const [dy, w] = two(inputs);
      const [, , channels, made] = axes4(w.shape);
      const dys = doubles(dy);
      const ws = doubles(w);
      const sums = new Float64Array(out.data.length);
      visitTaps(out.shape, w.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) => {
        for (let c = 0; c < channels; c++) {
          sums[xOffset + c] = (sums[xOffset + c] ?? NaN) + dot(dys, yOffset, ws, wOffset + c * made, made);
        }
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [dConv, w] = two(inputs);
      const { stride, padding } = node.attributes;
      const [kernelHeight, kernelWidth] = axes4(builder.shape(w));
      return [
        wants(0) ? builder.op('conv', [dy, w], { stride, padding }) : undefined,
        wants(1)
          ? builder.op('conv_weight_gradient', [dy, dConv], {
              stride,
              padding,
              kernel: [kernelHeight, kernelWidth],
            })
          : undefined,
      ];
    },
  },

  conv_weight_gradient: {
    doc: 'The gradient of a convolution with respect to its filters, from its images and the gradient of its output.',
    arity: 2,
    shape(inputs, attributes) {
      const [x, dy] = two(inputs);
      const problem = firstProblem(
        notImages('the input', x),
        notImages('the gradient of the convolution', dy),
      );
      if (problem) return problem;
      const [, , , channels] = axes4(x.shape);
      const [, , , made] = axes4(dy.shape);
      const w = f32([...attributes.kernel, channels, made]);
      const y = convType(x, w, attributes);
      if ('problem' in y) return y;
      return otherShape('the gradient of the convolution', dy, y.shape) ?? w;
    },
    cost(inputs, output) {
      const [, dy] = two(inputs);
      return convCost(dy, output);
    },
    reference(inputs, out, attributes) {
      const [x, dy] = two(inputs);
      const [, , channels, made] = axes4(out.shape);
      const xs = doubles(x);
      const dys = doubles(dy);
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, out.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) => {
        for (let c = 0; c < channels; c++) {
          addScaled(sums, wOffset + c * made, dys, yOffset, xs[xOffset + c] ?? NaN, made);
        }
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, dConv] = two(inputs);
      const { stride, padding } = node.attributes;
      return [
        wants(0)
          ? builder.op('conv_input_gradient', [dConv, dy], { stride, padding, inputShape: builder.shape(x) })
          : undefined,
        wants(1) ? builder.op('conv', [x, dy], { stride, padding }) : undefined,
      ];
    },
  },
};
