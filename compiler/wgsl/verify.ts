/** Checks a Plan: what its makers promise, re-derived from the plan alone. Broken promises are internal errors. */
import { InvariantError } from '../../util/invariant.ts';
import { ALIGNMENT } from './layout.ts';
import type { BufferRange, Plan, PlanDispatch } from './plan.ts';
import { printPlan } from './printPlan.ts';

/** Throws an internal error that lists what is wrong and prints the plan. Returns the plan. */
export function verifyPlan(plan: Plan): Plan {
  const problems = planProblems(plan);
  if (problems.length === 0) return plan;
  throw new InvariantError(`plan verifier:\n${problems.join('\n')}\n\n${printPlan(plan)}`);
}

/** Everything that is wrong with a plan, in words. */
export function planProblems(plan: Plan): readonly string[] {
  const problems: string[] = [];
  for (const slot of slotsOf(plan)) problems.push(...rangeProblems(plan, slot.range, slot.name));
  for (const [program, dispatches] of Object.entries(plan.programs)) {
    const written: BufferRange[] = [];
    dispatches.forEach((dispatch, i) => {
      const what = `${program}[${i}] ${dispatch.label}`;
      problems.push(...dispatchProblems(plan, dispatch, what), ...unwritten(plan, dispatch, written, what));
      const bindings = plan.kernels[dispatch.kernel]?.bindings ?? [];
      written.push(...dispatch.ranges.filter((_, k) => bindings[k] === 'read_write'));
    });
  }
  return problems;
}

function slotsOf(plan: Plan): readonly { readonly name: string; readonly range: BufferRange }[] {
  const { parameters, states, inputs, outputs, gradients, constants, records, step, feed } = plan;
  return [
    ...parameters,
    ...states,
    ...inputs,
    ...outputs,
    ...gradients,
    ...constants,
    { name: 'step', range: step },
    ...(records ? [{ name: 'records', range: records.range }] : []),
    ...(feed ? [{ name: 'indices', range: feed.indices }] : []),
  ];
}

function rangeProblems({ buffers }: Plan, range: BufferRange, what: string): string[] {
  const buffer = buffers[range.buffer];
  if (!buffer) return [`${what}: there is no buffer ${range.buffer}`];
  if (buffer.role === 'resident') {
    return range.offset === 0 && range.bytes === 0 ? [] : [`${what}: resident data is bound whole`];
  }
  const problems: string[] = [];
  if (range.offset % ALIGNMENT !== 0) problems.push(`${what}: offset ${range.offset} is not aligned`);
  if (range.bytes <= 0 || range.bytes % 4 !== 0) problems.push(`${what}: ${range.bytes} bytes`);
  if (range.offset + range.bytes > buffer.bytes) {
    problems.push(
      `${what}: ends at ${range.offset + range.bytes} of ${buffer.bytes} bytes of ${buffer.name}`,
    );
  }
  return problems;
}

function dispatchProblems(plan: Plan, dispatch: PlanDispatch, what: string): string[] {
  const kernel = plan.kernels[dispatch.kernel];
  if (!kernel) return [`${what}: there is no kernel ${dispatch.kernel}`];
  const problems = dispatch.ranges.flatMap((range, k) => rangeProblems(plan, range, `${what}, binding ${k}`));
  if (kernel.bindings.length !== dispatch.ranges.length + 1 || kernel.bindings.at(-1) !== 'uniform') {
    problems.push(`${what}: ${dispatch.ranges.length} ranges for the bindings ${kernel.bindings.join(', ')}`);
  }
  if (dispatch.uniformOffset % ALIGNMENT !== 0) problems.push(`${what}: its constants are not aligned`);
  if (dispatch.uniformOffset + dispatch.uniformBytes > plan.uniforms.length * 4) {
    problems.push(`${what}: its constants end outside the uniforms`);
  }
  if (dispatch.workgroups.some((n) => !Number.isInteger(n) || n < 1)) {
    problems.push(`${what}: ${dispatch.workgroups.join(' x ')} workgroups`);
  }
  // WebGPU tracks whole buffers: one dispatch may not read a buffer and write it, and written ranges must
  // not overlap with any other.
  dispatch.ranges.forEach((a, i) => {
    dispatch.ranges.slice(i + 1).forEach((b, k) => {
      if (a.buffer !== b.buffer) return;
      const [one, other] = [kernel.bindings[i], kernel.bindings[i + 1 + k]];
      if (one !== other) problems.push(`${what}: reads and writes buffer ${plan.buffers[a.buffer]?.name}`);
      else if (one === 'read_write' && overlap(a, b)) problems.push(`${what}: writes overlapping ranges`);
    });
  });
  return problems;
}

function overlap(a: BufferRange, b: BufferRange): boolean {
  return a.buffer === b.buffer && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

/**
 * Scratch memory holds nothing when a program starts: what is read from it must have been written, as a
 * whole, and nothing else may have been written over it since.
 */
function unwritten(
  plan: Plan,
  dispatch: PlanDispatch,
  written: readonly BufferRange[],
  what: string,
): string[] {
  const bindings = plan.kernels[dispatch.kernel]?.bindings ?? [];
  return dispatch.ranges.flatMap((range, k) => {
    if (bindings[k] !== 'read' || plan.buffers[range.buffer]?.role !== 'scratch') return [];
    const last = written.findLast((w) => overlap(w, range));
    if (!last) return [`${what}: binding ${k} reads scratch memory that nothing has written`];
    const whole = last.offset === range.offset && last.bytes >= range.bytes;
    return whole ? [] : [`${what}: binding ${k} reads scratch memory that another tensor was written over`];
  });
}
