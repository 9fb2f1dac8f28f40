/** Statements that rolling kernels share: who holds which column, rows loaded, neighbours fetched. See `rolling.ts`. */
import { divideHelper, type Lines } from '../source.ts';
import { count, distinct, type Tap, type Tuning } from './rolling.ts';

/** Which of the two tensors of a rolling kernel. */
export type Side = 'source' | 'target';

/** Functions that rolling kernels call. The dividend of `divide_up` may be negative, by 1024 times the divisor. */
export const rollingHelpers: readonly string[] = [
  divideHelper,
  `fn divide_up(a: i32, b: i32, inverse: f32) -> i32 {
  return divide(a + 1025 * b - 1, b, inverse) - 1024;
}`,
];

/** What a block wants to see: an element of the owner that lies `shift` to the right. */
export type Wanted = Pick<Tap, 'source' | 'shift'>;

/** A shift as part of a name: `left1` of -1. */
const nameOf = (shift: number): string => `${shift < 0 ? 'left' : 'right'}${Math.abs(shift)}`;

/** The columns that a lane holds, by name. */
export function ownBlocks({ blocks }: Tuning): readonly string[] {
  return count(blocks).map(String);
}

/** Those that it loads of the source: the halo is one more. */
export function loadedBlocks(tuning: Tuning): readonly string[] {
  return [...ownBlocks(tuning), ...(tuning.halo ? ['h'] : [])];
}

/** In front of all loops: the lane that holds a neighbour, and whether that is one of the row's next block. */
export function findNeighbours(body: Lines, tuning: Tuning, taps: readonly Wanted[]): void {
  body.add('let within = lane & (u.period - 1);');
  for (const shift of distinct(taps.map((tap) => tap.shift))) {
    if (shift === 0) continue;
    const name = nameOf(shift);
    body.add(
      `let ${name} = ${shift} * u.spacingX;`,
      `let lane_${name} = u32(lane + ${name}) & ${tuning.size - 1}u;`,
      `let beyond_${name} = within + ${name} ${shift < 0 ? '< 0' : '>= u.period'};`,
    );
  }
}

/**
 * Opens the loop over tiles and finds image and owner of each block. Where tiles overlap by `overlap` columns at each side,
 * `inner` says which owners are this tile's own.
 */
export function openTiles(body: Lines, tuning: Tuning, overlap = 0): void {
  const { size, blocks, halo } = tuning;
  const span = blocks * size;
  const shared = halo ? overlap : 0;
  body
    .add('for (var tile = i32(group.x); tile < u.tiles; tile += u.slices) {')
    .each(blocks, (j) => [
      `let place${j} = tile * ${span} + ${j * size} + lane;`,
      `let image${j} = divide(place${j}, u.pitch, u.inversePitch);`,
      `let along${j} = place${j} - image${j} * u.pitch;`,
    ]);
  if (shared > 0) {
    body.each(blocks, (j) => [
      `let column${j} = along${j} - along${j} / ${span} * ${2 * shared} - ${shared} + u.firstColumn;`,
      `let inner${j} = along${j} % ${span} >= ${shared} && along${j} % ${span} < ${span - shared};`,
    ]);
    return;
  }
  body.each(blocks, (j) => `let column${j} = along${j} + u.firstColumn;`);
  if (halo) {
    // The upper lanes hold what lies to the left of the tile, the lower ones what lies to its right.
    body.add(
      'let imageh = image0;',
      `let columnh = column0 + select(${-size}, ${span}, lane < ${size / 2});`,
    );
  }
}

/** Of each block's elements of a tensor: whether they exist, and where their column begins in memory. */
export function findColumns(
  body: Lines,
  blocks: readonly string[],
  lattices: readonly number[],
  side: Side,
): void {
  for (const j of blocks) {
    for (const b of lattices) {
      const name = `${side}${j}_${b}`;
      body.add(
        `let ${name}_x = column${j} * u.${side}StepX + u.${side}OffsetX + ${b};`,
        `let ${name}_exists = image${j} < u.images && ${name}_x >= 0 && ${name}_x < u.${side}Columns;`,
        `let ${name}_column = (image${j} * u.${side}Rows * u.${side}Columns + ${name}_x) * u.quads + quad;`,
        `let ${name}_at = select(0, ${name}_column, ${name}_exists);`,
      );
    }
  }
}

