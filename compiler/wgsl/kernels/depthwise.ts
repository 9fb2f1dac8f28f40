/**
 * Depthwise convolution and its gradients, where `depthwiseRolling.ts` does not apply: a thread computes one vec4 of channels of one pixel, or of one tap
 * over a slice of the output's lines (slices are added afterwards, in a fixed order).
 */
import type { ConvAttributes } from '../../ops/attributes.ts';
import { two } from '../../ops/operands.ts';
import { axes3, axes4, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import type { Profile } from '../plan.ts';
import {
  dispatch,
  input,
  output,
  scratch,
  type Binding,
  type Dispatch,
  type KernelRule,
  type Operand,
} from '../rule.ts';
import { divideHelper, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { rollingDispatch, rollingWeightGradient } from './depthwiseRolling.ts';
import type { Rolling } from './rolling.ts';
import { reduceDispatch } from './weightGradient.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  quads: 'i32',
  inverseQuads: 'f32',
  /** Size of the images, and of the output. */
  height: 'i32',
  inverseHeight: 'f32',
  breadth: 'i32',
  inverseBreadth: 'f32',
  rows: 'i32',
  inverseRows: 'f32',
  columns: 'i32',
  inverseColumns: 'f32',
  kernelHeight: 'i32',
  kernelWidth: 'i32',
  /** Taps of a row of weights in memory. */
  pitch: 'i32',
  inversePitch: 'f32',
  strideY: 'i32',
  strideX: 'i32',
  inverseStrideY: 'f32',
  inverseStrideX: 'f32',
  beforeY: 'i32',
  beforeX: 'i32',
  dilationY: 'i32',
  dilationX: 'i32',
  /** Lines (rows of all images), and how many of them a slice takes. */
  lines: 'i32',
  perSlice: 'i32',
  /** vec4s of weights in memory. */
  weights: 'i32',
  inverseWeights: 'f32',
} as const;

type DepthwiseKernel = KernelSource<keyof typeof fields>;

function source(name: string, inputs: readonly string[], statements: readonly string[]): DepthwiseKernel {
  return kernel({
    name,
    storage: [...reads(...inputs), writes('result')],
    fields,
    workgroupSize: THREADS,
    helpers: [divideHelper],
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'var sum = vec4f();',
      ...statements,
      'result[i] = sum;',
      '}',
    ),
  });
}

/** Finds (image, row, column, quad) of the thread. */
function place(rows: 'rows' | 'height', columns: 'columns' | 'breadth'): string[] {
  const inverse = {
    rows: 'inverseRows',
    height: 'inverseHeight',
    columns: 'inverseColumns',
    breadth: 'inverseBreadth',
  };
  return [
    'let pixel = divide(i, u.quads, u.inverseQuads);',
    'let quad = i - pixel * u.quads;',
    `let line = divide(pixel, u.${columns}, u.${inverse[columns]});`,
    `let column = pixel - line * u.${columns};`,
    `let image = divide(line, u.${rows}, u.${inverse[rows]});`,
    `let row = line - image * u.${rows};`,
  ];
}

const forward = source(
  'depthwise',
  ['x', 'w'],
  [
    ...place('rows', 'columns'),
    'let x0 = column * u.strideX - u.beforeX;',
    'for (var ky = 0; ky < u.kernelHeight; ky++) {',
    'let iy = row * u.strideY - u.beforeY + ky * u.dilationY;',
    'if (iy >= 0 && iy < u.height) {',
    'let base = (image * u.height + iy) * u.breadth;',
    'for (var kx = 0; kx < u.kernelWidth; kx++) {',
    'let ix = x0 + kx * u.dilationX;',
    'let inside = ix >= 0 && ix < u.breadth;',
    'let v = x[(base + select(0, ix, inside)) * u.quads + quad];',
    'sum += select(vec4f(), v, inside) * w[(ky * u.pitch + kx) * u.quads + quad];',
    '}',
    '}',
    '}',
  ],
);

const inputGradient = source(
  'depthwise_input_gradient',
  ['dy', 'w'],
  [
    ...place('height', 'breadth'),
    'for (var ky = 0; ky < u.kernelHeight; ky++) {',
    'let py = row + u.beforeY - ky * u.dilationY;',
    'let oy = divide(max(py, 0), u.strideY, u.inverseStrideY);',
    'if (oy * u.strideY == py && oy < u.rows) {',
    'let base = (image * u.rows + oy) * u.columns;',
    'for (var kx = 0; kx < u.kernelWidth; kx++) {',
    'let px = column + u.beforeX - kx * u.dilationX;',
    'let ox = divide(max(px, 0), u.strideX, u.inverseStrideX);',
    'let inside = ox * u.strideX == px && ox < u.columns;',
    'let v = dy[(base + select(0, ox, inside)) * u.quads + quad];',
    'sum += select(vec4f(), v, inside) * w[(ky * u.pitch + kx) * u.quads + quad];',
    '}',
    '}',
    '}',
  ],
);

