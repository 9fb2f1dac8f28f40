/**
 * What `npm run bench:peers` and the processes that it measures say to each other. Each implementation lives in a
 * process of its own and runs when it is told to, so that only one works at a time.
 */
import type { AdapterInfo } from '../../runtime/device/adapter.ts';

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
  readonly info: AdapterInfo;
}

export interface Request {
  readonly work: Work;
  readonly steps: number;
}

export interface Answer {
  /** Milliseconds of each step. */
  readonly times: readonly number[];
  /** What the last step read: the loss, or the scores. */
  readonly last: readonly number[];
}

/** Opens an implementation in this process and measures it at the request of the process that started this one. */
export async function serve(open: () => Promise<Implementation>): Promise<void> {
  const say = (message: Ready | Answer): void => {
    process.send?.(message);
  };
  // Devices would keep the process.
  process.on('disconnect', () => process.exit(0));
  const implementation = await open();
  process.on('message', (request: Request) => {
    measure(implementation, request).then(say, (error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  say({ info: implementation.info });
}

/** Every measurement begins with the seeded weights. */
async function measure(implementation: Implementation, { work, steps }: Request): Promise<Answer> {
  implementation.seed();
  const times: number[] = [];
  let last: number | Float32Array = NaN;
  for (let step = 0; step < steps; step += 1) {
    const begin = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one step after the other is what is measured
    last = await implementation[work]();
    times.push(performance.now() - begin);
  }
  return { times, last: typeof last === 'number' ? [last] : [...last] };
}
