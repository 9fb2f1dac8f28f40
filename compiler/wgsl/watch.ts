/**
 * Adds to a Plan what finds numbers that are none, infinities and NaN: the program `check`, which tests all that the
 * plan keeps from step to step, and copies of it, so that a step can be repeated.
 *
 * What is kept is enough to look at, now and then: a gradient that is no number makes its weight none, a statistic stays
 * none, and neither ever heals. What is not seen is a NaN that a max pool leaves out, which compares as neither larger nor
 * smaller, where no gradient meets it either: what is trained then has nothing of it.
 */
import { present } from '../../util/invariant.ts';
import { notFiniteDispatch } from './kernels/notFinite.ts';
import type { BufferRange, Plan, PlanBuffer, PlanDispatch } from './plan.ts';
import { Uniforms } from './uniforms.ts';

/** The plan with its program `check` and room for copies. */
export function withWatch(plan: Plan): Plan {
  const buffers: PlanBuffer[] = [...plan.buffers];
  const add = (name: string, bytes: number, role: PlanBuffer['role']): BufferRange => {
    const buffer = buffers.push({ name, bytes, role }) - 1;
    return { buffer, offset: 0, bytes };
  };
  const constants = new Set(plan.constants.map(({ range }) => range.buffer));
  const gradients = new Set(plan.gradients.map(({ range }) => range.buffer));
  const kept = plan.buffers.flatMap(({ name, bytes, role }, buffer) =>
    role === 'kept' && !constants.has(buffer) ? [{ name, buffer, bytes }] : [],
  );
  const alarm = { ...add('alarm', 16, 'output'), bytes: 4 };
  const saved = kept
    .filter(({ buffer }) => !gradients.has(buffer))
    .map(({ name, buffer, bytes }) => {
      return { buffer, copy: add(`copy of ${name}`, bytes, 'kept').buffer, bytes };
    });
  const kernels = [...plan.kernels];
  const uniforms = new Uniforms(plan.uniforms);
  const check = kept.map(({ name, buffer, bytes }): PlanDispatch => {
    const { kernel, words, workgroups } = notFiniteDispatch(plan.profile, bytes);
    const { name: kernelName, wgsl, bindings, units } = kernel;
    const known = kernels.findIndex((other) => other.wgsl === wgsl);
    const instances = [{ label: `check ${name}`, ranges: [{ buffer, offset: 0, bytes }, alarm] }];
    return {
      kernel: known === -1 ? kernels.push({ name: kernelName, wgsl, bindings, units }) - 1 : known,
      instances,
      blockOffset: uniforms.block(words),
      tableOffset: uniforms.table(units, instances),
      workgroups,
    };
  });
  return {
    ...plan,
    buffers,
    kernels,
    uniforms: uniforms.finish(),
    programs: { ...plan.programs, check },
    watch: { alarm, saved },
  };
}

/** What an instance of a dispatch works on. */
export interface Work {
  /** The op and its site, or the step that it serves. */
  readonly label: string;
  readonly reads: readonly BufferRange[];
  /** Of f32: whole numbers that are written are left out. */
  readonly writes: readonly BufferRange[];
}

/** What dispatch `index` of a program does. */
export function workOf(plan: Plan, program: string, index: number): readonly Work[] {
  const { kernel, instances } = present(plan.programs[program]?.[index], `dispatch ${index} of ${program}`);
  const { bindings } = present(plan.kernels[kernel], `kernel ${kernel}`);
  const whole = plan.inputs.filter(({ dtype }) => dtype === 'i32').map(({ range }) => range.buffer);
  return instances.map(({ label, ranges }) => ({
    label,
    reads: ranges.filter((_, k) => bindings[k] === 'read'),
    writes: ranges.filter(({ buffer }, k) => bindings[k] === 'read_write' && !whole.includes(buffer)),
  }));
}
