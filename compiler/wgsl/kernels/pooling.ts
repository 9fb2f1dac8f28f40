/** Pools over windows, where `poolingRolling.ts` does not apply: a thread computes one vec4 of channels of one pixel. */
import type { PoolAttributes } from '../../ops/attributes.ts';
import { one, two } from '../../ops/operands.ts';
import { axes4, elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
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
import {
  divideHelper,
  kernel,
  Lines,
  reads,
  writes,
  type KernelSource,
  type StorageBinding,
} from '../source.ts';
import {
  rollingAvgPool,
  rollingAvgPoolGradient,
  rollingMaxPool,
  rollingMaxPoolGradient,
} from './poolingRolling.ts';
import type { Rolling } from './rolling.ts';

const fields = {
  count: 'i32',
  width: 'i32',
  quads: 'i32',
  inverseQuads: 'f32',
  /** Size of the tensor that a thread's place is in. */
  rows: 'i32',
  inverseRows: 'f32',
  columns: 'i32',
  inverseColumns: 'f32',
  /** Size of the other tensor. */
  otherRows: 'i32',
  otherColumns: 'i32',
  windowY: 'i32',
  windowX: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  inverseStrideY: 'f32',
  inverseStrideX: 'f32',
  beforeY: 'i32',
  beforeX: 'i32',
} as const;

type PoolKernel = KernelSource<keyof typeof fields>;

/** A kernel whose threads stand at (image, row, column, quad) of the output. */
function poolKernel(
  name: string,
  storage: readonly StorageBinding[],
  statements: readonly string[],
): PoolKernel {
  return kernel({
    name,
    storage,
    fields,
    workgroupSize: THREADS,
    helpers: [divideHelper],
    body: new Lines().add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'let pixel = divide(i, u.quads, u.inverseQuads);',
      'let quad = i - pixel * u.quads;',
      'let line = divide(pixel, u.columns, u.inverseColumns);',
      'let column = pixel - line * u.columns;',
      'let image = divide(line, u.rows, u.inverseRows);',
      'let row = line - image * u.rows;',
      ...statements,
      '}',
    ),
  });
}

/** The part of the image under the window at (row, column), padding cut off. */
const windowRange: readonly string[] = [
  'let y0 = row * u.strideY - u.beforeY;',
  'let x0 = column * u.strideX - u.beforeX;',
  'let top = max(y0, 0);',
  'let bottom = min(y0 + u.windowY, u.otherRows);',
  'let left = max(x0, 0);',
  'let right = min(x0 + u.windowX, u.otherColumns);',
];

/** Walks over the window's elements `v`. */
function overWindow(...statements: readonly string[]): string[] {
  return [
    'for (var y = top; y < bottom; y++) {',
    'for (var x = left; x < right; x++) {',
    'let v = image_in[((image * u.otherRows + y) * u.otherColumns + x) * u.quads + quad];',
    ...statements,
    '}',
    '}',
  ];
}

/** The windows (row, column) that cover the pixel at (row, column) of the image. */
const coveringRange: readonly string[] = [
  'let py = row + u.beforeY;',
  'let px = column + u.beforeX;',
  'let top = divide(max(py - u.windowY + u.strideY, 0), u.strideY, u.inverseStrideY);',
  'let bottom = min(divide(py, u.strideY, u.inverseStrideY) + 1, u.otherRows);',
  'let left = divide(max(px - u.windowX + u.strideX, 0), u.strideX, u.inverseStrideX);',
  'let right = min(divide(px, u.strideX, u.inverseStrideX) + 1, u.otherColumns);',
];

/** Walks over these windows; `at` is the place of a window's output. */
function overWindows(...statements: readonly string[]): string[] {
  return [
    'for (var wy = top; wy < bottom; wy++) {',
    'for (var wx = left; wx < right; wx++) {',
    'let at = ((image * u.otherRows + wy) * u.otherColumns + wx) * u.quads + quad;',
    ...statements,
    '}',
    '}',
  ];
}

const imageStorage: readonly StorageBinding[] = [...reads('image_in'), writes('result')];

const firstInWindow = 'image_in[((image * u.otherRows + top) * u.otherColumns + left) * u.quads + quad]';

const maxPool = poolKernel('max_pool', imageStorage, [
  ...windowRange,
  `var best = ${firstInWindow};`,
  ...overWindow('best = select(best, v, v > best);'),
  'result[i] = best;',
]);

/** Where in its window each largest element stands, so that the gradient need not look again. */
const maxPoolPlaces = poolKernel(
  'max_pool_places',
  [...reads('image_in'), { name: 'result', type: 'vec4u', access: 'read_write' }],
  [
    ...windowRange,
    `var best = ${firstInWindow};`,
    'var place = vec4u(u32((top - y0) * u.windowX + left - x0));',
    ...overWindow(
      'let better = v > best;',
      'place = select(place, vec4u(u32((y - y0) * u.windowX + x - x0)), better);',
      'best = select(best, v, better);',
    ),
    'result[i] = place;',
  ],
);

