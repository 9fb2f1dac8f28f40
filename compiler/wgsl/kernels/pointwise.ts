/**
 * Convolutions of one pixel (1x1, stride 1, no padding) between few channels, and their gradients, on adapters with
 * subgroups: the mixing of channels behind a depthwise convolution, the heads of cells.
 *
 * A lane owns pixels, with all their channels in registers; the weights, loaded one to a lane, are broadcast. Nothing
 * loops over channels, so that a pixel costs its loads, its products and its stores, and no sum is carried from turn to
 * turn. The input gradient reads the weights as they lie and needs no transposed copy.
 */
import { elementsOf } from '../../ops/shapes.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, output, scratch, type Dispatch, type Operand } from '../rule.ts';
import { family, kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { reduceDispatch } from './weightGradient.ts';

/** Quads of channels that are read, and made. */
export interface Pointwise {
  readonly size: number;
  readonly read: number;
  readonly made: number;
  readonly pixels: number;
}

/** Products of quads that fit registers. */
const MOST_PRODUCTS = 16;

const lanes = 'xyzw';

/** The layer as a pointwise one, where these templates apply: `x` and `y` are what a forward pass reads and makes. */
export function pointwiseOf(profile: Profile, x: Operand, y: Operand): Pointwise | undefined {
  const size = profile.subgroupSize;
  if (profile.kind !== 'cpu' || size === undefined || size < 4 || size > 64) return undefined;
  const read = (x.physical.at(-1) ?? 0) / 4;
  const made = (y.physical.at(-1) ?? 0) / 4;
  if (read * made > MOST_PRODUCTS) return undefined;
  return { size, read, made, pixels: elementsOf(x.shape.slice(0, -1)) };
}

type Field = 'pixels' | 'tiles' | 'perGroup';
const fields = { pixels: 'i32', tiles: 'i32', perGroup: 'i32' } as const;

const range = (count: number): readonly number[] => [...Array(count).keys()];

/** Loads all weights, one vec4 to a lane at a time. */
function loadWeights(body: Lines, size: number, count: number): void {
  body.each(Math.ceil(count / size), (n) => `let l${n} = w[min(lane + ${n * size}, ${count - 1})];`);
}

/** The weights of input channel `row` for quad `q` of output channels. */
function weight(size: number, made: number, row: number, q: number): string {
  const n = row * made + q;
  return `subgroupBroadcast(l${Math.floor(n / size)}, ${n % size})`;
}

/** Products with the zeros of padding may all be -0, and so is their sum; padding holds +0. */
const plainHelper = `fn plain(x: vec4f) -> vec4f {
  return select(vec4f(), x, x != vec4f());
}`;

/** Opens the loop over a workgroup's tiles of `blocks` pixels a lane: finds the pixels, which may lie past the end. */
function openTiles(body: Lines, size: number, blocks: number): void {
  body
    .add(
      'let first_tile = i32(group.x) * u.perGroup;',
      'let last_tile = min(first_tile + u.perGroup, u.tiles);',
      'for (var tile = first_tile; tile < last_tile; tile++) {',
    )
    .each(blocks, (j) => [
      `let p${j} = (tile * ${blocks} + ${j}) * ${size} + lane;`,
      `let at${j} = min(p${j}, u.pixels - 1);`,
    ]);
}

/** Pixels of a lane: as many as its registers hold well beside what they are multiplied with. */
const blocksOf = (read: number, made: number): number => (read * made > 4 ? 2 : 4);

const forward = family((size: number, read: number, made: number): KernelSource<Field> => {
  const blocks = blocksOf(read, made);
  const body = new Lines();
  loadWeights(body, size, read * 4 * made);
  for (const row of range(read * 4)) {
    for (const q of range(made)) body.add(`let w${row}_${q} = ${weight(size, made, row, q)};`);
  }
  openTiles(body, size, blocks);
  for (const j of range(blocks))
    for (const c of range(read)) body.add(`let x${j}_${c} = x[at${j} * ${read} + ${c}];`);
  for (const j of range(blocks)) {
    for (const q of range(made)) {
      const products = range(read * 4).map((row) => `x${j}_${row >> 2}.${lanes[row & 3]} * w${row}_${q}`);
      body.add(`let y${j}_${q} = plain(${products.join(' + ')});`);
    }
  }
  for (const j of range(blocks)) {
    body.add(`if (p${j} < u.pixels) {`);
    for (const q of range(made)) body.add(`y[p${j} * ${made} + ${q}] = y${j}_${q};`);
    body.add('}');
  }
  body.add('}');
  return kernel({
    name: `pointwise_${size}_${read}x${made}`,
    storage: [...reads('x', 'w'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: [plainHelper],
    body,
  });
});

/** dx = dy times the transposed weights: channel `row` is the inner product of dy and row `row` of the weights. */
const inputGradient = family((size: number, read: number, made: number): KernelSource<Field> => {
  const blocks = blocksOf(read, made);
  const body = new Lines();
  loadWeights(body, size, read * 4 * made);
  for (const row of range(read * 4)) {
    for (const q of range(made)) body.add(`let w${row}_${q} = ${weight(size, made, row, q)};`);
  }
  openTiles(body, size, blocks);
  for (const j of range(blocks))
    for (const q of range(made)) body.add(`let d${j}_${q} = dy[at${j} * ${made} + ${q}];`);
  for (const j of range(blocks)) {
    for (const c of range(read)) {
      const channel = (k: number): string =>
        range(made)
          .map((q) => `dot(d${j}_${q}, w${4 * c + k}_${q})`)
          .join(' + ');
      body.add(`let x${j}_${c} = plain(vec4f(${range(4).map(channel).join(', ')}));`);
    }
  }
  for (const j of range(blocks)) {
    body.add(`if (p${j} < u.pixels) {`);
    for (const c of range(read)) body.add(`dx[p${j} * ${read} + ${c}] = x${j}_${c};`);
    body.add('}');
  }
  body.add('}');
  return kernel({
    name: `pointwise_input_gradient_${size}_${read}x${made}`,
    storage: [...reads('dy', 'w'), writes('dx')],
    fields,
    workgroupSize: size,
    subgroups: true,
    helpers: [plainHelper],
    body,
  });
});

/** Quads of a tile of the weight gradient: a workgroup holds `rows` x `columns` sums of 4 x 4. */
function tileOf(read: number, made: number): { readonly rows: number; readonly columns: number } {
  const columns = Math.min(made, made % 2 === 0 ? 2 : made === 3 ? 3 : 1);
  return { rows: read % 2 === 0 && columns <= 2 ? 2 : 1, columns };
}

/** Pixels of a lane in a turn: sums that are carried over turns are dear. */
const TURN = 2;

const weightGradient = family((size: number, read: number, made: number): KernelSource<Field> => {
  const { rows, columns } = tileOf(read, made);
  const down = read / rows;
  const sums = range(rows * 4).flatMap((row) => range(columns).map((q) => [row, q] as const));
  const body = new Lines().add(
    `let tile_column = i32(group.y) / ${down};`,
    `let first_row = (i32(group.y) - tile_column * ${down}) * ${rows};`,
    `let first_quad = tile_column * ${columns};`,
  );
  for (const [row, q] of sums) body.add(`var s${row}_${q} = vec4f();`);
  openTiles(body, size, TURN);
  for (const j of range(TURN)) {
    for (const c of range(rows)) {
      body.add(`let x${j}_${c} = select(vec4f(), x[at${j} * ${read} + first_row + ${c}], p${j} < u.pixels);`);
    }
    for (const q of range(columns)) body.add(`let d${j}_${q} = dy[at${j} * ${made} + first_quad + ${q}];`);
  }
  for (const [row, q] of sums) {
    const products = range(TURN).map((j) => `x${j}_${row >> 2}.${lanes[row & 3]} * d${j}_${q}`);
    body.add(`s${row}_${q} += ${products.join(' + ')};`);
  }
  body.add('}');
  const stores = Math.ceil(sums.length / size);
  body.each(stores, (n) => `var result${n} = vec4f();`);
  sums.forEach(([row, q], n) => {
    const result = `result${Math.floor(n / size)}`;
    body.add(`${result} = select(${result}, subgroupAdd(s${row}_${q}), lane == ${n % size});`);
  });
  body.each(stores, (n) => [
    `let place${n} = lane + ${n * size};`,
    `let row${n} = place${n} / ${columns};`,
    `if (place${n} < ${sums.length}) {`,
    `y[(i32(group.x) * ${read * 4} + first_row * 4 + row${n}) * ${made} + first_quad + place${n} - row${n} * ${columns}] = result${n};`,
    '}',
  ]);
  return kernel({
    name: `pointwise_weight_gradient_${size}_${read}x${made}`,
    storage: [...reads('x', 'dy'), writes('y')],
    fields,
    workgroupSize: size,
    subgroups: true,
    body,
  });
});

/** Tiles that a workgroup takes, so that the weights are loaded for many pixels. */
const TILES = 8;

function maps(source: KernelSource<Field>, { size, read, made, pixels }: Pointwise): Dispatch[] {
  const tiles = Math.ceil(pixels / (size * blocksOf(read, made)));
  const groups = Math.ceil(tiles / TILES);
  return [dispatch(source, [input(0), input(1), output], { pixels, tiles, perGroup: TILES }, [groups, 1, 1])];
}

export function pointwiseDispatches(layer: Pointwise): Dispatch[] {
  return maps(forward(layer.size, layer.read, layer.made), layer);
}

export function pointwiseInputGradient(layer: Pointwise): Dispatch[] {
  return maps(inputGradient(layer.size, layer.read, layer.made), layer);
}

/** Workgroups that share the pixels of a weight gradient, and the fewest turns of one. */
const SLICES = 8;
const TURNS = 32;

export function pointwiseWeightGradient({ size, read, made, pixels }: Pointwise): Dispatch[] {
  const tiles = Math.ceil(pixels / (size * TURN));
  const perGroup = Math.max(TURNS, Math.ceil(tiles / SLICES));
  const slices = Math.ceil(tiles / perGroup);
  const { rows, columns } = tileOf(read, made);
  const count = read * 4 * made;
  const result = slices === 1 ? output : scratch('partial', slices * count * 16);
  const main = dispatch(
    weightGradient(size, read, made),
    [input(0), input(1), result],
    { pixels, tiles, perGroup },
    [slices, (read / rows) * (made / columns), 1],
  );
  return slices === 1 ? [main] : [main, reduceDispatch(count, slices, result)];
}
