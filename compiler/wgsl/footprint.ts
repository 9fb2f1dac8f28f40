/** What a Plan takes of a device, read off the plan: before anything is allocated, and equal to what then is. */
import type { Plan, PlanBuffer } from './plan.ts';

/** What memory is for: the roles of a plan's buffers but data sets and shared weights, which are the caller's, and the constants of
 * dispatches. */
export type MemoryRole = Exclude<PlanBuffer['role'], 'resident' | 'shared'> | 'uniform';

export interface Footprint {
  /** Bytes of device memory. */
  readonly bytes: number;
  /** The same bytes by what they are for. */
  readonly bytesByRole: Readonly<Record<MemoryRole, number>>;
  /** Distinct shaders. */
  readonly pipelines: number;
  /** Dispatches of a step. */
  readonly dispatches: number;
  /** Dispatches of its program `check`, which runs now and then; 0 where it has none. */
  readonly checkDispatches: number;
}

/** The smallest buffer that is made, in bytes. */
const LEAST = 16;

/** Counts what a plan takes. */
export function footprintOf(plan: Plan): Footprint {
  const bytesByRole = { kept: 0, scratch: 0, input: 0, output: 0, uniform: 0 };
  for (const { role, bytes } of plan.buffers) {
    if (role !== 'resident' && role !== 'shared') bytesByRole[role] += bytes;
  }
  const { check = [], ...programs } = plan.programs;
  const steps = Object.values(programs);
  bytesByRole.uniform = Math.max(LEAST, plan.uniforms.length * 4);
  return {
    bytes: Object.values(bytesByRole).reduce((sum, bytes) => sum + bytes, 0),
    bytesByRole,
    pipelines: shadersOf([plan]).size,
    dispatches: steps.reduce((sum, dispatches) => sum + dispatches.length, 0),
    checkDispatches: check.length,
  };
}

/** The distinct shaders of some plans: as many pipelines do they need together. */
export function shadersOf(plans: readonly Pick<Plan, 'kernels'>[]): ReadonlySet<string> {
  return new Set(plans.flatMap(({ kernels }) => kernels.map(({ wgsl }) => wgsl)));
}