/** Of a tensor in this phase: its first owner along the column, the one past its last, and the length of a row. */
export function findRows(body: Lines, lattices: readonly number[], side: Side): void {
  const step = side === 'source' ? 'SourceStepY' : 'TargetStepY';
  body.add(
    `let ${side}_y = phase + u.${side}OffsetY;`,
    `let ${side}_begin = divide_up(-${side}_y - ${Math.max(...lattices)}, u.${side}StepY, u.inverse${step});`,
    `let ${side}_end = divide_up(u.${side}Rows - ${side}_y, u.${side}StepY, u.inverse${step});`,
    `let ${side}_row = u.${side}Columns * u.quads;`,
  );
}

/** A row of a tensor in registers. */
export interface Row {
  /** What its values are called, followed by `_`, block, `_` and lattice. */
  readonly name: string;
  readonly tensor: string;
  readonly side: Side;
  /** The row of owner `t` that is meant. */
  readonly owner: string;
  readonly lattice: number;
  /** What lies outside the image, if not zero. */
  readonly missing?: string;
  /** What is made of a loaded value. */
  readonly make?: (value: string, block: string) => string;
}

/** Loads each block's elements of a row. */
export function loadRow(
  body: Lines,
  blocks: readonly string[],
  lattices: readonly number[],
  { name, tensor, side, owner, lattice, missing = 'vec4f()', make = (value) => value }: Row,
): void {
  body.add(
    `let ${name}_y = ${side}_y + ${owner} * u.${side}StepY + ${lattice};`,
    `let ${name}_exists = ${name}_y >= 0 && ${name}_y < u.${side}Rows;`,
    `let ${name}_row = select(0, ${name}_y, ${name}_exists) * ${side}_row;`,
  );
  for (const j of blocks) {
    for (const b of lattices) {
      const value = `${tensor}[${side}${j}_${b}_at + ${name}_row]`;
      const exists = `${name}_exists && ${side}${j}_${b}_exists`;
      body.add(`let ${name}_${j}_${b} = ${make(`select(${missing}, ${value}, ${exists})`, j)};`);
    }
  }
}

/** What a block sees through a tap of a row that was loaded: its own value, or one of {@link shuffleRow}. */
export function seen(name: string, block: string | number, { source, shift }: Wanted): string {
  return `${name}_${block}_${source}${shift === 0 ? '' : `_${nameOf(shift)}`}`;
}

/** Fetches what each block sees through the taps of a row; `missing` is what lies beyond the row's ends, if not zero. */
export function shuffleRow(
  body: Lines,
  tuning: Tuning,
  name: string,
  { taps, missing = 'vec4f()' }: { readonly taps: readonly Wanted[]; readonly missing?: string },
): void {
  const { blocks, halo } = tuning;
  const wanted = new Map(taps.map((tap) => [`${tap.source},${tap.shift}`, tap]));
  for (const tap of wanted.values()) {
    if (tap.shift === 0) continue;
    const to = nameOf(tap.shift);
    const moved = (j: number | string): string => `${name}_${j}_${tap.source}_moved_${to}`;
    for (const j of loadedBlocks(tuning)) {
      body.add(`let ${moved(j)} = subgroupShuffle(${name}_${j}_${tap.source}, lane_${to});`);
    }
    for (const j of count(blocks)) {
      const next = j + Math.sign(tap.shift);
      const beyond = next >= 0 && next < blocks ? moved(next) : halo ? moved('h') : missing;
      body.add(`let ${seen(name, j, tap)} = select(${moved(j)}, ${beyond}, beyond_${to});`);
    }
  }
}
