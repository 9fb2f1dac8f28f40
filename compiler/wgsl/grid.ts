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

/**
 * Threads for `items` equal pieces of work: on a CPU adapter a thread takes several, because starting one
 * costs more than a load; on a GPU one or two.
 */
export function threadsFor(items: number, profile: Profile, perThread = 8): number {
  return Math.ceil(items / (profile.kind === 'cpu' ? perThread : Math.min(perThread, 2)));
}
