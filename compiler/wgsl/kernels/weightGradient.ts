/**
 * The weight gradient of a convolution, which is also the product of a transposed matrix with another.
 *
 * The rows of the result are (tap, input channel) pairs, in groups of four channels: a workgroup computes
 * some groups for a tile of output channels, walking over output pixels; each lane finds the tap of its own
 * group once, so groups need not stop at the end of a tap. The pixels are shared among `splits` workgroups
 * whose partial sums a second kernel adds in a fixed order.
 */
import { fold, THREADS } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, output, scratch, type Binding, type Dispatch } from '../rule.ts';
import { depthOf } from './gather.ts';
import { pick, sizeClass } from '../tuning.ts';
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

/** The geometry of one weight gradient. */
export interface WeightGradient {
  readonly images: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly inputChannels: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly outputQuads: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Padding at the top and at the left. */
  readonly before: readonly [number, number];
  /** Distance of taps. */
  readonly dilation: readonly [number, number];
  /** Rows of the result in memory. */
  readonly resultRows: number;
}

const fields = {
  pixels: 'i32',
  perSplit: 'i32',
  columns: 'i32',
  inverseColumns: 'f32',
  rows: 'i32',
  inverseRows: 'f32',
  inputHeight: 'i32',
  inputWidth: 'i32',
  inputQuads: 'i32',
  inverseQuads: 'f32',
  outputQuads: 'i32',
  kernelWidth: 'i32',
  inverseWidth: 'f32',
  strideY: 'i32',
  strideX: 'i32',
  beforeY: 'i32',
  beforeX: 'i32',
  dilationY: 'i32',
  dilationX: 'i32',
  groups: 'i32',
  resultRows: 'i32',
  tilesDown: 'i32',
  inverseTilesDown: 'f32',
} as const;

type Field = keyof typeof fields;
type GradientKernel = KernelSource<Field>;

const lanes = 'xyzw';

/** Finds the offset of a group: tap (ky, kx) and vec4 of input channels. */
function decodeGroup(n: number | string, group: string): string[] {
  return [
    `let group${n} = min(${group}, u.groups - 1);`,
    `let tap${n} = divide(group${n}, u.inputQuads, u.inverseQuads);`,
    `let channel${n} = group${n} - tap${n} * u.inputQuads;`,
    `let ky${n} = divide(tap${n}, u.kernelWidth, u.inverseWidth);`,
    `let dy${n} = ky${n} * u.dilationY - u.beforeY;`,
    `let dx${n} = (tap${n} - ky${n} * u.kernelWidth) * u.dilationX - u.beforeX;`,
  ];
}

/**
 * Opens the loops over the pixels from `begin` to `end`, line by line, so that only a new line needs
 * divisions. Sees `pixel`, the first of a step; the step's last pixels may lie past `line_end`.
 */
function openLoops(body: Lines, loads: number): void {
  body
    .add(
      'let first_line = divide(begin, u.columns, u.inverseColumns);',
      'let last_line = divide(end + u.columns - 1, u.columns, u.inverseColumns);',
      'for (var line = first_line; line < last_line; line++) {',
      'let image = divide(line, u.rows, u.inverseRows);',
      'let line_start = line * u.columns;',
      'let line_begin = max(line_start, begin);',
      'let line_end = min(line_start + u.columns, end);',
      'let y = (line - image * u.rows) * u.strideY;',
    )
    .each(loads, (n) => [
      `let iy${n} = y + dy${n};`,
      `let inside_y${n} = iy${n} >= 0 && iy${n} < u.inputHeight;`,
      `let at${n} = (image * u.inputHeight + iy${n}) * u.inputWidth * u.inputQuads + channel${n};`,
    ])
    // A line holds a pixel at least, which a `for` would not know.
    .add('var pixel = line_begin;', 'loop {');
}

function closeLoops(step: number): readonly string[] {
  return ['continuing {', `pixel += ${step};`, 'break if pixel >= line_end;', '}', '}', '}'];
}

/** Loads `v{n}`, four input channels under the output pixel `pixel`, zero outside the image or the line. */
function loadInput(n: number, pixel: string): string[] {
  return [
    `let ix${n} = (${pixel} - line_start) * u.strideX + dx${n};`,
    `let inside${n} = inside_y${n} && ${pixel} < line_end && ix${n} >= 0 && ix${n} < u.inputWidth;`,
    `let v${n} = select(vec4f(), x[select(0, at${n} + ix${n} * u.inputQuads, inside${n})], inside${n});`,
  ];
}

function storage(): ReturnType<typeof reads> {
  return [...reads('x', 'g'), writes('y')];
}

const range = ['let begin = i32(group.z) * u.perSplit;', 'let end = min(begin + u.perSplit, u.pixels);'];

