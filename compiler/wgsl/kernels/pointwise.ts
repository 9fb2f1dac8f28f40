/**
 * Convolutions of 1x1 with few channels, without padding, and their gradients, on adapters with subgroups.
 *
 * Lanes hold neighbouring pixels, with all their channels in registers; all weights that a workgroup needs are loaded
 * once, one to a lane, and broadcast. Components of a vec4 are registers of their own here, so the input gradient takes
 * its weights transposed by naming them so.
 */
import type { Profile } from '../plan.ts';
import { dispatch, type Binding, type Dispatch } from '../rule.ts';
import {
  broadcast,
  divideHelper,
  family,
  kernel,
  Lines,
  reads,
  writes,
  type KernelSource,
} from '../source.ts';

/** A convolution of 1x1, or its input gradient; channels are counted in vec4 ("quads"). */
export interface Pointwise {
  readonly images: number;
  /** Places of the window, and the larger images that they are on. */
  readonly small: readonly [rows: number, columns: number];
  readonly large: readonly [rows: number, columns: number];
  readonly stride: readonly [number, number];
  readonly inputQuads: number;
  readonly outputQuads: number;
}

/** Fields that kernels over such windows share. */
export const geometryFields = {
  pixels: 'i32',
  inputQuads: 'i32',
  outputQuads: 'i32',
  /** Sizes of the smaller images and of the larger, where they differ. */
  columns: 'i32',
  inverseColumns: 'f32',
  rows: 'i32',
  inverseRows: 'f32',
  largeRows: 'i32',
  largeColumns: 'i32',
  strideY: 'i32',
  strideX: 'i32',
} as const;

/** Their values. */
export function geometryOf({
  images,
  small,
  large,
  stride,
  inputQuads,
  outputQuads,
}: Pointwise): Readonly<Record<keyof typeof geometryFields, number>> {
  return {
    pixels: images * small[0] * small[1],
    inputQuads,
    outputQuads,
    columns: small[1],
    inverseColumns: 1 / small[1],
    rows: small[0],
    inverseRows: 1 / small[0],
    largeRows: large[0],
    largeColumns: large[1],
    strideY: stride[0],
    strideX: stride[1],
  };
}

/** Whether the windows stand apart, so that the smaller images are not all of the larger. */
export const isStrided = ({ stride }: Pointwise): boolean => stride.some((s) => s > 1);

/** Finds `large{n}`, the pixel of the larger images under the window at `pixel{n}`. */
export function largePixel(n: number | string): readonly string[] {
  return [
    `let line${n} = divide(pixel${n}, u.columns, u.inverseColumns);`,
    `let image${n} = divide(line${n}, u.rows, u.inverseRows);`,
    `let down${n} = (line${n} - image${n} * u.rows) * u.strideY;`,
    `let along${n} = (pixel${n} - line${n} * u.columns) * u.strideX;`,
    `let large${n} = (image${n} * u.largeRows + down${n}) * u.largeColumns + along${n};`,
  ];
}

const fields = {
  ...geometryFields,
  tiles: 'i32',
  /** Workgroups that share the tiles. */
  slices: 'i32',
  weightRows: 'i32',
  weightQuads: 'i32',
  /** What sums begin with: drivers leave out a zero that they can see, and padding would become -0. */
  zero: 'f32',
} as const;

type PointwiseKernel = KernelSource<keyof typeof fields>;

const lanes = ['x', 'y', 'z', 'w'] as const;

/** Weights of a workgroup at most, in vec4s: they stay in registers, or close by. */
const MOST_WEIGHTS = 64;

/**
 * Quads that are summed over at most: with more of them, tiles of many outputs (`gatherTemplates.ts`) are as quick, unless
 * outputs are few.
 */
function mostInputs(outputQuads: number): number {
  return outputQuads <= 2 ? 8 : 6;
}

/** Multiply-adds of a vec4 that a workgroup of a CPU adapter takes at least. */
const WORK = 4096;

/**
 * `inputs` quads are summed over for `outputs` quads of a workgroup. `strided` the windows stand apart; upwards then, as
 * in the gradient, the pixels between them become zero.
 */
