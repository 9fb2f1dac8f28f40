/**
 * The convolution kernels, as one gather: an output pixel sums, over a grid of taps, an input pixel's
 * channels times a slice of weights. Forward convolution, its input gradient and the matrix product are
 * this same gather with other numbers in the uniform block:
 *
 *   input row    = row * strideY + offsetY + tapY * stepY      (columns likewise)
 *   weight slice = (firstY + tapY * nextY) * kernelWidth + firstX + tapX * nextX
 *   output row   = row * spreadY + shiftY
 *
 * Three templates compute it. On adapters with subgroups of one size S an operand is loaded once per lane
 * and broadcast, which costs a CPU adapter a fortieth of a load:
 *   `channels`: lanes hold S vec4 of output channels; pixels are broadcast (for many channels);
 *   `pixels`:   lanes hold pixels; weights are broadcast (for few channels);
 *   `portable`: no subgroups; a thread computes 4 pixels x 4 channels from registers.
 * Subgroup operations need uniform control flow, so loads are clamped into the tensors and only stores are
 * guarded.
 */
import { THREADS } from '../grid.ts';
import {
  Lines,
  broadcast,
  divideHelper,
  family,
  kernel,
  reads,
  writes,
  type KernelSource,
} from '../source.ts';

const fields = {
  pixels: 'i32',
  columns: 'i32',
  inverseColumns: 'f32',
  rows: 'i32',
  inverseRows: 'f32',
  inputHeight: 'i32',
  inputWidth: 'i32',
  inputQuads: 'i32',
  outputHeight: 'i32',
  outputWidth: 'i32',
  outputQuads: 'i32',
  weightRows: 'i32',
  kernelWidth: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  offsetY: 'i32',
  offsetX: 'i32',
  stepY: 'i32',
  stepX: 'i32',
  tapsY: 'i32',
  tapsX: 'i32',
  firstY: 'i32',
  firstX: 'i32',
  nextY: 'i32',
  nextX: 'i32',
  spreadY: 'i32',
  spreadX: 'i32',
  shiftY: 'i32',
  shiftX: 'i32',
  tilesWidth: 'i32',
} as const;

type Field = keyof typeof fields;
/** A kernel that computes gathers. */
export type GatherKernel = KernelSource<Field>;

const lanes = ['x', 'y', 'z', 'w'] as const;

/** Columns beyond those under its first tap that a block of pixels sees, where taps slide: up to three taps. */
const REACH = 2;

/** Statements that find where pixel `p{n}` starts in the input and where it lies in the output. */
function decode(n: number | string, pixel: string): string[] {
  return [
    `let p${n} = ${pixel};`,
    `let line${n} = divide(p${n}, u.columns, u.inverseColumns);`,
    `let image${n} = divide(line${n}, u.rows, u.inverseRows);`,
    `let column${n} = p${n} - line${n} * u.columns;`,
    `let row${n} = line${n} - image${n} * u.rows;`,
    `let y${n} = row${n} * u.strideY + u.offsetY;`,
    `let x${n} = column${n} * u.strideX + u.offsetX;`,
    `let start${n} = image${n} * u.inputHeight;`,
    `let to${n} = ((image${n} * u.outputHeight + row${n} * u.spreadY + u.shiftY) * u.outputWidth`,
    `  + column${n} * u.spreadX + u.shiftX) * u.outputQuads;`,
  ];
}

/** The statements that find the pixels of the lanes, `count` to each lane, from `tile` on. */
function decodeAll(body: Lines, count: number, size: number, sliding: boolean): void {
  if (!sliding) {
    body.each(count, (n) => decode(n, `min(tile + ${n * size} + lane, u.pixels - 1)`));
    return;
  }
  // Blocks of pixels stay together: those past the end repeat the last one.
  const block = (first: string): string => `min(tile + ${first}, u.pixels - ${size})`;
  body
    .each(count, (n) => decode(n, `${block(String(n * size))} + lane`))
    .add(`let side_block = min(lane / ${REACH}, ${count - 1});`)
    .add(...decode('h', `${block(`side_block * ${size}`)} + ${size - 1}`));
}

/** The place of pixels `names` in the input under a tap, and whether there is one. */
function place(names: readonly (number | string)[], column: (n: number | string) => string): string[] {
  return names.flatMap((n) => [
    `let iy${n} = y${n} + tapY * u.stepY;`,
    `let ix${n} = ${column(n)};`,
    `let inside${n} = iy${n} >= 0 && iy${n} < u.inputHeight && ix${n} >= 0 && ix${n} < u.inputWidth;`,
    `let from${n} = select(0, ((start${n} + iy${n}) * u.inputWidth + ix${n}) * u.inputQuads, inside${n});`,
  ]);
}

