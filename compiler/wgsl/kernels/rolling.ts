/**
 * The geometry of kernels that slide odd windows over images on adapters with subgroups: depthwise convolutions, pools
 * and their gradients. `rollingLanes.ts` writes the statements that they share.
 *
 * The lanes of a subgroup hold neighbouring columns of a row, a vec4 of channels each, and roll down the rows. An
 * element is loaded once, by one lane: its neighbours along the row come from other lanes by shuffles, those along the
 * column stay in registers. Loads dominate on a CPU adapter; shuffles are all but free there.
 *
 * One tensor is read along an axis, the source, and one written, the target. `down` the source is larger by the stride,
 * as in a forward convolution; `up` the target is, as in the gradient of one. Places are counted in owners: owner `c`
 * has the elements `stride * c + offset + lattice` of the larger tensor, one for each `lattice` below the stride, and
 * element `c` of the smaller. The offset puts the middle tap of a window at its own owner. At stride 1 dilated rows fall
 * into phases, each rolled by itself, whose owners lie `dilation` apart.
 */
import { MAX_WORKGROUPS } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { family, type KernelSource } from '../source.ts';

/** Windows along one axis. */
export interface RollingAxis {
  /** Elements of the image, and places of the window. */
  readonly large: number;
  readonly small: number;
  readonly stride: number;
  readonly before: number;
  readonly dilation: number;
}

/** Windows over images; channels are counted in vec4 ("quads"). */
export interface Rolling {
  readonly images: number;
  readonly quads: number;
  /** Taps of a side. */
  readonly taps: number;
  readonly y: RollingAxis;
  readonly x: RollingAxis;
}

/** What the text of a rolling kernel depends on. */
export interface Tuning {
  /** Lanes of a subgroup. */
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  /** Distance of taps where the stride is above 1; at stride 1 it is 1 here, and distances come in the block. */
  readonly dilation: number;
  readonly up: boolean;
  /** Columns that a lane holds, `size` apart. */
  readonly blocks: number;
  /** Whether rows are longer than a tile, which then loads the columns beside it, too. */
  readonly halo: boolean;
}

/** One tap along an axis: it takes the source at owner + `shift` to the target at owner. */
export interface Tap {
  readonly tap: number;
  readonly shift: number;
  /** Which of the owners' elements these are. */
  readonly source: number;
  readonly target: number;
}

/** The taps along an axis. */
export function tapsOf({ taps, stride, dilation, up }: Tuning): readonly Tap[] {
  return count(taps).map((tap) => {
    const distance = (tap - (taps - 1) / 2) * dilation;
    const owners = Math.floor(distance / stride);
    const lattice = distance - owners * stride;
    return up
      ? { tap, shift: 0 - owners, source: 0, target: lattice }
      : { tap, shift: owners, source: lattice, target: 0 };
  });
}

/** The least and the greatest shift of taps. */
export function reachOf(taps: readonly Tap[]): readonly [least: number, most: number] {
  const shifts = taps.map(({ shift }) => shift);
  return [Math.min(...shifts), Math.max(...shifts)];
}

/** The numbers below `n`. */
export const count = (n: number): readonly number[] => [...Array(n).keys()];