const maxPoolGradient = poolKernel(
  'max_pool_gradient',
  [...reads('dy'), { name: 'places', type: 'vec4u', access: 'read' }, writes('result')],
  [
    ...coveringRange,
    'var sum = vec4f();',
    ...overWindows(
      'let here = vec4u(u32((py - wy * u.strideY) * u.windowX + px - wx * u.strideX));',
      'sum += select(vec4f(), dy[at], places[at] == here);',
    ),
    'result[i] = sum;',
  ],
);

const avgPool = poolKernel('avg_pool', imageStorage, [
  ...windowRange,
  'var sum = vec4f();',
  ...overWindow('sum += v;'),
  'result[i] = sum / f32((bottom - top) * (right - left));',
]);

const avgPoolGradient = poolKernel(
  'avg_pool_gradient',
  [...reads('dy'), writes('result')],
  [
    ...coveringRange,
    'var sum = vec4f();',
    ...overWindows(
      'let y0 = wy * u.strideY - u.beforeY;',
      'let x0 = wx * u.strideX - u.beforeX;',
      'let high = min(y0 + u.windowY, u.rows) - max(y0, 0);',
      'let wide = min(x0 + u.windowX, u.columns) - max(x0, 0);',
      'sum += dy[at] / f32(high * wide);',
    ),
    'result[i] = sum;',
  ],
);

/** A dispatch with one thread per vec4 of `here`; `other` is the tensor at the window's other end. */
function poolDispatch(
  source: PoolKernel,
  bindings: readonly Binding[],
  { window, stride, padding }: PoolAttributes,
  here: Operand,
  other: Operand,
): Dispatch {
  const [, rows, columns, channels] = axes4(here.physical);
  const [, otherRows, otherColumns] = axes4(other.physical);
  const count = elementsOf(here.physical) / 4;
  const { width, height } = fold(Math.ceil(count / THREADS));
  const values = {
    count,
    width,
    quads: channels / 4,
    inverseQuads: 4 / channels,
    rows,
    inverseRows: 1 / rows,
    columns,
    inverseColumns: 1 / columns,
    otherRows,
    otherColumns,
    windowY: window[0],
    windowX: window[1],
    strideY: stride[0],
    strideX: stride[1],
    inverseStrideY: 1 / stride[0],
    inverseStrideX: 1 / stride[1],
    beforeY: padding[0],
    beforeX: padding[2],
  };
  return dispatch(source, bindings, values, [width, height, 1]);
}

/** The windows of a pool from `x` to `y`; undefined where they are not square. */
function rollingOf({ window, stride, padding }: PoolAttributes, x: Operand, y: Operand): Rolling | undefined {
  const [images, height, breadth, channels] = axes4(x.physical);
  const [, rows, columns] = axes4(y.physical);
  if (window[0] !== window[1]) return undefined;
  return {
    images,
    quads: channels / 4,
    taps: window[0],
    y: { large: height, small: rows, stride: stride[0], before: padding[0], dilation: 1 },
    x: { large: breadth, small: columns, stride: stride[1], before: padding[2], dilation: 1 },
  };
}

export const maxPoolRule: KernelRule<'max_pool'> = ({ node, inputs, output: out, profile }) => {
  const x = one(inputs);
  const bindings = [input(0), output];
  const rolling = rollingOf(node.attributes, x, out);
  const rolled = rolling && rollingMaxPool(profile, rolling, bindings);
  return [rolled ?? poolDispatch(maxPool, bindings, node.attributes, out, x)];
};

export const avgPoolRule: KernelRule<'avg_pool'> = ({ node, inputs, output: out, profile }) => {
  const x = one(inputs);
  const bindings = [input(0), output];
  const rolling = rollingOf(node.attributes, x, out);
  const rolled = rolling && rollingAvgPool(profile, rolling, bindings);
  return [rolled ?? poolDispatch(avgPool, bindings, node.attributes, out, x)];
};

export const maxPoolGradientRule: KernelRule<'max_pool_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const [dy, x] = two(inputs);
  const rolling = rollingOf(node.attributes, x, dy);
  const rolled = rolling && rollingMaxPoolGradient(profile, rolling, [input(0), input(1), output]);
  if (rolled) return [rolled];
  const places = scratch('places', elementsOf(dy.physical) * 4);
  return [
    poolDispatch(maxPoolPlaces, [input(1), places], node.attributes, dy, x),
    poolDispatch(maxPoolGradient, [input(0), places, output], node.attributes, out, dy),
  ];
};

export const avgPoolGradientRule: KernelRule<'avg_pool_gradient'> = ({
  node,
  inputs,
  output: out,
  profile,
}) => {
  const dy = one(inputs);
  const bindings = [input(0), output];
  const rolling = rollingOf(node.attributes, out, dy);
  const rolled = rolling && rollingAvgPoolGradient(profile, rolling, bindings);
  return [rolled ?? poolDispatch(avgPoolGradient, bindings, node.attributes, out, dy)];
};