/**
 * Lanes hold `size` vec4 of output channels; a step takes `step` pixels of `groups` groups, loaded by
 * different lanes and broadcast. With fewer than four input channels (`depth`) padding is left out.
 */
const subgroupTemplate = family(
  (size: number, groups: number, step: number, depth: number): GradientKernel => {
    const perLoad = Math.min(groups, Math.max(1, Math.floor(size / step)));
    const loads = Math.ceil(groups / perLoad);
    const body = new Lines()
      .add(
        `let first = i32(group.x) * ${groups};`,
        `let quad = i32(group.y) * ${size} + lane;`,
        'let column = min(quad, u.outputQuads - 1);',
        `let lane_pixel = lane % ${step};`,
        ...range,
      )
      .each(loads, (n) => decodeGroup(n, `first + ${n * perLoad} + (lane / ${step}) % ${perLoad}`))
      .each(groups * depth, (i) => `var s${Math.floor(i / depth)}_${i % depth} = vec4f();`);
    openLoops(body, loads);
    body
      .each(loads, (n) => loadInput(n, '(pixel + lane_pixel)'))
      .each(step, (i) => `let g${i} = g[min(pixel + ${i}, u.pixels - 1) * u.outputQuads + column];`)
      .each(groups * step, (i) => {
        const [group, pixel] = [Math.floor(i / step), i % step];
        const name = `a${group}_${pixel}`;
        const lane = (group % perLoad) * step + pixel;
        return [
          `let ${name} = ${broadcast(`v${Math.floor(group / perLoad)}`, lane, size)};`,
          ...[...Array(depth).keys()].map((k) => `s${group}_${k} += ${name}.${lanes[k]} * g${pixel};`),
        ];
      })
      .add(
        ...closeLoops(step),
        'let to = (i32(group.z) * u.resultRows + first * 4) * u.outputQuads + quad;',
        'let rows = select(0, u.resultRows - first * 4, quad < u.outputQuads);',
      )
      .each(groups * 4, (row) => {
        const [group, k] = [Math.floor(row / 4), row % 4];
        const value = k < depth ? `s${group}_${k}` : 'vec4f()';
        return [`if (${row} < rows) {`, `y[to + ${row} * u.outputQuads] = ${value};`, '}'];
      });
    return kernel({
      name: `conv_weight_gradient_${size}_${groups * 4}_${step}_${depth}`,
      storage: storage(),
      fields,
      workgroupSize: size,
      subgroups: true,
      helpers: [divideHelper],
      body,
    });
  },
);

/** Without subgroups: a thread computes two groups for two vec4 of output channels. */
const portableTemplate = family((threads: number): GradientKernel => {
  const body = new Lines()
    .add(
      `let tile = i32(group.x) * ${threads} + local;`,
      'let across = divide(tile, u.tilesDown, u.inverseTilesDown);',
      'let first = across * 2;',
      'let quad = (tile - across * u.tilesDown) * 2;',
      'if (first < u.groups) {',
      ...range,
    )
    .each(2, (n) => decodeGroup(n, `first + ${n}`))
    .each(16, (i) => `var s${Math.floor(i / 8)}_${Math.floor(i / 2) % 4}_${i % 2} = vec4f();`);
  openLoops(body, 2);
  body
    .each(2, (n) => loadInput(n, 'pixel'))
    .each(2, (j) => `let g${j} = g[pixel * u.outputQuads + min(quad + ${j}, u.outputQuads - 1)];`)
    .each(16, (i) => {
      const [group, k, j] = [Math.floor(i / 8), Math.floor(i / 2) % 4, i % 2];
      return `s${group}_${k}_${j} += v${group}.${lanes[k]} * g${j};`;
    })
    .add(...closeLoops(1), 'let to = i32(group.z) * u.resultRows;')
    .each(2, (j) => [
      `if (quad + ${j} < u.outputQuads) {`,
      ...[...Array(8).keys()].flatMap((row) => [
        `if (first * 4 + ${row} < u.resultRows) {`,
        `y[(to + first * 4 + ${row}) * u.outputQuads + quad + ${j}] = s${Math.floor(row / 4)}_${row % 4}_${j};`,
        '}',
      ]),
      '}',
    ])
    .add('}');
  return kernel({
    name: `conv_weight_gradient_portable_${threads}`,
    storage: storage(),
    fields,
    workgroupSize: threads,
    helpers: [divideHelper],
    body,
  });
});

/** Adds the partial sums of all splits. */
const reduceSplits: KernelSource<'count' | 'splits' | 'width'> = kernel({
  name: 'reduce_splits',
  storage: [...reads('partial'), writes('y')],
  fields: { count: 'i32', splits: 'i32', width: 'i32' },
  workgroupSize: THREADS,
  body: new Lines().add(
    'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
    'if (i < u.count) {',
    'var sum = vec4f();',
    'for (var s = 0; s < u.splits; s++) {',
    'sum += partial[s * u.count + i];',
    '}',
    'y[i] = sum;',
    '}',
  ),
});

