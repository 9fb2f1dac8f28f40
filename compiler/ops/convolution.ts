/**
 * Convolution over images, NHWC with HWIO filters, and the two ops of its backward pass. As everywhere in
 * this field it is a cross-correlation: the filter is not flipped.
 *
 * All three are bilinear and adjoint to each other, so each one's gradients are the other two, exactly.
 */
import type { Shape } from '../graph/graph.ts';
import type { GroupedAttributes } from './attributes.ts';
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

function groupsProblem(channels: number, made: number, groups: number): ShapeProblem | undefined {
  if (!Number.isInteger(groups) || groups < 1) {
    return { problem: `there are ${groups} groups`, expected: 'a whole number of 1 or more' };
  }
  const uneven = [channels, made].find((count) => count % groups !== 0);
  if (uneven === undefined) return undefined;
  return {
    problem: `${uneven} channels cannot be parted into ${groups} equal groups`,
    expected: `channels that are a multiple of ${groups}`,
  };
}

function convType(x: TensorType, w: TensorType, attributes: GroupedAttributes): TensorType | ShapeProblem {
  const problem = firstProblem(notImages('the input', x), notFilters('the filters', w));
  if (problem) return problem;
  const [images, height, width, channels] = axes4(x.shape);
  const [kernelHeight, kernelWidth, read, made] = axes4(w.shape);
  const { groups = 1 } = attributes;
  const uneven = groupsProblem(channels, made, groups);
  if (uneven) return uneven;
  if (channels !== read * groups) {
    return {
      problem: `the input has ${channels} channels and the filters read ${read * groups}`,
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
  { stride, padding, dilation = [1, 1] }: GroupedAttributes,
  visit: (yOffset: number, xOffset: number, wOffset: number) => void,
): void {
  const [images, height, width, channels] = axes4(x);
  const [kernelHeight, kernelWidth, read, made] = axes4(w);
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
            visit(
              yOffset,
              ((image * height + iy) * width + ix) * channels,
              (ky * kernelWidth + kx) * read * made,
            );
          }
        }
        yOffset += made;
      }
    }
  }
}

/**
 * Visits each channel that each group reads: with its row in the filters, its place in the image, and the
 * channels that its group makes (the first and how many).
 */
function visitGroups(
  w: Shape,
  { groups = 1 }: GroupedAttributes,
  visit: (row: number, read: number, first: number, count: number) => void,
): void {
  const [, , read, made] = axes4(w);
  const count = made / groups;
  for (let group = 0; group < groups; group++) {
    for (let c = 0; c < read; c++) visit(c, group * read + c, group * count, count);
  }
}

/** What the ops of one convolution have in common. */
function shared({ stride, padding, dilation, groups }: GroupedAttributes): GroupedAttributes {
  return { stride, padding, ...(dilation && { dilation }), ...(groups !== undefined && { groups }) };
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
      const [, , , made] = axes4(w.shape);
      const xs = doubles(x);
      const ws = doubles(w);
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, w.shape, out.shape, attributes, (yOffset, xOffset, wOffset) => {
        visitGroups(w.shape, attributes, (c, read, first, count) => {
          addScaled(sums, yOffset + first, ws, wOffset + c * made + first, xs[xOffset + read] ?? NaN, count);
        });
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, w] = two(inputs);
      const [kernelHeight, kernelWidth] = axes4(builder.shape(w));
      return [
        wants(0)
          ? builder.op('conv_input_gradient', [dy, w], {
              ...shared(node.attributes),
              inputShape: builder.shape(x),
            })
          : undefined,
        wants(1)
          ? builder.op('conv_weight_gradient', [x, dy], {
              ...shared(node.attributes),
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
      const [, , , made] = axes4(w.shape);
      const dys = doubles(dy);
      const ws = doubles(w);
      const sums = new Float64Array(out.data.length);
      visitTaps(out.shape, w.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) => {
        visitGroups(w.shape, attributes, (c, read, first, count) => {
          const sum = dot(dys, yOffset + first, ws, wOffset + c * made + first, count);
          sums[xOffset + read] = (sums[xOffset + read] ?? NaN) + sum;
        });
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [dConv, w] = two(inputs);
      const [kernelHeight, kernelWidth] = axes4(builder.shape(w));
      return [
        wants(0) ? builder.op('conv', [dy, w], shared(node.attributes)) : undefined,
        wants(1)
          ? builder.op('conv_weight_gradient', [dy, dConv], {
              ...shared(node.attributes),
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
      const { groups = 1 } = attributes;
      const w = f32([...attributes.kernel, Math.floor(channels / groups), made]);
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
      const [, , , made] = axes4(out.shape);
      const xs = doubles(x);
      const dys = doubles(dy);
      const sums = new Float64Array(out.data.length);
      visitTaps(x.shape, out.shape, dy.shape, attributes, (yOffset, xOffset, wOffset) => {
        visitGroups(out.shape, attributes, (c, read, first, count) => {
          addScaled(sums, wOffset + c * made + first, dys, yOffset + first, xs[xOffset + read] ?? NaN, count);
        });
      });
      out.data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const [x, dConv] = two(inputs);
      return [
        wants(0)
          ? builder.op('conv_input_gradient', [dConv, dy], {
              ...shared(node.attributes),
              inputShape: builder.shape(x),
            })
          : undefined,
        wants(1) ? builder.op('conv', [x, dy], shared(node.attributes)) : undefined,
      ];
    },
  },
};
