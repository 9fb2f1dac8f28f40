/** Grids of workgroups that stay within WebGPU's 65,535 per dimension. */
import type { Profile } from './plan.ts';

/** The default limit of WebGPU for workgroups in one dimension. */
export const MAX_WORKGROUPS = 65_535;

/** Threads of a workgroup in kernels without subgroup operations. */
export const THREADS = 64;

/** A number of items in two dimensions: item = x + y * width. */
export interface Folded {
  readonly width: number;
  readonly height: number;
}

/** Folds `count` workgroups into two dimensions. */
export function fold(count: number): Folded {
  const height = Math.max(1, Math.ceil(count / MAX_WORKGROUPS));
  return { width: Math.max(1, Math.ceil(count / height)), height };
}

/** Fields of a kernel whose threads walk over items: {@link walkLines}. */
export const walkFields = {
  count: 'i32',
  width: 'i32',
  perGroup: 'i32',
  perRun: 'i32',
  lanes: 'i32',
  shift: 'u32',
} as const;

export type WalkField = keyof typeof walkFields;

/**
 * The statements that walk over `u.count` items `i`. The lanes of a run take neighbouring items, and a run all items of
 * one stretch: a CPU adapter executes a subgroup at a time, and caches want it to stay where it is (with its items far
 * apart, sums of seven tensors took three times as long). On hardware, a run is the workgroup.
 */
export function walkLines(...each: readonly string[]): readonly string[] {
  return [
    'let run = local >> u.shift;',
    'let start = (i32(group.x) + i32(group.y) * u.width) * u.perGroup + run * u.perRun + local - (run << u.shift);',
    'let end = min(start + u.perRun, u.count);',
    'for (var i = start; i < end; i += u.lanes) {',
    ...each,
    '}',
  ];
}

/** A walk over some items. */
export interface Walk {
  readonly values: Readonly<Record<WalkField, number>>;
  readonly workgroups: readonly [number, number, 1];
}

/** How threads share `count` items, about `perThread` each; on a GPU, where threads cost nothing, no more than two. */
export function walk(count: number, profile: Profile, perThread = 8): Walk {
  const cpu = profile.kind === 'cpu';
  const each = cpu ? perThread : Math.min(perThread, 2);
  const lanes = cpu ? Math.min(THREADS, profile.subgroupSize ?? 8) : THREADS;
  const { width, height } = fold(Math.ceil(count / (THREADS * each)));
  return {
    values: {
      count,
      width,
      perGroup: THREADS * each,
      perRun: lanes * each,
      lanes,
      shift: Math.log2(lanes),
    },
    workgroups: [width, height, 1],
  };
}
