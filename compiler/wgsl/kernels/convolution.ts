/** Convolution, its gradients and the matrix product, as gathers and weight gradients. */
import type { ConvAttributes } from '../../ops/attributes.ts';
import { axes2, axes4 } from '../../ops/shapes.ts';
import { two } from '../../ops/operands.ts';
import type { Profile } from '../plan.ts';
import { input, output, scratch, type Dispatch, type KernelRule, type Operand } from '../rule.ts';
import { groupedDispatch } from './grouped.ts';
import { gatherDispatch, type GatherAxis } from './gather.ts';
import { pointwiseDispatch, type Pointwise } from './pointwise.ts';
import { pointwiseWeightGradient } from './pointwiseWeightGradient.ts';
import { transposeDispatch, transposedBytes, type Matrices } from './transpose.ts';
import { weightGradientDispatches } from './weightGradient.ts';

interface AxisGeometry {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly dilation: number;
}

function forwardAxis({
  input: size,
  output: places,
  kernel,
  stride,
  before,
  dilation,
}: AxisGeometry): GatherAxis {
  return {
    places,
    stride,
    offset: -before,
    step: dilation,
    taps: kernel,
    firstTap: 0,
    nextTap: 1,
    spread: 1,
    shift: 0,
    inputSize: size,
    outputSize: places,
  };
}

/**
 * Along one axis, dx at `phase + stride * j` gathers from dy over the taps that meet it:
 * dy index = (phase + stride * j + before - dilation * tap) / stride. Those are every `nextTap`-th from
 * `firstTap` on, or none. So each phase is a dense gather of its own, and no tap is tried in vain.
 */
function backwardAxis(axis: AxisGeometry, phase: number): GatherAxis {
  const { stride, before, kernel, dilation } = axis;
  const nextTap = stride / greatestDivisor(stride, dilation);
  const taps = [...Array(Math.min(nextTap, kernel)).keys()];
  const firstTap = taps.find((tap) => (phase + before - dilation * tap) % stride === 0) ?? kernel;
  return {
    places: Math.ceil((axis.input - phase) / stride),
    stride: 1,
    offset: firstTap < kernel ? (phase + before - dilation * firstTap) / stride : 0,
    step: -(dilation * nextTap) / stride,
    taps: Math.ceil((kernel - firstTap) / nextTap),
    firstTap,
    nextTap,
    spread: stride,
    shift: phase,
    inputSize: axis.output,
    outputSize: axis.input,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** A matrix of `rows` is one image, one pixel high. */
function matrixAxes(rows: number): { readonly y: GatherAxis; readonly x: GatherAxis } {
  const flat = { kernel: 1, stride: 1, before: 0, dilation: 1 };
  return {
    y: forwardAxis({ input: 1, output: 1, ...flat }),
    x: forwardAxis({ input: rows, output: rows, ...flat }),
  };
}

/** The geometry of a convolution of 1x1 from `x` to `y`, or of the gradient that goes `back`; undefined of others. */
function pointwiseOf(
  { stride, padding }: ConvAttributes,
  { x, w, y }: { readonly x: Operand; readonly w: Operand; readonly y: Operand },
  back = false,
): Pointwise | undefined {
  const [kernelHeight, kernelWidth] = axes4(w.shape);
  if (kernelHeight * kernelWidth > 1 || padding.some((p) => p > 0)) return undefined;
  const [images, height, width, read] = axes4(x.physical);
  const [, rows, columns, made] = axes4(y.physical);
  return {
    images,
    small: [rows, columns],
    large: [height, width],
    stride,
    inputQuads: (back ? made : read) / 4,
    outputQuads: (back ? read : made) / 4,
  };
}

/** The dispatch of a convolution of 1x1, or of the gradient that goes `back`, where there is a template for it. */
function convolvePointwise(
  profile: Profile,
  attributes: ConvAttributes,
  operands: { readonly x: Operand; readonly w: Operand; readonly y: Operand },
  back: boolean,
): Dispatch | undefined {
  const pointwise = pointwiseOf(attributes, operands, back);
  const [, , weightRows, weightColumns] = axes4(operands.w.physical);
  const weights = { weightRows, weightQuads: weightColumns / 4 };
  return pointwise && pointwiseDispatch(profile, pointwise, weights, back, [input(0), input(1), output]);
}

export const convRule: KernelRule<'conv'> = ({ node, inputs, output: out, profile }) => {
  const [x, w] = two(inputs);
  const [images, height, width, channels] = axes4(x.shape);
  const [, rows, columns] = axes4(out.shape);
  const [kernelHeight, kernelWidth] = axes4(w.shape);
  const [, , weightRows, made] = axes4(w.physical);
  const { stride, padding, dilation = [1, 1], groups = 1 } = node.attributes;
  if (groups > 1) return [groupedDispatch('forward', node.attributes, { x, w, y: out })];
  const pointwise = convolvePointwise(profile, node.attributes, { x, w, y: out }, false);
  if (pointwise) return [pointwise];
  const flat =
    kernelHeight * kernelWidth === 1 && stride.every((s) => s === 1) && padding.every((p) => p === 0);
  const axes = flat
    ? matrixAxes(images * height * width)
    : {
        y: forwardAxis({
          input: height,
          output: rows,
          kernel: kernelHeight,
          stride: stride[0],
          before: padding[0],
          dilation: dilation[0],
        }),
        x: forwardAxis({
          input: width,
          output: columns,
          kernel: kernelWidth,
          stride: stride[1],
          before: padding[2],
          dilation: dilation[1],
        }),
      };
  return [
    gatherDispatch(
      profile,
      {
        images: flat ? 1 : images,
        ...axes,
        kernelWidth,
        inputChannels: channels,
        weightRows,
        outputQuads: made / 4,
      },
      [input(0), input(1), output],
    ),
  ];
};

export const convInputGradientRule: KernelRule<'conv_input_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const [dy, w] = two(inputs);
  const [images, height, width] = axes4(out.shape);
  const [, rows, columns, made] = axes4(dy.shape);
  const [kernelHeight, kernelWidth, readInMemory, madeInMemory] = axes4(w.physical);
  const { stride, padding, dilation = [1, 1], groups = 1 } = node.attributes;
  if (groups > 1) return [groupedDispatch('input', node.attributes, { x: out, w, y: dy })];
  const pointwise = convolvePointwise(profile, node.attributes, { x: out, w, y: dy }, true);
  if (pointwise) return [pointwise];
  const matrices: Matrices = {
    count: kernelHeight * kernelWidth,
    rows: readInMemory,
    rowsInMemory: readInMemory,
    quads: madeInMemory / 4,
  };
  const transposed = scratch('transposed', transposedBytes(matrices));
  const dispatches: Dispatch[] = [transposeDispatch(matrices, input(1), transposed)];
  const y = {
    input: height,
    output: rows,
    kernel: kernelHeight,
    stride: stride[0],
    before: padding[0],
    dilation: dilation[0],
  };
  const x = {
    input: width,
    output: columns,
    kernel: kernelWidth,
    stride: stride[1],
    before: padding[2],
    dilation: dilation[1],
  };
  for (let phaseY = 0; phaseY < Math.min(stride[0], height); phaseY += 1) {
    for (let phaseX = 0; phaseX < Math.min(stride[1], width); phaseX += 1) {
      dispatches.push(
        gatherDispatch(
          profile,
          {
            images,
            y: backwardAxis(y, phaseY),
            x: backwardAxis(x, phaseX),
            kernelWidth,
            inputChannels: made,
            weightRows: madeInMemory,
            outputQuads: Math.ceil(readInMemory / 4),
          },
          [input(0), transposed, output],
        ),
      );
    }
  }
  return dispatches;
};

export const convWeightGradientRule: KernelRule<'conv_weight_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const [x, dy] = two(inputs);
  const [images, inputHeight, inputWidth, inputChannels] = axes4(x.shape);
  const [, outputHeight, outputWidth] = axes4(dy.shape);
  const [kernelHeight, kernelWidth, rows, made] = axes4(out.physical);
  const { stride, padding, dilation = [1, 1], groups = 1 } = node.attributes;
  if (groups > 1) return [groupedDispatch('weights', node.attributes, { x, w: out, y: dy })];
  const geometry = pointwiseOf(node.attributes, { x, w: out, y: dy });
  const pointwise = geometry && pointwiseWeightGradient(profile, geometry, rows, [input(0), input(1)]);
  if (pointwise) return pointwise;
  return weightGradientDispatches(
    profile,
    {
      images,
      inputHeight,
      inputWidth,
      inputChannels,
      outputHeight,
      outputWidth,
      outputQuads: made / 4,
      kernel: [kernelHeight, kernelWidth],
      stride,
      before: [padding[0], padding[2]],
      dilation,
      resultRows: kernelHeight * kernelWidth * rows,
    },
    input(0),
    input(1),
  );
};

