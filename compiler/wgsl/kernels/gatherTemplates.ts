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
import { divideHelper, family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';

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

/** Statements that find where pixel `p{n}` starts in the input and where it lies in the output. */
function decode(n: number, pixel: string): string[] {
  return [
    `let p${n} = min(${pixel}, u.pixels - 1);`,
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

/**
 * Opens the loops over taps and channels; for each of `count` pixels `v{n}` holds four input channels. The
 * taps are one loop, not two: CPU adapters blend every accumulator at the end of each turn of each loop.
 */
function openLoops(body: Lines, count: number): void {
  body
    .add(
      'var tapY = 0;',
      'var tapX = 0;',
      'let taps = u.tapsY * u.tapsX;',
      'for (var t = 0; t < taps; t++) {',
      'let tap = (u.firstY + tapY * u.nextY) * u.kernelWidth + u.firstX + tapX * u.nextX;',
      'let weights = tap * u.weightRows * u.outputQuads + column;',
    )
    .each(count, (n) => [
      `let iy${n} = y${n} + tapY * u.stepY;`,
      `let ix${n} = x${n} + tapX * u.stepX;`,
      `let inside${n} = iy${n} >= 0 && iy${n} < u.inputHeight && ix${n} >= 0 && ix${n} < u.inputWidth;`,
      `let from${n} = select(0, ((start${n} + iy${n}) * u.inputWidth + ix${n}) * u.inputQuads, inside${n});`,
    ])
    .add('for (var c = 0; c < u.inputQuads; c++) {')
    .each(count, (n) => `let v${n} = select(vec4f(), x[from${n} + c], inside${n});`);
}

const closeLoops = [
  '}',
  'tapX++;',
  'let wrap = tapX == u.tapsX;',
  'tapY += select(0, 1, wrap);',
  'tapX = select(tapX, 0, wrap);',
  '}',
] as const;

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
      .each(blocks, (n) => decode(n, `tile + ${n * size} + lane`))
      .each(pixels, (i) => `var s${i} = vec4f();`);
    openLoops(body, blocks);
    body
      .add(...loadRows(4, ragged))
      .each(pixels, (i) => [
        `let a${i} = subgroupBroadcast(v${Math.floor(i / size)}, ${i % size});`,
        ...lanes.map((lane, q) => `s${i} += a${i}.${lane} * w${q};`),
      ])
      .add(...closeLoops)
      .each(pixels, (i) => `let at${i} = subgroupBroadcast(to${Math.floor(i / size)}, ${i % size});`)
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
) => GatherKernel = family(
  (size: number, blocks: number, quads: number, depth: number, ragged: boolean): GatherKernel => {
    const rowsPerLoad = Math.min(4, Math.floor(size / quads));
    const loads = Math.ceil(depth / rowsPerLoad);
    const body = new Lines()
      .add(
        `let tile = (i32(group.x) + i32(group.z) * u.tilesWidth) * ${blocks * size};`,
        `let quad = i32(group.y) * ${quads};`,
        `let weight_row = (lane / ${quads}) % ${rowsPerLoad};`,
        `let column = min(quad + lane % ${quads}, u.outputQuads - 1) + weight_row * u.outputQuads;`,
      )
      .each(blocks, (n) => decode(n, `tile + ${n * size} + lane`))
      .each(blocks * quads, (i) => `var s${Math.floor(i / quads)}_${i % quads} = vec4f();`);
    openLoops(body, blocks);
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
        const from = `w${Math.floor(q / rowsPerLoad)}, ${(q % rowsPerLoad) * quads + j}`;
        return [
          `let b${q}_${j} = subgroupBroadcast(${from});`,
          ...[...Array(blocks).keys()].map((n) => `s${n}_${j} += v${n}.${lanes[q]} * b${q}_${j};`),
        ];
      })
      .add(...closeLoops)
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
      name: `conv_pixels_${size}_${blocks}x${quads * 4}_${depth}${ragged ? '_ragged' : ''}`,
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
    .each(4, (n) => decode(n, `tile + ${n}`))
    .each(4, (i) => `var s${i} = vec4f();`);
  openLoops(body, 4);
  body
    .add(...loadRows(4, ragged))
    .each(4, (i) => lanes.map((lane, q) => `s${i} += v${i}.${lane} * w${q};`))
    .add(...closeLoops)
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
