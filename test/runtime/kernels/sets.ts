/** Kernel sets for tests, in folders of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { kernelSet, type KernelSetOptions, type SetTraining } from '../../../compiler/kernelSet/kernelSet.ts';
import type { Space } from '../../../compiler/space/space.ts';
import type { PlanKernel, Profile } from '../../../compiler/wgsl/plan.ts';
import { setFiles } from '../../../runtime/kernels/manifest.ts';
import { writeKernelSet } from '../../../runtime/kernels/writeSet.ts';

export const VERSION = '9.9.9';

export const cpu: Profile = { kind: 'cpu', subgroupSize: 8 };

export const sgd = { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 } as const;

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nas-set-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface WrittenSet {
  readonly folder: string;
  readonly kernels: readonly PlanKernel[];
  readonly files: ReadonlyMap<string, string>;
  readonly options: KernelSetOptions;
}

/** Builds the set of a space at a batch, or for a training, and writes it. */
export async function writtenSet(
  space: Space,
  training: number | SetTraining,
  profile: Profile = cpu,
): Promise<WrittenSet> {
  const own = typeof training === 'number' ? { batch: training, optimizer: sgd } : training;
  const options = { profile, trainings: [own] };
  const kernels = kernelSet(space, options);
  const files = setFiles(space, options, kernels, VERSION);
  const folder = join(temporaryFolder(), 'set');
  await writeKernelSet(folder, files);
  return { folder, kernels, files, options };
}
