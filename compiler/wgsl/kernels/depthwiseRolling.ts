/**
 * Depthwise convolution and its gradients on adapters with subgroups, for the usual kernels of 3x3, 5x5 and 7x7.
 *
 * A lane owns one column of one image and one vec4 of channels, and rolls down the rows: each row of the input is
 * loaded once, for all the rows of the output that read it, whose sums are carried along. All lanes of a subgroup
 * have the same channels, so that weights are loaded one to a lane and broadcast. Loads dominate on a CPU adapter:
 * this takes k of them for k * k multiply-adds.
 *
 * Rows are counted as they would be at stride 1 ("virtual"): of the output those that are multiples of the stride
 * are stored. Dilated rows fall into phases, each rolled by itself. The input gradient is the same convolution with
 * its weights reversed, of a gradient that is spread by the stride, with zeros between.
 */
import { elementsOf } from '../../ops/shapes.ts';
import { MAX_WORKGROUPS } from '../grid.ts';
import { dispatch, output, scratch, type Binding, type Dispatch } from '../rule.ts';
import { divideHelper, family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { reduceDispatch } from './weightGradient.ts';

/** One axis of a rolling convolution. */
export interface RollingAxis {
  /** Sizes of the tensors that are read and written. */
  readonly input: number;
  readonly output: number;
  readonly stride: number;
  readonly before: number;
  readonly dilation: number;
  /** Distance of neighbouring elements of the input, as the window sees them. */
  readonly spread: number;
}

/** A rolling convolution; of a weight gradient, `output` is the size of the gradient that comes in. */
export interface Rolling {
  readonly images: number;
  readonly quads: number;
  /** Taps of a side. */
  readonly kernel: number;
  readonly y: RollingAxis;
  readonly x: RollingAxis;
}

const fields = {
  items: 'i32',
  quads: 'i32',
  columns: 'i32',
  inverseColumns: 'f32',
  rows: 'i32',
  inRows: 'i32',
  inColumns: 'i32',
  strideY: 'i32',
  inverseStrideY: 'f32',
  strideX: 'i32',
  beforeY: 'i32',
  beforeX: 'i32',
  dilationY: 'i32',
  dilationX: 'i32',
  spreadY: 'i32',
  inverseSpreadY: 'f32',
  spreadX: 'i32',
  inverseSpreadX: 'f32',
  /** Distance of phases, and rows of the input that one of them rolls over. */
  phaseStep: 'i32',
  steps: 'i32',
  /** Taps of a row of weights in memory. */
  pitch: 'i32',
  tiles: 'i32',
  slices: 'i32',
} as const;

type RollingKernel = KernelSource<keyof typeof fields>;

/** The sides of kernels that roll. */
const SIDES: ReadonlySet<number> = new Set([3, 5, 7]);

const count = (n: number): readonly number[] => [...Array(n).keys()];

/** Finds image and column of item `number`, and the columns of the input under its taps. */
function decode(body: Lines, k: number): void {
  body
    .add(
      'let mine = number < u.items;',
      'let item = min(number, u.items - 1);',
      'let image = divide(item, u.columns, u.inverseColumns);',
      'let column = item - image * u.columns;',
      'let first_line = image * u.inRows;',
    )
    .each(k, (n) => [
      `let v${n} = column * u.strideX - u.beforeX + ${n} * u.dilationX;`,
      `let c${n} = divide(max(v${n}, 0), u.spreadX, u.inverseSpreadX);`,
      `let inside${n} = mine && c${n} * u.spreadX == v${n} && c${n} < u.inColumns;`,
      `let at${n} = select(0, c${n}, inside${n});`,
    ]);
}

/** Opens the loop over the input's rows of a phase; `x0` and following are the elements under the taps. */
function openRows(body: Lines, k: number): void {
  body
    .add(
      'for (var t = 0; t < u.steps; t++) {',
      'let vy = phase + t * u.dilationY - u.beforeY;',
      'let in_row = divide(max(vy, 0), u.spreadY, u.inverseSpreadY);',
      'let row_inside = in_row * u.spreadY == vy && in_row < u.inRows;',
      'let line = (first_line + select(0, in_row, row_inside)) * u.inColumns;',
    )
    .each(
      k,
      (n) => `let x${n} = select(vec4f(), x[(line + at${n}) * u.quads + quad], row_inside && inside${n});`,
    );
}

/** Finds the output's row of a virtual row. */
function outputRow(virtual: string): string[] {
  return [
    `let v = ${virtual};`,
    'let row = divide(max(v, 0), u.strideY, u.inverseStrideY);',
    'let row_exists = row * u.strideY == v && row < u.rows;',
  ];
}

const convolution = family((size: number, k: number, reversed: boolean): RollingKernel => {
  const loads = Math.ceil((k * k) / size);
  const body = new Lines().add(
    `let number = i32(group.x) * ${size} + lane;`,
    'let quad = i32(group.y);',
    'let phase = i32(group.z) * u.phaseStep;',
  );
  decode(body, k);
  body
    .each(loads, (n) => [
      `let tap${n} = min(lane + ${n * size}, ${k * k - 1});`,
      `let ky${n} = tap${n} / ${k};`,
      `let l${n} = w[(ky${n} * u.pitch + tap${n} - ky${n} * ${k}) * u.quads + quad];`,
    ])
    .each(k - 1, (n) => `var s${n} = vec4f();`);
  openRows(body, k);
  const products = (ky: number): string =>
    count(k)
      .map((kx) => {
        const tap = reversed ? k * k - 1 - (ky * k + kx) : ky * k + kx;
        return `x${kx} * subgroupBroadcast(l${Math.floor(tap / size)}, ${tap % size})`;
      })
      .join(' + ');
  body.add(`let sum = s${k - 2} + ${products(k - 1)};`);
  for (let ky = k - 2; ky > 0; ky -= 1) body.add(`s${ky} = s${ky - 1} + ${products(ky)};`);
  body.add(
    `s0 = ${products(0)};`,
    ...outputRow(`phase + (t - ${k - 1}) * u.dilationY`),
    'if (row_exists && mine) {',
    'y[((image * u.rows + row) * u.columns + column) * u.quads + quad] = sum;',
    '}',
    '}',
  );
  return kernel({
    name: `depthwise_rolling_${size}_${k}${reversed ? '_reversed' : ''}`,
    storage: [...reads('x', 'w'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: [divideHelper],
    body,
  });
});

/** Taps of a row of weights, padding included: weight gradients are laid out as weights. */
const padded = (k: number): number => Math.ceil(k / 4) * 4;

const weightGradient = family((size: number, k: number): RollingKernel => {
  const body = new Lines()
    .add('let quad = i32(group.y);')
    .each(k * k, (n) => `var s${n} = vec4f();`)
    .add(
      'for (var tile = i32(group.x); tile < u.tiles; tile += u.slices) {',
      `let number = tile * ${size} + lane;`,
    );
  decode(body, k);
  body
    .add('for (var phase = 0; phase < u.dilationY; phase += u.phaseStep) {')
    .each(k, (n) => `var g${n} = vec4f();`);
  openRows(body, k);
  body.add(
    ...outputRow('phase + t * u.dilationY'),
    'let known = row_exists && mine;',
    'let place = select(0, ((image * u.rows + row) * u.columns + column) * u.quads + quad, known);',
  );
  for (let ky = k - 1; ky > 0; ky -= 1) body.add(`g${ky} = g${ky - 1};`);
  body
    .add('g0 = select(vec4f(), g[place], known);')
    .each(k * k, (n) => `s${n} += x${n % k} * g${Math.floor(n / k)};`)
    .add('}', '}', '}');
  const stores = Math.ceil((k * padded(k)) / size);
  body.each(stores, (n) => `var result${n} = vec4f();`);
  for (const ky of count(k)) {
    for (const kx of count(k)) {
      const place = ky * padded(k) + kx;
      const result = `result${Math.floor(place / size)}`;
      body.add(`${result} = select(${result}, subgroupAdd(s${ky * k + kx}), lane == ${place % size});`);
    }
  }
  body.each(stores, (n) => [
    `if (lane + ${n * size} < ${k * padded(k)}) {`,
    `y[(i32(group.x) * ${k * padded(k)} + lane + ${n * size}) * u.quads + quad] = result${n};`,
    '}',
  ]);
  return kernel({
    name: `depthwise_rolling_weight_gradient_${size}_${k}`,
    storage: [...reads('x', 'g'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: [divideHelper],
    body,
  });
});

/** Lanes of a subgroup, where these templates apply. */
export function rollingSize(
  subgroupSize: number | undefined,
  { images, quads, kernel: k, x }: Rolling,
  high: number,
): number | undefined {
  if (subgroupSize === undefined || subgroupSize < 4 || subgroupSize > 64) return undefined;
  const tiles = Math.ceil((images * x.output) / subgroupSize);
  const fits = SIDES.has(k) && high === k && tiles <= MAX_WORKGROUPS && quads <= MAX_WORKGROUPS;
  return fits ? subgroupSize : undefined;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function valuesOf(
  { images, quads, kernel: k, y, x }: Rolling,
  pitch: number,
  tiles: number,
  slices: number,
): Record<keyof typeof fields, number> {
  const virtualRows = (y.output - 1) * y.stride + 1;
  return {
    items: images * x.output,
    quads,
    columns: x.output,
    inverseColumns: 1 / x.output,
    rows: y.output,
    inRows: y.input,
    inColumns: x.input,
    strideY: y.stride,
    inverseStrideY: 1 / y.stride,
    strideX: x.stride,
    beforeY: y.before,
    beforeX: x.before,
    dilationY: y.dilation,
    dilationX: x.dilation,
    spreadY: y.spread,
    inverseSpreadY: 1 / y.spread,
    spreadX: x.spread,
    inverseSpreadX: 1 / x.spread,
    phaseStep: greatestDivisor(y.stride, y.dilation),
    steps: Math.ceil(virtualRows / y.dilation) + k - 1,
    pitch,
    tiles,
    slices,
  };
}

/** The dispatch of a convolution, or of one with its weights reversed. */
export function rollingDispatch(
  size: number,
  rolling: Rolling,
  pitch: number,
  bindings: readonly [Binding, Binding, Binding],
  reversed: boolean,
): Dispatch {
  const { images, quads, kernel: k, y, x } = rolling;
  const tiles = Math.ceil((images * x.output) / size);
  // Phases whose rows are never multiples of the stride make nothing.
  const phases = y.dilation / greatestDivisor(y.stride, y.dilation);
  const values = valuesOf(rolling, pitch, tiles, 1);
  return dispatch(convolution(size, k, reversed), bindings, values, [tiles, quads, phases]);
}

/** The dispatches of a weight gradient into the output, of `physical` shape. */
export function rollingWeightGradient(
  size: number,
  rolling: Rolling,
  physical: readonly number[],
  [x, dy]: readonly [Binding, Binding],
): Dispatch[] {
  const { images, quads, kernel: k } = rolling;
  const tiles = Math.ceil((images * rolling.x.output) / size);
  const slices = Math.max(1, Math.min(tiles, Math.ceil(256 / quads)));
  const weights = elementsOf(physical) / 4;
  const result = slices === 1 ? output : scratch('partial', slices * weights * 16);
  const values = valuesOf(rolling, padded(k), tiles, slices);
  const main = dispatch(weightGradient(size, k), [x, dy, result], values, [slices, quads, 1]);
  return slices === 1 ? [main] : [main, reduceDispatch(weights, slices, result)];
}