/** The numbers of a list, each once, in order. */
export function distinct(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Fields of the block that every rolling kernel reads. */
export const rollingFields = {
  tiles: 'i32',
  /** Workgroups that share the tiles. */
  slices: 'i32',
  quads: 'i32',
  images: 'i32',
  /** Owners of a row, rounded up to fill lanes, and the first of them. */
  pitch: 'i32',
  inversePitch: 'f32',
  firstColumn: 'i32',
  /** Lanes that hold a row, where a subgroup holds several: a divisor of its size. */
  period: 'i32',
  sourceRows: 'i32',
  sourceColumns: 'i32',
  targetRows: 'i32',
  targetColumns: 'i32',
  sourceStepY: 'i32',
  inverseSourceStepY: 'f32',
  sourceOffsetY: 'i32',
  targetStepY: 'i32',
  inverseTargetStepY: 'f32',
  targetOffsetY: 'i32',
  sourceStepX: 'i32',
  sourceOffsetX: 'i32',
  targetStepX: 'i32',
  targetOffsetX: 'i32',
  /** Owners between neighbouring taps. */
  spacingX: 'i32',
  phases: 'i32',
} as const;

/** Names of the fields of {@link rollingFields}. */
export type RollingField = keyof typeof rollingFields;

/** A rolling kernel with its tuning, and the values of its block but the number of slices. */
export interface RollingChoice {
  readonly tuning: Tuning;
  readonly values: Omit<Readonly<Record<RollingField, number>>, 'slices'>;
}

/** Where the elements of an axis lie: `phase + step * owner + offset + lattice`. */
interface Lattice {
  readonly size: number;
  readonly step: number;
  readonly offset: number;
}

function latticesOf(
  { large, small, stride, before, dilation }: RollingAxis,
  taps: number,
  spread: number,
): { readonly large: Lattice; readonly small: Lattice } {
  const offset = ((taps - 1) / 2) * dilation - before;
  return {
    large: { size: large, step: stride === 1 ? spread : stride, offset },
    small: { size: small, step: stride === 1 ? spread : 1, offset: 0 },
  };
}

/** How lanes hold a row of `columns` owners: none where a tap reaches beyond what a tile has. */
function layOut(
  columns: number,
  reach: number,
  size: number,
  overlap: number,
): (Pick<Tuning, 'blocks' | 'halo'> & { readonly pitch: number }) | undefined {
  if (columns <= size) {
    let pitch = size;
    while (pitch / 2 >= columns) pitch /= 2;
    return { blocks: 1, halo: false, pitch };
  }
  const blocks = 2;
  const span = blocks * size;
  const halo = columns > span;
  if (reach > (halo ? size / 2 : size)) return undefined;
  const used = halo ? span - 2 * overlap : span;
  return { blocks, halo, pitch: Math.ceil(columns / used) * span };
}

/**
 * How windows are rolled over images; undefined where these kernels do not apply. `overlap` is how many columns at each
 * side of a tile belong to the next one, where rows are longer than tiles.
 */
export function chooseRolling(
  { subgroupSize: size }: Profile,
  rolling: Rolling,
  up: boolean,
  overlap = 0,
): RollingChoice | undefined {
  const { images, quads, taps, y, x } = rolling;
  if (size === undefined || size < 4 || size > 64 || quads > MAX_WORKGROUPS) return undefined;
  const { stride, dilation } = x;
  const alike =
    y.stride === stride && (stride === 1 || (stride === 2 && dilation <= 2 && y.dilation === dilation));
  const padded = [y, x].every((axis) => axis.before <= (taps - 1) * axis.dilation);
  if (!alike || !padded) return undefined;
  const rows = latticesOf(y, taps, y.dilation);
  const columns = latticesOf(x, taps, 1);
  const { offset } = columns.large;
  const first = Math.min(0, Math.floor(-offset / stride));
  const last = Math.max(x.small - 1, Math.floor((x.large - 1 - offset) / stride));
  const reach = Math.ceil((((taps - 1) / 2) * dilation) / stride);
  const laid = layOut(last - first + 1, reach, size, overlap);
  if (!laid) return undefined;
  const { blocks, halo, pitch } = laid;
  const [source, target] = up ? (['small', 'large'] as const) : (['large', 'small'] as const);
  return {
    tuning: { size, taps, stride, dilation: stride === 1 ? 1 : dilation, up, blocks, halo },
    values: {
      tiles: Math.ceil((images * pitch) / (blocks * size)),
      quads,
      images,
      pitch,
      inversePitch: 1 / pitch,
      firstColumn: first,
      period: Math.min(pitch, size),
      sourceRows: rows[source].size,
      sourceColumns: columns[source].size,
      targetRows: rows[target].size,
      targetColumns: columns[target].size,
      sourceStepY: rows[source].step,
      inverseSourceStepY: 1 / rows[source].step,
      sourceOffsetY: rows[source].offset,
      targetStepY: rows[target].step,
      inverseTargetStepY: 1 / rows[target].step,
      targetOffsetY: rows[target].offset,
      sourceStepX: columns[source].step,
      sourceOffsetX: columns[source].offset,
      targetStepX: columns[target].step,
      targetOffsetX: columns[target].offset,
      spacingX: stride === 1 ? dilation : 1,
      phases: stride === 1 ? y.dilation : 1,
    },
  };
}

/** A family of rolling kernels, by tuning. */
export function rollingFamily<F extends string>(
  make: (tuning: Tuning) => KernelSource<F>,
): (tuning: Tuning) => KernelSource<F> {
  const made = family(
    (
      size: number,
      taps: number,
      stride: number,
      dilation: number,
      up: boolean,
      blocks: number,
      halo: boolean,
    ) => make({ size, taps, stride, dilation, up, blocks, halo }),
  );
  return ({ size, taps, stride, dilation, up, blocks, halo }) =>
    made(size, taps, stride, dilation, up, blocks, halo);
}

/** The name of a rolling kernel: `depthwise_8_3`, `depthwise_8_3_up_stride_2_halo`. */
export function rollingName(
  what: string,
  { size, taps, stride, dilation, up, blocks, halo }: Tuning,
): string {
  return [
    what,
    size,
    taps,
    ...(up ? ['up'] : []),
    ...(stride > 1 ? ['stride', stride] : []),
    ...(dilation > 1 ? ['dilation', dilation] : []),
    ...(blocks > 1 ? ['blocks', blocks] : []),
    ...(halo ? ['halo'] : []),
  ].join('_');
}

/** Workgroups of one quad and phase on a CPU adapter, and slices that are added up, at most. */
const MOST_SLICES = 64;

/**
 * Workgroups that share the tiles of one quad and phase. On a CPU adapter each of them has its own start to pay for, so it
 * gets at least `work` multiply-adds of a vec4. `added`: what they make is added up afterwards.
 */
export function slicesFor(
  profile: Profile,
  { tuning, values }: RollingChoice,
  work: number,
  added = false,
): number {
  const { tiles, targetRows, phases } = values;
  const cpu = profile.kind === 'cpu';
  const perTile = (targetRows / phases) * tuning.taps ** 2 * tuning.blocks;
  const wanted = cpu ? Math.ceil((tiles * perTile) / work) : tiles;
  const most = cpu || added ? MOST_SLICES : MAX_WORKGROUPS;
  return Math.ceil(tiles / Math.ceil(tiles / Math.min(tiles, wanted, most)));
}
