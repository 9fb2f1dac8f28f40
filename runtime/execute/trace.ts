/** Times every dispatch of a program on its own: where a step's time goes. */
import { present } from '../../util/invariant.ts';
import type { Device } from '../device/device.ts';
import type { Execution, ReadyDispatch } from './webgpu.ts';

/** One dispatch with its best time. */
export interface DispatchTime {
  readonly label: string;
  readonly kernel: string;
  readonly ms: number;
}

export interface TraceOptions {
  /** Timed runs of each dispatch; the best counts. */
  readonly runs?: number;
  /** Dispatches in a run, so that the cost of a submit is shared. */
  readonly repeats?: number;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** Submits dispatches `repeats` times over and waits for them. */
export async function submitAndWait(
  device: Device,
  dispatches: readonly ReadyDispatch[],
  repeats: number,
): Promise<void> {
  const encoder = device.gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let i = 0; i < repeats; i += 1) for (const dispatch of dispatches) dispatch.encode(pass);
  pass.end();
  device.gpu.queue.submit([encoder.finish()]);
  await device.finish();
}

/**
 * The best time of every dispatch of a program. Dispatches run out of order and repeatedly, so tensors,
 * parameters included, hold nothing of use afterwards.
 */
export async function traceProgram(
  execution: Execution,
  program: string,
  { runs = 7, repeats = 4, now = () => performance.now() }: TraceOptions = {},
): Promise<readonly DispatchTime[]> {
  const times: DispatchTime[] = [];
  for (const dispatch of present(execution.programs[program], `trace: a program called ${program}`)) {
    let ms = Infinity;
    for (let run = 0; run < runs; run += 1) {
      const begin = now();
      // oxlint-disable-next-line no-await-in-loop -- timed one after the other
      await submitAndWait(execution.device, [dispatch], repeats);
      ms = Math.min(ms, (now() - begin) / repeats);
    }
    times.push({ label: dispatch.label, kernel: dispatch.kernel, ms });
  }
  return times;
}

/** A trace as text, dearest first, with each dispatch's share. */
export function printTrace(times: readonly DispatchTime[]): string {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  const rows = [...times].sort((a, b) => b.ms - a.ms);
  return [
    `${total.toFixed(3)} ms in ${times.length} dispatches`,
    ...rows.map(({ label, kernel, ms }) => {
      const share = ((100 * ms) / total).toFixed(1).padStart(5);
      return `${ms.toFixed(3).padStart(8)} ms ${share} %  ${label} (${kernel})`;
    }),
  ].join('\n');
}