/**
 * Opens the loops over taps and channels; for each of `count` pixels `v{n}` holds four input channels. The taps are one
 * loop, not two: CPU adapters blend every sum at the end of each turn of each loop.
 */
function openTapLoops(body: Lines, count: number): void {
  const pixels = [...Array(count).keys()];
  body
    .add(
      'var tapY = 0;',
      'var tapX = 0;',
      'let taps = u.tapsY * u.tapsX;',
      'for (var t = 0; t < taps; t++) {',
      'let tap = (u.firstY + tapY * u.nextY) * u.kernelWidth + u.firstX + tapX * u.nextX;',
      'let weights = tap * u.weightRows * u.outputQuads + column;',
    )
    .add(...place(pixels, (n) => `x${n} + tapX * u.stepX`))
    .add('for (var c = 0; c < u.inputQuads; c++) {')
    .each(count, (n) => `let v${n} = select(vec4f(), x[from${n} + c], inside${n});`);
}

/**
 * The same where the pixels of a block are neighbours, and so are the taps of a row: what one pixel sees under one tap
 * another sees under the next. The columns under the first tap are loaded once for a row of taps, and one more load brings the
 * next columns of all blocks; for each tap the lanes take theirs by shuffles.
 */
function openSlidingLoops(body: Lines, count: number, size: number): void {
  const blocks = [...Array(count).keys()];
  body
    .add('let left = min(0, (u.tapsX - 1) * u.stepX);', 'for (var tapY = 0; tapY < u.tapsY; tapY++) {')
    .add(...place(blocks, (n) => `x${n} + left`))
    .add(...place(['h'], () => `xh + left + 1 + lane % ${REACH}`))
    .add('for (var c = 0; c < u.inputQuads; c++) {')
    .each(count, (n) => `let m${n} = select(vec4f(), x[from${n} + c], inside${n});`)
    .add('let mh = select(vec4f(), x[fromh + c], insideh);')
    .add('for (var tapX = 0; tapX < u.tapsX; tapX++) {')
    .add(
      'let tap = (u.firstY + tapY * u.nextY) * u.kernelWidth + u.firstX + tapX * u.nextX;',
      'let weights = tap * u.weightRows * u.outputQuads + column;',
      'let seen = lane + tapX * u.stepX - left;',
      `let own = u32(seen) & ${size - 1}u;`,
      `let side = u32(max(seen - ${size}, 0));`,
      `let beyond = seen >= ${size};`,
    )
    .each(count, (n) => {
      const next = `subgroupShuffle(mh, side + ${n * REACH}u)`;
      return `let v${n} = select(subgroupShuffle(m${n}, own), ${next}, beyond);`;
    });
}

function closeLoops(sliding: boolean): readonly string[] {
  if (sliding) return ['}', '}', '}'];
  return [
    '}',
    'tapX++;',
    'let wrap = tapX == u.tapsX;',
    'tapY += select(0, 1, wrap);',
    'tapX = select(tapX, 0, wrap);',
    '}',
  ];
}

/**
 * The weights of rows `c * 4` and following of a tap. Where rows are not padded to a multiple of four
 * (`ragged`), the last ones of each tap are clamped: the input's lane is zero there, any weight will do.
 */
function loadRows(count: number, ragged: boolean): string[] {
  const last = ['let last = weights + (u.weightRows - 1) * u.outputQuads;'];
  return [
    'let first_row = weights + c * 4 * u.outputQuads;',
    ...(ragged ? last : []),
    ...[...Array(count).keys()].map((q) => {
      const at = q === 0 ? 'first_row' : `first_row + ${q} * u.outputQuads`;
      return `let w${q} = w[${ragged && q > 0 ? `min(${at}, last)` : at}];`;
    }),
  ];
}

function storage(): ReturnType<typeof reads> {
  return [...reads('x', 'w'), writes('y')];
}

/** `channels`: `size` lanes of output channels, `pixels` pixels per workgroup. */
export const channelsTemplate: (size: number, pixels: number, ragged: boolean) => GatherKernel = family(
  (size: number, pixels: number, ragged: boolean): GatherKernel => {
    const blocks = Math.max(1, pixels / size);
    const body = new Lines()
      .add(
        `let tile = (i32(group.x) + i32(group.z) * u.tilesWidth) * ${pixels};`,
        `let quad = i32(group.y) * ${size} + lane;`,
        'let column = min(quad, u.outputQuads - 1);',
      )
      .each(pixels, (i) => `var s${i} = vec4f();`);
    decodeAll(body, blocks, size, false);
    openTapLoops(body, blocks);
    body
      .add(...loadRows(4, ragged))
      .each(pixels, (i) => [
        `let a${i} = ${broadcast(`v${Math.floor(i / size)}`, i % size, size)};`,
        ...lanes.map((lane, q) => `s${i} += a${i}.${lane} * w${q};`),
      ])
      .add(...closeLoops(false))
      .each(pixels, (i) => `let at${i} = ${broadcast(`to${Math.floor(i / size)}`, i % size, size)};`)
      .add('if (quad < u.outputQuads) {')
      // Pixels past the end repeat the last one and store the same value again.
      .each(pixels, (i) => `y[at${i} + quad] = s${i};`)
      .add('}');
    return kernel({
      name: `conv_channels_${size}_${pixels}${ragged ? '_ragged' : ''}`,
      storage: storage(),
      fields,
      workgroupSize: size,
      subgroups: true,
      helpers: [divideHelper],
      body,
    });
  },
);

