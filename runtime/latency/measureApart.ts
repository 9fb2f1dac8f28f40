/** Measures on the adapter of this machine, in a process of its own, which owns the device meanwhile. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LatencyUnit } from '../../compiler/latency/units.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { childLine } from '../device/childLine.ts';
import type { TimedNetwork } from './measure.ts';

/** What is to be measured. */
export interface LatencyJob {
  readonly units: readonly LatencyUnit[];
  readonly networks: readonly TimedNetwork[];
  readonly tuning: Tuning;
}

/** Milliseconds, in the order of the job; null for what the device refuses. Or why there are none. */
export type LatencyTimes =
  | {
      readonly units: readonly (number | null)[];
      readonly networks: readonly (number | null)[];
    }
  | { readonly refused: Diagnostic };

/** Whatever measures a job. */
export type MeasureLatencies = (job: LatencyJob) => Promise<LatencyTimes>;

/** Large spaces have thousands of rows, each of which is compiled first. */
const LIMIT_MS = 60 * 60_000;

export const measureApart: MeasureLatencies = async (job) => {
  const folder = await mkdtemp(join(tmpdir(), 'naslang-'));
  try {
    const file = join(folder, 'job.json');
    await writeFile(file, JSON.stringify(job));
    const answer = await childLine('./measureChild', import.meta.url, [file], LIMIT_MS);
    if ('end' in answer) return { refused: diagnose('workerNotReady', { how: answer.end }) };
    // Our own child, of the same version, wrote it.
    return JSON.parse(answer.line) as LatencyTimes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
