/**
 * Runs a program and watches its numbers. Now and then all that is kept from step to step is tested on the device, which
 * costs a few small dispatches; when something is no number, the run goes back to where it last was known to be sound,
 * repeats the steps to find the one, and then that step dispatch by dispatch to find what made it. Steps repeat to the
 * last bit, so what is found is what happened.
 */
import { present } from '../../util/invariant.ts';
import { firstNotFinite, type Fault } from './fault.ts';
import { findHeld, findOrigin } from './origin.ts';
import type { Execution, Records, StepValues } from './webgpu.ts';

/** Steps from one test to the next. */
export const WATCHED_STEPS = 48;

/** What the steps recorded, up to a fault if there is one. */
export interface WatchedRun {
  readonly records: Records;
  readonly fault: Fault | undefined;
}

/** Runs a program of a watched plan once per step, as `Execution.run` does, until something is no number. */
export async function runWatched(
  execution: Execution,
  program: string,
  steps: readonly StepValues[],
): Promise<WatchedRun> {
  const names = execution.plan.records?.names ?? [];
  const found = new Map(names.map((name) => [name, new Float32Array(steps.length)]));
  for (let first = 0; first < steps.length; first += WATCHED_STEPS) {
    const part = steps.slice(first, first + WATCHED_STEPS);
    const { moves } = execution;
    copySaved(execution, 'save');
    // oxlint-disable-next-line no-await-in-loop -- steps follow each other
    const records = await execution.run(program, part);
    for (const [name, values] of records) found.get(name)?.set(values, first);
    // oxlint-disable-next-line no-await-in-loop -- steps follow each other
    if (!(await isUnsound(execution, records))) continue;
    const back = (): void => {
      copySaved(execution, 'restore');
      execution.moves = moves;
    };
    // oxlint-disable-next-line no-await-in-loop -- the last turn
    const fault = await findFault(execution, program, part, back);
    return { records: found, fault: { ...fault, step: first + fault.step } };
  }
  return { records: found, fault: undefined };
}

/** Copies what is kept, or back. */
function copySaved({ plan, device, buffers }: Execution, way: 'save' | 'restore'): void {
  const encoder = device.gpu.createCommandEncoder();
  const bufferOf = (i: number): GPUBuffer => present(buffers[i], `watch: buffer ${i}`);
  for (const { buffer, copy, bytes } of present(plan.watch, 'watch: a watched plan').saved) {
    const [from, to] = way === 'save' ? [buffer, copy] : [copy, buffer];
    encoder.copyBufferToBuffer(bufferOf(from), 0, bufferOf(to), 0, bytes);
  }
  device.gpu.queue.submit([encoder.finish()]);
}

/** Whether a step recorded, or left behind in what is kept, something that is no number. */
async function isUnsound(execution: Execution, records: Records): Promise<boolean> {
  if ([...records.values()].some((values) => firstNotFinite(values) !== -1)) return true;
  const { plan, device, buffers, programs, readRanges } = execution;
  const { alarm } = present(plan.watch, 'watch: a watched plan');
  const encoder = device.gpu.createCommandEncoder();
  encoder.clearBuffer(present(buffers[alarm.buffer], 'watch: the alarm'));
  const pass = encoder.beginComputePass();
  for (const dispatch of programs['check'] ?? []) dispatch.encode(pass);
  pass.end();
  device.gpu.queue.submit([encoder.finish()]);
  return new Uint32Array(await readRanges([alarm]))[0] !== 0;
}

/** The first unsound step, and what made it so. `back` goes to where the first step begins. */
async function findFault(
  execution: Execution,
  program: string,
  steps: readonly StepValues[],
  back: () => void,
): Promise<Fault> {
  back();
  const held = await findHeld(execution);
  if (held) return { step: 0, origin: held };
  let step = 0;
  for (const values of steps) {
    // oxlint-disable-next-line no-await-in-loop -- steps follow each other
    if (await isUnsound(execution, await execution.run(program, [values]))) break;
    step += 1;
  }
  const values = steps[step];
  if (!values) return { step: 0, origin: undefined };
  back();
  await execution.run(program, steps.slice(0, step));
  return { step, origin: await findOrigin(execution, program, values) };
}
