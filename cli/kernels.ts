/** The kernel set that a command is told to take: `--kernels FOLDER`. */
import type { WorkerOptions } from '../runtime/evaluate/workerProcess.ts';
import type { Context } from './context.ts';
import { pathFrom } from './terminal.ts';
import { packageVersion } from './version.ts';

/** `--kernels` */
export interface KernelsOption {
  /** The folder of a kernel set that `nas build` wrote. */
  readonly kernels?: string;
}

/** The set as a worker is told of it; undefined where none is named. Nothing of it has been read yet. */
export function setOption({ terminal }: Context, { kernels }: KernelsOption): WorkerOptions['kernels'] {
  return kernels === undefined
    ? undefined
    : { folder: pathFrom(terminal, kernels), compiler: packageVersion() };
}