const weightGradient = source(
  'depthwise_weight_gradient',
  ['x', 'dy'],
  [
    'let slice = divide(i, u.weights, u.inverseWeights);',
    'let rest = i - slice * u.weights;',
    'let tap = divide(rest, u.quads, u.inverseQuads);',
    'let quad = rest - tap * u.quads;',
    'let ky = divide(tap, u.pitch, u.inversePitch);',
    'let kx = tap - ky * u.pitch;',
    // Taps and rows of padding beyond the kernel stay zero.
    'if (kx < u.kernelWidth && ky < u.kernelHeight) {',
    'let first = slice * u.perSlice;',
    'let last = min(first + u.perSlice, u.lines);',
    'let x0 = kx * u.dilationX - u.beforeX;',
    'for (var line = first; line < last; line++) {',
    'let image = divide(line, u.rows, u.inverseRows);',
    'let iy = (line - image * u.rows) * u.strideY - u.beforeY + ky * u.dilationY;',
    'if (iy >= 0 && iy < u.height) {',
    'let base = (image * u.height + iy) * u.breadth;',
    'for (var column = 0; column < u.columns; column++) {',
    'let ix = column * u.strideX + x0;',
    'let inside = ix >= 0 && ix < u.breadth;',
    'let v = x[(base + select(0, ix, inside)) * u.quads + quad];',
    'sum += select(vec4f(), v, inside) * dy[(line * u.columns + column) * u.quads + quad];',
    '}',
    '}',
    '}',
    '}',
  ],
);

/** Images, filters and output: one of them is made of the others. */
interface Operands {
  readonly x: Operand;
  readonly w: Operand;
  readonly y: Operand;
}

interface Slices {
  readonly slices: number;
  readonly perSlice: number;
}

function depthwiseDispatch(
  kernelSource: DepthwiseKernel,
  bindings: readonly Binding[],
  { stride, padding, dilation = [1, 1] }: ConvAttributes,
  { x, w, y }: Operands,
  count: number,
  perSlice = 0,
): Dispatch {
  const [, height, breadth, channels] = axes4(x.physical);
  const [images, rows, columns] = axes4(y.shape);
  const [kernelHeight, kernelWidth] = axes3(w.shape);
  const [, pitch] = axes3(w.physical);
  const quads = channels / 4;
  const weights = elementsOf(w.physical) / 4;
  const grid = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width: grid.width,
    quads,
    inverseQuads: 1 / quads,
    height,
    inverseHeight: 1 / height,
    breadth,
    inverseBreadth: 1 / breadth,
    rows,
    inverseRows: 1 / rows,
    columns,
    inverseColumns: 1 / columns,
    kernelHeight,
    kernelWidth,
    pitch,
    inversePitch: 1 / pitch,
    strideY: stride[0],
    strideX: stride[1],
    inverseStrideY: 1 / stride[0],
    inverseStrideX: 1 / stride[1],
    beforeY: padding[0],
    beforeX: padding[2],
    dilationY: dilation[0],
    dilationX: dilation[1],
    lines: images * rows,
    perSlice,
    weights,
    inverseWeights: 1 / weights,
  };
  return dispatch(kernelSource, bindings, values, [grid.width, grid.height, 1]);
}

/** How many slices share the lines: enough threads to fill the device, at least a few lines each. */
function slicesFor(lines: number, weights: number, profile: Profile): Slices {
  const wanted = Math.ceil((profile.kind === 'cpu' ? 4096 : 32_768) / weights);
  const perSlice = Math.max(4, Math.ceil(lines / wanted));
  return { slices: Math.ceil(lines / perSlice), perSlice };
}

/** The windows of a convolution from `x` to `y`. */
function rollingOf({ stride, padding, dilation = [1, 1] }: ConvAttributes, { x, w, y }: Operands): Rolling {
  const [images, height, breadth] = axes4(x.shape);
  const [, rows, columns, channels] = axes4(y.physical);
  const [, taps] = axes3(w.shape);
  return {
    images,
    quads: channels / 4,
    taps,
    y: { large: height, small: rows, stride: stride[0], before: padding[0], dilation: dilation[0] },
    x: { large: breadth, small: columns, stride: stride[1], before: padding[2], dilation: dilation[1] },
  };
}

/** The rolling convolution where it applies, else one place for each thread. */
function convolve(
  profile: Profile,
  attributes: ConvAttributes,
  operands: Operands,
  reversed: boolean,
): Dispatch[] {
  const rolling = rollingOf(attributes, operands);
  const [high] = axes3(operands.w.shape);
  const bindings = [input(0), input(1), output] as const;
  const pitch = axes3(operands.w.physical)[1];
  const rolled =
    high === rolling.taps ? rollingDispatch(profile, rolling, pitch, bindings, reversed) : undefined;
  if (rolled) return [rolled];
  const out = reversed ? operands.x : operands.y;
  const count = elementsOf(out.physical) / 4;
  return [depthwiseDispatch(reversed ? inputGradient : forward, bindings, attributes, operands, count)];
}

export const depthwiseRule: KernelRule<'depthwise'> = ({ node, inputs, output: out, profile }) => {
  const [x, w] = two(inputs);
  return convolve(profile, node.attributes, { x, w, y: out }, false);
};

export const depthwiseInputGradientRule: KernelRule<'depthwise_input_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const [dy, w] = two(inputs);
  return convolve(profile, node.attributes, { x: out, w, y: dy }, true);
};

export const depthwiseWeightGradientRule: KernelRule<'depthwise_weight_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const [x, dy] = two(inputs);
  const operands = { x, w: out, y: dy };
  const rolling = rollingOf(node.attributes, operands);
  const rolled =
    axes3(out.shape)[0] === rolling.taps
      ? rollingWeightGradient(profile, rolling, out.physical, [input(0), input(1)])
      : undefined;
  if (rolled) return rolled;
  const [images, rows] = axes4(dy.shape);
  const weights = elementsOf(out.physical) / 4;
  const { slices, perSlice } = slicesFor(images * rows, weights, profile);
  const result = slices === 1 ? output : scratch('partial', slices * weights * 16);
  const bindings = [input(0), input(1), result];
  const count = slices * weights;
  const main = depthwiseDispatch(weightGradient, bindings, node.attributes, operands, count, perSlice);
  return slices === 1 ? [main] : [main, reduceDispatch(weights, slices, result)];
};
