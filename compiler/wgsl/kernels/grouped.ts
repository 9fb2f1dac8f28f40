/**
 * Convolution in groups and its gradients: a thread computes one element. Groups seldom hold whole vec4s of
 * channels, so that elements are read one by one; a space whose time goes here wants templates of its own.
 */
import type { GroupedAttributes } from '../../ops/attributes.ts';
import { axes4, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, input, output, type Dispatch, type Operand } from '../rule.ts';
import { kernel, Lines, type KernelSource, type StorageBinding } from '../source.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  images: 'i32',
  height: 'i32',
  breadth: 'i32',
  xChannels: 'i32',
  xInMemory: 'i32',
  rows: 'i32',
  columns: 'i32',
  yChannels: 'i32',
  yInMemory: 'i32',
  kernelHeight: 'i32',
  kernelWidth: 'i32',
  /** Channels that a group reads and makes. */
  reads: 'i32',
  makes: 'i32',
  wRows: 'i32',
  wColumns: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  beforeY: 'i32',
  beforeX: 'i32',
  dilationY: 'i32',
  dilationX: 'i32',
} as const;

type GroupedKernel = KernelSource<keyof typeof fields>;

function source(name: string, inputs: readonly string[], statements: readonly string[]): GroupedKernel {
  const storage: StorageBinding[] = [
    ...inputs.map((input_) => ({ name: input_, type: 'f32', access: 'read' }) as const),
    { name: 'result', type: 'f32', access: 'read_write' },
  ];
  return kernel({
    name,
    storage,
    fields,
    workgroupSize: THREADS,
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'var sum = 0.0;',
      ...statements,
      'result[i] = sum;',
      '}',
    ),
  });
}

/** Finds channel, column, row and image of the thread's element. */
function place(inMemory: string, rows: string, columns: string): string[] {
  return [
    `let pixel = i / ${inMemory};`,
    `let channel = i - pixel * ${inMemory};`,
    `let line = pixel / ${columns};`,
    `let column = pixel - line * ${columns};`,
    `let image = line / ${rows};`,
    `let row = line - image * ${rows};`,
  ];
}

const overTaps = [
  'for (var ky = 0; ky < u.kernelHeight; ky++) {',
  'for (var kx = 0; kx < u.kernelWidth; kx++) {',
];

/** Which of the three products: the convolution, or one of its gradients. */
type Direction = 'forward' | 'input' | 'weights';

const kernels: Readonly<Record<Direction, GroupedKernel>> = {
  forward: source(
    'grouped_conv',
    ['x', 'w'],
    [
      ...place('u.yInMemory', 'u.rows', 'u.columns'),
      'if (channel < u.yChannels) {',
      'let first = channel / u.makes * u.reads;',
      ...overTaps,
      'let iy = row * u.strideY - u.beforeY + ky * u.dilationY;',
      'let ix = column * u.strideX - u.beforeX + kx * u.dilationX;',
      'if (iy >= 0 && iy < u.height && ix >= 0 && ix < u.breadth) {',
      'let base = ((image * u.height + iy) * u.breadth + ix) * u.xInMemory + first;',
      'let weights = (ky * u.kernelWidth + kx) * u.wRows * u.wColumns + channel;',
      'for (var c = 0; c < u.reads; c++) {',
      'sum += x[base + c] * w[weights + c * u.wColumns];',
      ...Array<string>(5).fill('}'),
    ],
  ),
  input: source(
    'grouped_conv_input_gradient',
    ['dy', 'w'],
    [
      ...place('u.xInMemory', 'u.height', 'u.breadth'),
      'if (channel < u.xChannels) {',
      'let part = channel / u.reads;',
      'let c = channel - part * u.reads;',
      ...overTaps,
      'let py = row + u.beforeY - ky * u.dilationY;',
      'let px = column + u.beforeX - kx * u.dilationX;',
      'let oy = py / u.strideY;',
      'let ox = px / u.strideX;',
      'let meets = py >= 0 && px >= 0 && oy * u.strideY == py && ox * u.strideX == px;',
      'if (meets && oy < u.rows && ox < u.columns) {',
      'let base = ((image * u.rows + oy) * u.columns + ox) * u.yInMemory + part * u.makes;',
      'let weights = ((ky * u.kernelWidth + kx) * u.wRows + c) * u.wColumns + part * u.makes;',
      'for (var o = 0; o < u.makes; o++) {',
      'sum += dy[base + o] * w[weights + o];',
      ...Array<string>(5).fill('}'),
    ],
  ),
  weights: source(
    'grouped_conv_weight_gradient',
    ['x', 'dy'],
    [
      'let line = i / u.wColumns;',
      'let channel = i - line * u.wColumns;',
      'let tap = line / u.wRows;',
      'let c = line - tap * u.wRows;',
      'let ky = tap / u.kernelWidth;',
      'let kx = tap - ky * u.kernelWidth;',
      'if (channel < u.yChannels && c < u.reads) {',
      'let read = channel / u.makes * u.reads + c;',
      'for (var image = 0; image < u.images; image++) {',
      'for (var row = 0; row < u.rows; row++) {',
      'let iy = row * u.strideY - u.beforeY + ky * u.dilationY;',
      'if (iy >= 0 && iy < u.height) {',
      'for (var column = 0; column < u.columns; column++) {',
      'let ix = column * u.strideX - u.beforeX + kx * u.dilationX;',
      'if (ix >= 0 && ix < u.breadth) {',
      'let at = ((image * u.rows + row) * u.columns + column) * u.yInMemory + channel;',
      'sum += x[((image * u.height + iy) * u.breadth + ix) * u.xInMemory + read] * dy[at];',
      ...Array<string>(6).fill('}'),
    ],
  ),
} as const;

/** The dispatch of a convolution in groups (`forward`) or of its gradient for its input or its weights. */
export function groupedDispatch(
  direction: Direction,
  { stride, padding, dilation = [1, 1], groups = 1 }: GroupedAttributes,
  { x, w, y }: { readonly x: Operand; readonly w: Operand; readonly y: Operand },
): Dispatch {
  const [images, height, breadth, xChannels] = axes4(x.shape);
  const [, rows, columns, yChannels] = axes4(y.shape);
  const [kernelHeight, kernelWidth, wRows, wColumns] = axes4(w.physical);
  const result = { forward: y, input: x, weights: w }[direction];
  const count = elementsOf(result.physical);
  const grid = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width: grid.width,
    images,
    height,
    breadth,
    xChannels,
    xInMemory: axes4(x.physical)[3],
    rows,
    columns,
    yChannels,
    yInMemory: axes4(y.physical)[3],
    kernelHeight,
    kernelWidth,
    reads: xChannels / groups,
    makes: yChannels / groups,
    wRows,
    wColumns,
    strideY: stride[0],
    strideX: stride[1],
    beforeY: padding[0],
    beforeX: padding[2],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
  return dispatch(kernels[direction], [input(0), input(1), output], values, [grid.width, grid.height, 1]);
}
