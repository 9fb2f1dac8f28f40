/**
 * Kernels around a step: rows of a resident data set become the inputs, scalars are recorded. What changes from step
 * to step comes in a small buffer, `step`: see {@link STEP_WORDS}.
 */
import { invariant } from '../../../util/invariant.ts';
import { elementsOf } from '../../ops/shapes.ts';
import { fold, THREADS } from '../grid.ts';
import { dispatch, type Binding, type Dispatch, type Operand } from '../rule.ts';
import {
  divideHelper,
  family,
  kernel,
  Lines,
  writes,
  type KernelSource,
  type StorageBinding,
} from '../source.ts';

/**
 * Words of the step buffer: the learning rate (f32), the first index of the batch, the slot of its records, the
 * optimiser's factors of this step (f32), and the share of the new weights in their average (f32).
 */
export const STEP_WORDS: {
  readonly learningRate: 0;
  readonly offset: 1;
  readonly slot: 2;
  readonly factors: readonly [3, 4];
  readonly share: 5;
} = { learningRate: 0, offset: 1, slot: 2, factors: [3, 4], share: 5 };

/** Size of the step buffer. */
export const STEP_BYTES = 32;

/** The step buffer, as kernels bind it. */
export const stepBinding: StorageBinding = { name: 'step', type: 'u32', access: 'read' };
const indices: StorageBinding = { name: 'indices', type: 'i32', access: 'read' };

/**
 * Reads `v0` to `v3`, the k-th the value `channel + k` of those that begin at `base`; 0 past the `last` of them, and where
 * nothing is `there`.
 */
export const paddedRead = (base: string, k: number): string =>
  `let v${k} = select(0.0, data[${base} + min(channel + ${k}, last)], there && channel + ${k} <= last);`;

/** Gathers rows of f32, padding the last axis; an index that names no row gives zeros. */
const gatherRows: KernelSource<
  'count' | 'width' | 'rowQuads' | 'inverseRow' | 'quads' | 'inverseQuads' | 'channels'
> = kernel({
  name: 'gather_rows',
  storage: [{ name: 'data', type: 'f32', access: 'read' }, indices, stepBinding, writes('x')],
  fields: {
    count: 'i32',
    width: 'i32',
    rowQuads: 'i32',
    inverseRow: 'f32',
    quads: 'i32',
    inverseQuads: 'f32',
    channels: 'i32',
  },
  workgroupSize: THREADS,
  helpers: [divideHelper],
  body: new Lines()
    .add(
      'let i = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
      'if (i < u.count) {',
      'let row = divide(i, u.rowQuads, u.inverseRow);',
      'let place = i - row * u.rowQuads;',
      'let pixel = divide(place, u.quads, u.inverseQuads);',
      'let channel = (place - pixel * u.quads) * 4;',
      'let length = divide(u.rowQuads, u.quads, u.inverseQuads) * u.channels;',
      'let index = indices[i32(step[1]) + row];',
      'let there = index >= 0 && index < i32(arrayLength(&data)) / length;',
      'let start = select(0, index, there) * length + pixel * u.channels;',
      'let last = u.channels - 1;',
    )
    .each(4, (k) => paddedRead('start', k))
    .add('x[i] = vec4f(v0, v1, v2, v3);', '}'),
});

/** Gathers rows of whole numbers, labels or tokens; an index that names no row gives -1: it takes no part. */
const gatherWhole: KernelSource<'count' | 'width' | 'length' | 'pitch' | 'inversePitch'> = kernel({
  name: 'gather_whole',
  storage: [
    { name: 'data', type: 'i32', access: 'read' },
    indices,
    stepBinding,
    { name: 'y', type: 'i32', access: 'read_write' },
  ],
  fields: { count: 'i32', width: 'i32', length: 'i32', pitch: 'i32', inversePitch: 'f32' },
  workgroupSize: 8,
  helpers: [divideHelper],
  body: new Lines().add(
    'let i = (i32(group.x) + i32(group.y) * u.width) * 8 + local;',
    'if (i < u.count) {',
    'let row = divide(i, u.pitch, u.inversePitch);',
    'let place = i - row * u.pitch;',
    'let index = indices[i32(step[1]) + row];',
    'let there = index >= 0 && index < i32(arrayLength(&data)) / u.length;',
    'let value = data[select(0, index, there) * u.length + min(place, u.length - 1)];',
    'y[i] = select(0, select(-1, value, there), place < u.length);',
    '}',
  ),
});

/** Fills an input with the batch's rows of the resident data. */
export function gatherBatch(
  target: Operand,
  [data, order, now, to]: readonly [Binding, Binding, Binding, Binding],
): Dispatch {
  const rows = target.shape[0] ?? 0;
  if (target.dtype === 'i32') {
    // One number a row lies without padding between, tokens of a row together.
    const [, length = 1] = target.shape;
    const [, pitch = 1] = target.physical;
    invariant(target.shape.length <= 2, 'gatherBatch: whole numbers come one or several to a row');
    const all = rows * pitch;
    const whole = fold(Math.ceil(all / 8));
    return dispatch(
      gatherWhole,
      [data, order, now, to],
      { count: all, width: whole.width, length, pitch, inversePitch: 1 / pitch },
      [whole.width, whole.height, 1],
    );
  }
  const count = elementsOf(target.physical) / 4;
  const quads = (target.physical.at(-1) ?? 0) / 4;
  const rowQuads = count / rows;
  const { width, height } = fold(Math.ceil(count / THREADS));
  return dispatch(
    gatherRows,
    [data, order, now, to],
    {
      count,
      width,
      rowQuads,
      inverseRow: 1 / rowQuads,
      quads,
      inverseQuads: 1 / quads,
      channels: target.shape.at(-1) ?? 0,
    },
    [width, height, 1],
  );
}

/** Writes scalars into the step's row of the records. */
const record = family((scalars: number): KernelSource<'slots'> =>
  kernel({
    name: `record_${scalars}`,
    storage: [
      ...[...Array(scalars).keys()].map((k): StorageBinding => ({
        name: `scalar${k}`,
        type: 'f32',
        access: 'read',
      })),
      stepBinding,
      { name: 'records', type: 'f32', access: 'read_write' },
    ],
    fields: { slots: 'i32' },
    workgroupSize: 1,
    body: new Lines()
      .add('let slot = i32(step[2]);', 'if (slot < u.slots && local == 0) {')
      .each(scalars, (k) => `records[slot * ${scalars} + ${k}] = scalar${k}[0];`)
      .add('}'),
  }),
);

/** Records scalars at the step's slot. */
export function recordScalars(
  scalars: readonly Binding[],
  now: Binding,
  to: Binding,
  slots: number,
): Dispatch {
  return dispatch(record(scalars.length), [...scalars, now, to], { slots }, [1, 1, 1]);
}
