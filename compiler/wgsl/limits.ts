/** WebGPU's default limits, which every plan keeps whatever the adapter offers, and the check of them. */
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Plan } from './plan.ts';

/** The default limits that plans can meet (WebGPU, section 3.6.2). */
export const limits = {
  maxStorageBufferBindingSize: 134_217_728,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

/** Whatever in a plan exceeds a default limit of WebGPU, the first case of each kind. */
export function limitProblems(plan: Plan): readonly Diagnostic[] {
  const found = new Map<keyof typeof limits, Diagnostic>();
  const check = (limit: keyof typeof limits, what: string, needed: number): void => {
    if (needed <= limits[limit] || found.has(limit)) return;
    found.set(limit, diagnose('deviceLimit', { what, needed, limit, allowed: limits[limit] }));
  };
  for (const dispatches of Object.values(plan.programs)) {
    for (const { instances, workgroups } of dispatches) {
      for (const { label, ranges } of instances) {
        for (const { bytes } of ranges) check('maxStorageBufferBindingSize', label, bytes);
        check('maxStorageBuffersPerShaderStage', label, ranges.length);
        for (const count of workgroups) check('maxComputeWorkgroupsPerDimension', label, count);
      }
    }
  }
  // Buffers are bound whole.
  for (const { name, bytes } of plan.buffers) {
    check('maxStorageBufferBindingSize', `the memory for ${name}`, bytes);
  }
  return [...found.values()];
}
