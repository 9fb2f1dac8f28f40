/**
 * What `npm run bench:peers` and the processes that it measures say to each other: lines of JSON, requests on the process's
 * stdin and answers on its file descriptor 3, because libraries print on the others. Each implementation lives in a process
 * of its own, in whatever language, and runs when it is told to, so that only one works at a time.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { AdapterInfo } from '../../runtime/device/adapter.ts';

/** The file descriptor on which a process answers. */
export const ANSWERS = 3;

/** What is measured: training steps, each with its loss read, or forward passes with their scores read. */
export type Work = 'train' | 'infer';

export interface Implementation {
  readonly info: AdapterInfo;
  /** Sets the seeded weights and fresh running statistics. */
  readonly seed: () => void;
  /** One training step on the seeded batch; gives the loss that it read. */
  readonly train: () => Promise<number>;
  /** One forward pass with the running statistics; gives the scores. */
  readonly infer: () => Promise<Float32Array>;
}

/** The first message of a process: it is ready. */
export interface Ready {
  /** The adapter of those that use WebGPU. */
  readonly info?: AdapterInfo;
  /** The version, where it is not one that we install. */
  readonly version?: string;
}

export interface Request {
  readonly work: Work;
  readonly steps: number;
}

export interface Answer {
  /** Milliseconds of each step. */
  readonly times: readonly number[];
  /** Milliseconds of processor time that the process took in each step, all of its threads together. */
  readonly cpuTimes: readonly number[];
  /** What the last step read: the loss, or the scores. A number that is none comes as `null`, for JSON has no other. */
  readonly last: readonly (number | null)[];
}

/**
 * Opens an implementation in this process and measures it at the request of the process that started this one, until that
 * one closes stdin.
 */
export async function serve(open: () => Promise<Implementation>): Promise<void> {
  const answers = new Socket({ fd: ANSWERS });
  const say = (message: Ready | Answer): void => {
    answers.write(`${JSON.stringify(message)}\n`);
  };
  const implementation = await open();
  say({ info: implementation.info });
  for await (const line of createInterface({ input: process.stdin })) {
    say(await measure(implementation, JSON.parse(line) as Request));
  }
  // Devices would keep the process.
  process.exit(0);
}

/** Every measurement begins with the seeded weights. */
async function measure(implementation: Implementation, { work, steps }: Request): Promise<Answer> {
  implementation.seed();
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let last: number | Float32Array = NaN;
  for (let step = 0; step < steps; step += 1) {
    const begin = performance.now();
    const cpu = process.cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- one step after the other is what is measured
    last = await implementation[work]();
    const { user, system } = process.cpuUsage(cpu);
    times.push(performance.now() - begin);
    cpuTimes.push((user + system) / 1000);
  }
  return { times, cpuTimes, last: typeof last === 'number' ? [last] : [...last] };
}