/**
 * A product with A as it is is a 1x1 convolution (of B, transposed first where told). At B is the weight
 * gradient of one. At Bt transposes both.
 */
export const matmulRule: KernelRule<'matmul'> = ({ node, inputs, output: out, profile }) => {
  const [a, b] = two(inputs);
  const { transposeA, transposeB } = node.attributes;
  const [rows] = axes2(out.shape);
  const [aRows, aColumns] = axes2(a.shape);
  const [bRows, bColumns] = axes2(b.shape);
  const outputQuads = axes2(out.physical)[1] / 4;
  if (transposeA && !transposeB) {
    return weightGradientDispatches(
      profile,
      {
        images: 1,
        inputHeight: 1,
        inputWidth: aRows,
        inputChannels: aColumns,
        outputHeight: 1,
        outputWidth: aRows,
        outputQuads,
        kernel: [1, 1],
        stride: [1, 1],
        before: [0, 0],
        dilation: [1, 1],
        resultRows: axes2(out.physical)[0],
      },
      input(0),
      input(1),
    );
  }
  const dispatches: Dispatch[] = [];
  const turned = (index: number, key: string, tall: number, wide: number): ReturnType<typeof scratch> => {
    const matrices = { count: 1, rows: tall, rowsInMemory: tall, quads: Math.ceil(wide / 4) };
    const to = scratch(key, transposedBytes(matrices));
    dispatches.push(transposeDispatch(matrices, input(index), to));
    return to;
  };
  const left = transposeA ? turned(0, 'left', aRows, aColumns) : input(0);
  const right = transposeB ? turned(1, 'right', bRows, bColumns) : input(1);
  const inner = transposeA ? aRows : aColumns;
  // A transposed matrix has its rows padded to a multiple of four, as weights have.
  const weightRows = transposeB ? Math.ceil(inner / 4) * 4 : axes2(b.physical)[0];
  const gather = {
    images: 1,
    ...matrixAxes(rows),
    kernelWidth: 1,
    inputChannels: inner,
    weightRows,
    outputQuads,
  };
  return [...dispatches, gatherDispatch(profile, gather, [left, right, output])];
};
