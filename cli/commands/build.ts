/** `nas build FILE`: all shaders that the networks of a space can need, written to a folder and compiled ahead of time. */
import { join } from 'node:path';
import { kernelSet } from '../../compiler/kernelSet/kernelSet.ts';
import type { Profile } from '../../compiler/wgsl/plan.ts';
import { profileOf } from '../../runtime/device/device.ts';
import { findAdapter } from '../../runtime/device/doctor.ts';
import { buildRecord, readBuildRecord, writeBuildRecord } from '../../runtime/kernels/buildRecord.ts';
import { compileApart } from '../../runtime/kernels/compileApart.ts';
import { setFiles } from '../../runtime/kernels/manifest.ts';
import { writeKernelSet } from '../../runtime/kernels/writeSet.ts';
import { DEFAULT_STORE } from '../../runtime/store/open.ts';
import { countOf } from '../../util/words.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { formatSeconds } from '../format.ts';
import { chooseSpace, loadProgram } from '../load.ts';
import { profiles, type ProfileName } from '../profiles.ts';
import { allTrainings, type TermsOptions } from '../terms.ts';
import { pathFrom } from '../terminal.ts';
import { packageVersion } from '../version.ts';

export interface BuildOptions extends TermsOptions {
  readonly supernet?: boolean;
  readonly out?: string;
  /** Without it, the kind of this machine's adapter. */
  readonly profile?: ProfileName;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** Writes and compiles the set. What was done before is not done again. */
export async function build(context: Context, file: string, options: BuildOptions): Promise<number> {
  const program = await loadProgram(context, file);
  const { space } = chooseSpace(context, program, options);
  const trainings = await allTrainings(context, file, options);
  const { adapter } = await findAdapter();
  const own = adapter && profileOf(adapter);
  const profile = options.profile === undefined ? (own ?? profiles.portable) : profiles[options.profile];
  const set = { profile, trainings, ...(options.supernet ? { supernet: {} } : {}) };
  const kernels = kernelSet(space, set);
  const version = packageVersion();
  const shown = options.out ?? join(DEFAULT_STORE, 'kernels', space.name);
  const folder = pathFrom(context.terminal, shown);
  const files = setFiles(space, set, kernels, version);
  const written = await writeKernelSet(folder, files);
  const fits = own !== undefined && own.kind === profile.kind && own.subgroupSize === profile.subgroupSize;
  const record = adapter && fits ? buildRecord(files, adapter) : undefined;
  const before = options.fresh ? undefined : await readBuildRecord(folder);
  const done = record !== undefined && before === record;
  const compiled = record !== undefined && !done ? await compileApart(folder, version) : undefined;
  if (compiled && 'refused' in compiled) {
    showDiagnostics(context, [compiled.refused]);
    return 1;
  }
  if (record !== undefined && compiled) await writeBuildRecord(folder, record);
  if (options.json) {
    context.printJson({ space: space.name, folder: shown, kernels: kernels.length, ...written, compiled });
    return 0;
  }
  if (written.written + written.removed === 0 && (done || record === undefined)) {
    context.print(`nothing is left to do: ${countOf(kernels.length, 'kernel')} of ${space.name} in ${shown}`);
    if (record === undefined) context.print(notCompiled(adapter?.description, profile));
    return 0;
  }
  context.print(
    `${countOf(kernels.length, 'kernel')} of ${space.name} in ${shown}: ` +
      `${countOf(written.written, 'file')} written, ${written.unchanged} unchanged, ${written.removed} removed`,
    compiled
      ? `${countOf(compiled.pipelines, 'pipeline')} compiled on ${compiled.adapter} in ${formatSeconds(compiled.seconds)}`
      : record === undefined
        ? notCompiled(adapter?.description, profile)
        : 'they were compiled before',
  );
  return 0;
}

function notCompiled(adapter: string | undefined, { kind, subgroupSize }: Profile): string {
  if (adapter === undefined) return 'nothing was compiled: there is no adapter here';
  const lanes = subgroupSize === undefined ? 'no fixed subgroups' : `subgroups of ${subgroupSize}`;
  return `nothing was compiled: they are for a ${kind.toUpperCase()} with ${lanes}, and here is ${adapter}`;
}
