/** Finds what makes the first number that is none in a step: the step is run dispatch by dispatch, and what each writes is read. */
import { elementsOf } from '../../compiler/ops/shapes.ts';
import type { BufferRange, Plan, TensorSlot } from '../../compiler/wgsl/plan.ts';
import { workOf, type Work } from '../../compiler/wgsl/watch.ts';
import { present } from '../../util/invariant.ts';
import { firstNotFinite, largestOf, type Origin } from './fault.ts';
import { stateSlots } from './optimizerState.ts';
import type { Execution, StepValues } from './webgpu.ts';

/**
 * Runs a step of a program up to the first dispatch that writes an infinity or NaN; undefined where none does. What is
 * kept must be finite before. The rest of the step is left undone.
 */
export async function findOrigin(
  execution: Execution,
  program: string,
  values: StepValues,
): Promise<Origin | undefined> {
  const { plan, device, programs } = execution;
  clearTransient(execution);
  execution.beginStep(values);
  const given = plan.feed ? [] : plan.inputs.filter(({ dtype }) => dtype === 'f32');
  const input = await look(execution, { label: '', reads: [], writes: given.map(({ range }) => range) });
  if (input) return input;
  for (const [index, dispatch] of present(programs[program], `origin: the program ${program}`).entries()) {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    dispatch.encode(pass);
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
    for (const work of workOf(plan, program, index)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, up to the first
      const origin = await look(execution, work);
      if (origin) return origin;
    }
  }
  return undefined;
}

/** What is no number now among what a plan keeps. */
export async function findHeld(execution: Execution): Promise<Origin | undefined> {
  for (const [tensor, values] of [
    ...(await execution.readTensors()),
    ...(await execution.readOptimizer()).tensors,
  ]) {
    const at = firstNotFinite(values);
    if (at !== -1) return { kind: 'held', tensor, value: values[at] ?? NaN };
  }
  return undefined;
}

/** What lies in scratch memory and outputs is left from another step, which may have been unsound. */
function clearTransient({ plan, device, buffers }: Execution): void {
  const encoder = device.gpu.createCommandEncoder();
  plan.buffers.forEach(({ role }, i) => {
    if (role === 'scratch' || role === 'output') encoder.clearBuffer(present(buffers[i], `buffer ${i}`));
  });
  device.gpu.queue.submit([encoder.finish()]);
}

/** Whether some work has written what is no number. */
async function look(execution: Execution, work: Work): Promise<Origin | undefined> {
  const { plan } = execution;
  for (const range of work.writes) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, up to the first
    const written = await readFloats(execution, range);
    const at = firstNotFinite(written);
    if (at === -1) continue;
    const value = written[at] ?? NaN;
    const offset = range.offset + at * 4;
    const input = plan.inputs.find((slot) => holds(slot, range.buffer, offset));
    if (input) {
      const row = elementsOf(input.physicalShape.slice(1));
      return { kind: 'input', name: input.name, row: Math.floor(at / row), value };
    }
    const read = [];
    // oxlint-disable-next-line no-await-in-loop -- the last turn
    for (const one of work.reads) read.push(largestOf(await readFloats(execution, one)));
    const tensor = nameAt(plan, range.buffer, offset);
    return { kind: 'op', label: work.label, tensor, value, largest: Math.max(0, ...read) };
  }
  return undefined;
}

/** Resident data have no size in the plan, and are no part of what was computed. */
async function readFloats({ readRanges }: Execution, range: BufferRange): Promise<Float32Array> {
  return new Float32Array(await readRanges(range.bytes === 0 ? [] : [range]));
}

/** What the place of a number is called, in words. */
function nameAt(plan: Plan, buffer: number, offset: number): string | undefined {
  const named = [
    ...plan.parameters,
    ...plan.states,
    ...stateSlots(plan),
    ...plan.gradients.map((slot) => ({ ...slot, name: `gradient of ${slot.name}` })),
    ...plan.outputs.map((slot) => ({ ...slot, name: `output ${slot.name}` })),
  ];
  return named.find((slot) => holds(slot, buffer, offset))?.name;
}

function holds({ range }: TensorSlot, buffer: number, offset: number): boolean {
  return range.buffer === buffer && offset >= range.offset && offset < range.offset + range.bytes;
}
