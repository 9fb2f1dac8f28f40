/**
 * Kernels over rows of channels: a thread owns one vec4 of channels and walks over rows. What belongs to
 * the channels is loaded once; sums over rows come out as one partial sum per thread, added in a second
 * kernel in a fixed order, so results are equal from run to run (no float atomics).
 */
import { elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, type Binding, type Dispatch, type Operand } from '../rule.ts';
import { divideHelper, kernel, Lines, reads, writes, type FieldType, type KernelSource } from '../source.ts';
import { reluHelper } from './elementwise.ts';

/** Rows, and vec4s of channels in a row. */
export interface Extent {
  readonly rows: number;
  readonly quads: number;
  /** Channels that are no padding. */
  readonly channels: number;
}

/** The extent of a tensor seen as rows of channels. */
export function extentOf({ shape, physical }: Operand): Extent {
  const wide = physical.at(-1) ?? 0;
  return { rows: elementsOf(physical) / wide, quads: wide / 4, channels: shape.at(-1) ?? 0 };
}

/**
 * How threads share the rows: thread = slice * quads + quad. Slice s takes rows from s * apart on, `step` apart, within
 * `span` of them. On a CPU adapter these are neighbours, which its caches want; on hardware neighbouring slices take
 * neighbouring rows.
 */
export interface Slicing extends Extent {
  readonly slices: number;
  readonly apart: number;
  readonly span: number;
  readonly step: number;
}

function slicing(extent: Extent, rowsPerSlice: number, profile: Profile): Slicing {
  const { rows } = extent;
  const slices = Math.max(1, Math.ceil(rows / rowsPerSlice));
  return profile.kind === 'cpu'
    ? { ...extent, slices, apart: rowsPerSlice, span: rowsPerSlice, step: 1 }
    : { ...extent, slices, apart: 1, span: rows, step: slices };
}

/** Slices for a map over all rows: enough threads to fill the device, several rows each. */
export function mapSlicing(extent: Extent, profile: Profile): Slicing {
  return slicing(extent, profile.kind === 'cpu' ? 32 : 2, profile);
}

/** Slices for a sum: the partial sums should be few against the rows, the threads many. */
export function sumSlicing(extent: Extent, profile: Profile): Slicing {
  const threads = profile.kind === 'cpu' ? 512 : 4096;
  return slicing(extent, Math.max(8, Math.ceil((extent.rows * extent.quads) / threads)), profile);
}

/** Fields that say how threads share the rows. */
export const sliceFields = {
  rows: 'i32',
  quads: 'i32',
  slices: 'i32',
  apart: 'i32',
  span: 'i32',
  step: 'i32',
} as const;

type ChannelField = keyof typeof sliceFields | 'channels' | 'width' | 'inverseQuads' | 'epsilon';

const channelFields: Readonly<Record<ChannelField, FieldType>> = {
  ...sliceFields,
  channels: 'i32',
  width: 'i32',
  inverseQuads: 'f32',
  epsilon: 'f32',
};

/** The parts of a kernel over rows of channels, as WGSL statements. */
export interface ChannelParts {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Before the loop; sees `quad`, the thread's vec4 of channels, and `begin` and `end`, its rows. */
  readonly before?: readonly string[];
  /** For each row; sees `i`, the vec4's index. */
  readonly each: readonly string[];
  /** After the loop; sees `thread`. */
  readonly after?: readonly string[];
  /** Functions that these call. */
  readonly helpers?: readonly string[];
}

/** A kernel over rows of channels whose last binding is `y`. */
export function channelKernel(parts: ChannelParts): KernelSource<ChannelField> {
  const body = new Lines().add(
    'let thread = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
    'let slice = divide(thread, u.quads, u.inverseQuads);',
    'if (slice < u.slices) {',
    'let quad = thread - slice * u.quads;',
    'let begin = slice * u.apart;',
    'let end = min(begin + u.span, u.rows);',
    ...(parts.before ?? []),
    'for (var row = begin; row < end; row += u.step) {',
    'let i = row * u.quads + quad;',
    ...parts.each,
    '}',
    ...(parts.after ?? []),
    '}',
  );
  return kernel({
    name: parts.name,
    storage: [...reads(...parts.inputs), writes('y')],
    fields: channelFields,
    workgroupSize: THREADS,
    helpers: [
      divideHelper,
      ...(parts.helpers ?? []),
      ...(parts.each.some((line) => line.includes('relu(')) ? [reluHelper] : []),
    ],
    body,
  });
}

/** Dispatches such a kernel. */
export function channelDispatch(
  source: KernelSource<ChannelField>,
  bindings: readonly Binding[],
  slices: Slicing,
  epsilon = 0,
): Dispatch {
  const { width, height } = fold(Math.ceil((slices.slices * slices.quads) / THREADS));
  const values = { ...slices, width, inverseQuads: 1 / slices.quads, epsilon };
  return dispatch(source, bindings, values, [width, height, 1]);
}

/** Which lanes of the thread's vec4 of channels are no padding. */
export const keepLanes: string = 'let keep = vec4i(0, 1, 2, 3) + 4 * quad < vec4i(u.channels);';

/** Statements that load mean and inverse deviation of the thread's channels from `statistics` [2, C]. */
export const loadStatistics: readonly string[] = [
  'let mean = statistics[quad];',
  'let inverse = 1 / sqrt(statistics[u.quads + quad] + u.epsilon);',
];