interface Tile {
  readonly kernel: GradientKernel;
  /** Tiles that one workgroup computes: one for each thread, or one for all lanes together. */
  readonly tiles: number;
  /** Groups of four rows, and vec4s of output channels, of one tile. */
  readonly groups: number;
  readonly quads: number;
  /** Pixels of one step of its loop. */
  readonly step: number;
}

function chooseTile(profile: Profile, { inputChannels }: WeightGradient, resultGroups: number): Tile {
  const size = profile.subgroupSize;
  if (size === undefined || size < 4 || size > 64) {
    // Results are small: on a CPU adapter larger workgroups would leave cores without work.
    const threads = profile.kind === 'cpu' ? 8 : THREADS;
    return { kernel: portableTemplate(threads), tiles: threads, groups: 2, quads: 2, step: 1 };
  }
  const depth = depthOf(inputChannels);
  const groups = depth === 1 ? 12 : depth === 3 ? 3 : resultGroups >= 8 ? 8 : 4;
  const step = 2;
  return { kernel: subgroupTemplate(size, groups, step, depth), tiles: 1, groups, quads: size, step };
}

/** How many workgroups share the pixels: enough to fill the device, not so many that the sums cost more. */
function chooseSplits(profile: Profile, pixels: number, tiles: number): number {
  const wanted = Math.ceil((profile.kind === 'cpu' ? 32 : 1024) / tiles);
  const most = Math.ceil(pixels / 128);
  return Math.max(1, Math.min(wanted, most, 64));
}

/** The dispatches that compute a weight gradient into the output. */
export function weightGradientDispatches(
  profile: Profile,
  gradient: WeightGradient,
  x: Binding,
  dy: Binding,
): Dispatch[] {
  const { images, outputHeight, outputWidth, outputQuads, resultRows } = gradient;
  const [kernelHeight, kernelWidth] = gradient.kernel;
  const inputQuads = Math.ceil(gradient.inputChannels / 4);
  const pixels = images * outputHeight * outputWidth;
  const groups = kernelHeight * kernelWidth * inputQuads;
  const tile = chooseTile(profile, gradient, groups);
  const { kernel: source, step } = tile;
  const across = Math.ceil(groups / tile.groups);
  const down = Math.ceil(outputQuads / tile.quads);
  const workgroups: readonly [number, number] =
    tile.tiles === 1 ? [across, down] : [Math.ceil((across * down) / tile.tiles), 1];
  const guess = chooseSplits(profile, pixels, workgroups[0] * workgroups[1]);
  const shares = new Set([guess, Math.ceil(guess / 4), Math.ceil(guess / 16)]);
  const question = `weight gradient: ${groups} groups, ${outputQuads * 4} channels, ${sizeClass(pixels)} pixels`;
  const { chosen, asked } = pick(
    profile,
    question,
    new Map([...shares].map((count) => [`${count} splits`, count])),
  );
  const perSplit = Math.ceil(pixels / chosen / step) * step;
  const splits = Math.ceil(pixels / perSplit);
  const count = resultRows * outputQuads;
  const result = splits === 1 ? output : scratch('partial', splits * count * 16);
  const main = dispatch(
    source,
    [x, dy, result],
    {
      pixels,
      perSplit,
      columns: outputWidth,
      inverseColumns: 1 / outputWidth,
      rows: outputHeight,
      inverseRows: 1 / outputHeight,
      inputHeight: gradient.inputHeight,
      inputWidth: gradient.inputWidth,
      inputQuads,
      inverseQuads: 1 / inputQuads,
      outputQuads,
      kernelWidth,
      inverseWidth: 1 / kernelWidth,
      strideY: gradient.stride[0],
      strideX: gradient.stride[1],
      beforeY: gradient.before[0],
      beforeX: gradient.before[1],
      dilationY: gradient.dilation[0],
      dilationX: gradient.dilation[1],
      groups,
      resultRows,
      tilesDown: down,
      inverseTilesDown: 1 / down,
    },
    [...workgroups, splits],
  );
  const first = asked ? { ...main, asked } : main;
  return splits === 1 ? [first] : [first, reduceDispatch(count, splits, result)];
}

/** Adds `splits` partial results of `count` vec4s each into the output. */
export function reduceDispatch(count: number, splits: number, partial: Binding): Dispatch {
  const { width, height } = fold(Math.ceil(count / THREADS));
  return dispatch(reduceSplits, [partial, output], { count, splits, width }, [width, height, 1]);
}
