/**
 * Clipping by the global norm (Pascanu et al. 2013, Algorithm 1) as PyTorch's `clip_grad_norm_` has it: all gradients
 * are scaled by min(1, most / (norm + 1e-6)). Sums are taken in a fixed order, without atomics.
 */
import { THREADS } from '../grid.ts';
import { dispatch, input, output, scratch, type Dispatch } from '../rule.ts';
import { kernel, Lines, reads, writes, type KernelSource } from '../source.ts';

/** Most partial sums: few enough for one thread to add them up, enough to fill a device. */
const MOST_SUMS = 1024;

/** Each thread adds up squares, its quads being `stride` apart. */
const squares: KernelSource<'count' | 'stride'> = kernel({
  name: 'squares',
  storage: [...reads('gradient'), writes('sums')],
  fields: { count: 'i32', stride: 'i32' },
  workgroupSize: THREADS,
  body: new Lines().add(
    'let first = i32(group.x) * 64 + local;',
    'var sum = vec4f();',
    'for (var i = first; i < u.count; i += u.stride) {',
    'let g = gradient[i];',
    'sum += g * g;',
    '}',
    'sums[first] = sum;',
  ),
});

/**
 * The factor on all gradients. A norm that is infinite or NaN makes it NaN, so that the loss of the next step shows
 * it; the bits decide, because a shader compiler may take numbers to be finite.
 */
const factor: KernelSource<'count' | 'most' | 'nan'> = kernel({
  name: 'clip_factor',
  storage: [...reads('sums'), { name: 'clip', type: 'f32', access: 'read_write' }],
  fields: { count: 'i32', most: 'f32', nan: 'u32' },
  workgroupSize: 1,
  body: new Lines().add(
    'var sum = vec4f();',
    'for (var i = local; i < u.count; i += 1) {',
    'sum += sums[i];',
    '}',
    'let total = (sum.x + sum.y) + (sum.z + sum.w);',
    'let ratio = u.most / (sqrt(total) + 1e-6);',
    'let finite = (bitcast<u32>(total) & 0x7f800000u) != 0x7f800000u;',
    'clip[0] = select(bitcast<f32>(u.nan), select(ratio, 1.0, ratio >= 1.0), finite);',
  ),
});

const NAN_BITS = 0x7f_c0_00_00;

/** The factor for an arena of gradients of `bytes` (input 0), written to the output: one f32. */
export function clipDispatches(bytes: number, most: number): readonly Dispatch[] {
  const count = bytes / 16;
  const groups = Math.ceil(Math.min(MOST_SUMS, Math.ceil(count / 4)) / THREADS);
  const sums = groups * THREADS;
  const partial = scratch('sums', sums * 16);
  return [
    dispatch(squares, [input(0), partial], { count, stride: sums }, [groups, 1, 1]),
    dispatch(factor, [partial, output], { count: sums, most, nan: NAN_BITS }, [1, 1, 1]),
  ];
}
