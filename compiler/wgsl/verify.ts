/** Checks a Plan: what its makers promise, re-derived from the plan alone. Broken promises are internal errors. */
import { InvariantError, present } from '../../util/invariant.ts';
import { ALIGNMENT } from './layout.ts';
import type { BufferRange, Plan, PlanDispatch } from './plan.ts';
import { labelOf, printPlan } from './printPlan.ts';
import { rowsOfInstance } from './source.ts';
import { BLOCK_BYTES, TABLE_BYTES } from './uniforms.ts';

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
      const what = `${program}[${i}] ${labelOf(dispatch)}`;
      problems.push(...dispatchProblems(plan, dispatch, what), ...unwritten(plan, dispatch, written, what));
      written.push(...accessed(plan, dispatch, 'read_write'));
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
  if (range.offset % 4 !== 0) problems.push(`${what}: offset ${range.offset} is not aligned`);
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
  const { instances, workgroups, blockOffset, tableOffset } = dispatch;
  const problems = instances.flatMap(({ ranges }, i) =>
    ranges.flatMap((range, k) => rangeProblems(plan, range, `${what}, instance ${i}, binding ${k}`)),
  );
  if (instances.length === 0) problems.push(`${what}: it has no instance`);
  if (workgroups.some((n) => !Number.isInteger(n) || n < 1) || workgroups[2] % instances.length !== 0) {
    problems.push(`${what}: ${workgroups.join(' x ')} workgroups for ${instances.length} instances`);
  }
  for (const { ranges } of instances) {
    if (kernel.bindings.length !== ranges.length) {
      problems.push(`${what}: ${ranges.length} ranges for the bindings ${kernel.bindings.join(', ')}`);
    }
    if (ranges.some(({ buffer }, k) => buffer !== instances[0]?.ranges[k]?.buffer)) {
      problems.push(`${what}: its instances are not in the same buffers`);
    }
  }
  for (const [name, offset, bytes] of [
    ['constants', blockOffset, BLOCK_BYTES],
    ['table', tableOffset, TABLE_BYTES],
  ] as const) {
    if (offset % ALIGNMENT !== 0) problems.push(`${what}: its ${name} are not aligned`);
    if (offset + bytes > plan.uniforms.length * 4) {
      problems.push(`${what}: its ${name} end outside the uniforms`);
    }
  }
  return [...problems, ...tableProblems(plan, dispatch, what), ...conflicts(plan, dispatch, what)];
}

/** The table must say where the ranges are. */
function tableProblems(plan: Plan, { kernel, instances, tableOffset }: PlanDispatch, what: string): string[] {
  const units = plan.kernels[kernel]?.units ?? [];
  const rows = rowsOfInstance(units.length);
  const wrong = instances.findIndex(({ ranges }, i) =>
    ranges.some(({ offset }, k) => {
      const start = plan.uniforms[tableOffset / 4 + i * rows * 4 + k];
      return start === undefined || start * (units[k] ?? NaN) !== offset;
    }),
  );
  return wrong === -1 ? [] : [`${what}: its table has instance ${wrong} elsewhere`];
}

/**
 * WebGPU tracks whole buffers: one dispatch may not read a buffer and write it, nor write it through two bindings. What
 * one instance writes, no instance may read, and no other may write.
 */
function conflicts(plan: Plan, dispatch: PlanDispatch, what: string): string[] {
  const { bindings } = present(plan.kernels[dispatch.kernel], 'a kernel');
  const buffers = dispatch.instances[0]?.ranges.map(({ buffer }) => buffer) ?? [];
  const problems = buffers.flatMap((buffer, k) =>
    bindings[k] === 'read_write' && buffers.some((other, i) => i !== k && other === buffer)
      ? [`${what}: reads and writes buffer ${plan.buffers[buffer]?.name}`]
      : [],
  );
  const writes = accessed(plan, dispatch, 'read_write').sort(
    (a, b) => a.buffer - b.buffer || a.offset - b.offset,
  );
  const twice = writes.some((range, i) => {
    const next = writes[i + 1];
    return next !== undefined && overlap(range, next);
  });
  return twice ? [...problems, `${what}: writes overlapping ranges`] : problems;
}

/** The ranges that the instances of a dispatch read, or write. */
function accessed(
  { kernels }: Plan,
  { kernel, instances }: PlanDispatch,
  access: 'read' | 'read_write',
): BufferRange[] {
  const bindings = kernels[kernel]?.bindings ?? [];
  return instances.flatMap(({ ranges }) => ranges.filter((_, k) => bindings[k] === access));
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
  return accessed(plan, dispatch, 'read').flatMap((range) => {
    if (plan.buffers[range.buffer]?.role !== 'scratch') return [];
    const last = written.findLast((w) => overlap(w, range));
    const name = `${range.bytes} bytes at ${range.offset} of ${plan.buffers[range.buffer]?.name}`;
    if (!last) return [`${what}: reads ${name}, which nothing has written`];
    const whole = last.offset <= range.offset && last.offset + last.bytes >= range.offset + range.bytes;
    return whole ? [] : [`${what}: reads ${name}, which another tensor was written over`];
  });
}