const template = family(
  (size: number, inputs: number, outputs: number, transposed: boolean, strided: boolean): PointwiseKernel => {
    // Weights lie as rows of input channels of the forward convolution, whose columns are its outputs.
    const [rowQuads, columnQuads] = transposed ? [outputs, inputs] : [inputs, outputs];
    const weights = rowQuads * 4 * columnQuads;
    const body = new Lines()
      .add(`let first = i32(group.y) * ${outputs};`)
      .each(Math.ceil(weights / size), (n) => {
        const [row, column] = transposed
          ? [`first * 4 + entry${n} / ${columnQuads}`, `entry${n} % ${columnQuads}`]
          : [`entry${n} / ${columnQuads}`, `first + entry${n} % ${columnQuads}`];
        return [
          `let entry${n} = lane + ${n * size};`,
          `let row${n} = ${row};`,
          `let column${n} = ${column};`,
          `let exists${n} = row${n} < u.weightRows && column${n} < u.weightQuads;`,
          `let at${n} = select(0, row${n} * u.weightQuads + column${n}, exists${n});`,
          `let l${n} = select(vec4f(), w[at${n}], exists${n});`,
        ];
      })
      .each(weights, (i) => {
        const weight = broadcast(`l${Math.floor(i / size)}`, i % size, size);
        return `let w${Math.floor(i / columnQuads)}_${i % columnQuads} = ${weight};`;
      })
      .add(
        'for (var tile = i32(group.x); tile < u.tiles; tile += u.slices) {',
        `let place = tile * ${size} + lane;`,
        'let pixel = min(place, u.pixels - 1);',
        ...(strided ? largePixel('') : []),
        `let start = ${strided && !transposed ? 'large' : 'pixel'} * u.inputQuads;`,
        `let to = ${strided && transposed ? 'large' : 'pixel'} * u.outputQuads + first;`,
      )
      .each(inputs, (c) => `let v${c} = x[start + min(${c}, u.inputQuads - 1)];`)
      .each(outputs, (o) => {
        const weight = (c: number, k: number): string =>
          transposed
            ? `vec4f(${lanes.map((_, m) => `w${o * 4 + m}_${c}.${lanes[k]}`).join(', ')})`
            : `w${c * 4 + k}_${o}`;
        const terms = [...Array(inputs * 4).keys()].map(
          (i) => `v${i >> 2}.${lanes[i & 3]} * ${weight(i >> 2, i & 3)}`,
        );
        return `let s${o} = vec4f(u.zero) + ${terms.join(' + ')};`;
      })
      .add('if (place < u.pixels) {');
    const store = (at: string, value: (o: number) => string): void => {
      for (let o = 0; o < outputs; o += 1) {
        if (o > 0) body.add(`if (first + ${o} < u.outputQuads) {`);
        body.add(`y[${at} + ${o}] = ${value(o)};`);
        if (o > 0) body.add('}');
      }
    };
    store('to', (o) => `s${o}`);
    if (strided && transposed) {
      body.add(
        'let high = min(u.strideY, u.largeRows - down);',
        'let wide = min(u.strideX, u.largeColumns - along);',
        'for (var i = 1; i < high * wide; i++) {',
        'let below = i / wide;',
        'let between = to + (below * u.largeColumns + i - below * wide) * u.outputQuads;',
      );
      store('between', () => 'vec4f()');
      body.add('}');
    }
    body.add('}', '}');
    return kernel({
      name: [
        `pointwise_${size}_${inputs * 4}x${outputs * 4}`,
        ...(transposed ? ['transposed'] : []),
        ...(strided ? ['strided'] : []),
      ].join('_'),
      storage: [...reads('x', 'w'), writes('y')],
      fields,
      workgroupSize: size,
      subgroups: true,
      helpers: strided ? [divideHelper] : [],
      body,
    });
  },
);

/**
 * The dispatch of a convolution, or of its input gradient (`transposed`), whose weights lie in so many rows of so many
 * quads; undefined where the template does not apply.
 */
export function pointwiseDispatch(
  profile: Profile,
  pointwise: Pointwise,
  weights: { readonly weightRows: number; readonly weightQuads: number },
  transposed: boolean,
  bindings: readonly [Binding, Binding, Binding],
): Dispatch | undefined {
  const { subgroupSize: size } = profile;
  const { inputQuads, outputQuads } = pointwise;
  if (size === undefined || size < 4 || size > 64) return undefined;
  if (inputQuads > mostInputs(outputQuads)) return undefined;
  // Few kernels serve many widths: a quad that is not there has weights of zero.
  const inputs = inputQuads <= 4 ? inputQuads : Math.ceil(inputQuads / 2) * 2;
  const outputs = Math.min(outputQuads, 4, Math.floor(MOST_WEIGHTS / 4 / inputs));
  const geometry = geometryOf(pointwise);
  const tiles = Math.ceil(geometry.pixels / size);
  const wanted = profile.kind === 'cpu' ? Math.ceil((tiles * inputs * outputs * 4) / WORK) : tiles;
  const slices = Math.min(tiles, wanted, 1024);
  const values = { ...geometry, ...weights, tiles, slices, zero: 0 };
  const source = template(size, inputs, outputs, transposed, isStrided(pointwise));
  return dispatch(source, bindings, values, [slices, Math.ceil(outputQuads / outputs), 1]);
}