/**
 * `pixels`: `blocks` pixels per lane, `quads` vec4 of output channels per workgroup. With fewer than four
 * input channels (`depth`) the lanes of padding are left out of the arithmetic.
 */
export const pixelsTemplate: (
  size: number,
  blocks: number,
  quads: number,
  depth: number,
  ragged: boolean,
  sliding: boolean,
) => GatherKernel = family(
  (
    size: number,
    blocks: number,
    quads: number,
    depth: number,
    ragged: boolean,
    sliding: boolean,
  ): GatherKernel => {
    const rowsPerLoad = Math.min(4, Math.floor(size / quads));
    const loads = Math.ceil(depth / rowsPerLoad);
    const body = new Lines()
      .add(
        `let tile = (i32(group.x) + i32(group.z) * u.tilesWidth) * ${blocks * size};`,
        `let quad = i32(group.y) * ${quads};`,
        `let weight_row = (lane / ${quads}) % ${rowsPerLoad};`,
        `let column = min(quad + lane % ${quads}, u.outputQuads - 1) + weight_row * u.outputQuads;`,
      )
      .each(blocks * quads, (i) => `var s${Math.floor(i / quads)}_${i % quads} = vec4f();`);
    decodeAll(body, blocks, size, sliding);
    if (sliding) openSlidingLoops(body, blocks, size);
    else openTapLoops(body, blocks);
    body
      .add(
        'let first_row = weights + c * 4 * u.outputQuads;',
        ...(ragged ? ['let last = weights + (u.weightRows - 1 - weight_row) * u.outputQuads;'] : []),
      )
      .each(loads, (n) => {
        const at = n === 0 ? 'first_row' : `first_row + ${n * rowsPerLoad} * u.outputQuads`;
        return `let w${n} = w[${ragged ? `min(${at}, last)` : at}];`;
      })
      .each(depth * quads, (i) => {
        const [q, j] = [Math.floor(i / quads), i % quads];
        const from = broadcast(`w${Math.floor(q / rowsPerLoad)}`, (q % rowsPerLoad) * quads + j, size);
        return [
          `let b${q}_${j} = ${from};`,
          ...[...Array(blocks).keys()].map((n) => `s${n}_${j} += v${n}.${lanes[q]} * b${q}_${j};`),
        ];
      })
      .add(...closeLoops(sliding))
      .each(blocks, (n) => [
        `if (tile + ${n * size} + lane < u.pixels) {`,
        ...[...Array(quads).keys()].flatMap((j) => [
          ...(j > 0 ? [`if (quad + ${j} < u.outputQuads) {`] : []),
          `y[to${n} + quad + ${j}] = s${n}_${j};`,
          ...(j > 0 ? ['}'] : []),
        ]),
        '}',
      ]);
    return kernel({
      name: `conv_pixels_${size}_${blocks}x${quads * 4}_${depth}${sliding ? '_sliding' : ''}${ragged ? '_ragged' : ''}`,
      storage: storage(),
      fields,
      workgroupSize: size,
      subgroups: true,
      helpers: [divideHelper],
      body,
    });
  },
);

/** `portable`: 4 pixels x 4 channels per thread. */
export const portableTemplate: (ragged: boolean) => GatherKernel = family((ragged: boolean): GatherKernel => {
  const body = new Lines()
    .add(
      `let tile = (i32(group.x) + i32(group.z) * u.tilesWidth) * ${THREADS * 4} + local * 4;`,
      'let quad = i32(group.y);',
      'let column = quad;',
    )
    .each(4, (n) => decode(n, `min(tile + ${n}, u.pixels - 1)`))
    .each(4, (i) => `var s${i} = vec4f();`);
  openTapLoops(body, 4);
  body
    .add(...loadRows(4, ragged))
    .each(4, (i) => lanes.map((lane, q) => `s${i} += v${i}.${lane} * w${q};`))
    .add(...closeLoops(false))
    .each(4, (i) => [`if (tile + ${i} < u.pixels) {`, `y[to${i} + quad] = s${i};`, '}']);
  return kernel({
    name: `conv_portable_4x4${ragged ? '_ragged' : ''}`,
    storage: storage(),
    fields,
    workgroupSize: THREADS,
    helpers: [divideHelper],
    body,
  });
});
