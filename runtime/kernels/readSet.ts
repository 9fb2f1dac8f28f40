/**
 * Reads a kernel set from its folder. Nothing of it is believed: every file is a plain file of the folder, of a bounded size,
 * with the hash that the manifest says, of this format and this version. What is not so is refused, with what to do.
 */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanKernel, Profile } from '../../compiler/wgsl/plan.ts';
import { diagnose, refuse, Refusal } from '../../grammar/diagnostics.ts';
import {
  FILE_LIMIT,
  KERNEL_FILE,
  MANIFEST,
  parseManifest,
  parsePlan,
  PLAN,
  SET_FORMAT,
  sha256,
  type Manifest,
} from './manifest.ts';

/** A set that was built ahead of time. */
export interface KernelSet {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly profile: Profile;
  readonly kernels: readonly PlanKernel[];
}

/** What a set must have been made by and for. */
export interface Expected {
  /** The version that reads it: kernels of another one may differ. */
  readonly compiler: string;
  /** The hash of a space and its terms, where it matters (see `setIdentity`). */
  readonly identity?: string;
  readonly profile?: Profile;
}

/** Reads a set. Refuses one that is not there, is damaged, or is another than expected. */
export async function readKernelSet(folder: string, expected: Expected): Promise<KernelSet> {
  const manifest = await readManifest(folder, expected);
  const plan = parsePlan(await readChecked(folder, PLAN, manifest));
  if ('problem' in plan) return broken(join(folder, PLAN), plan.problem);
  const kernels: PlanKernel[] = [];
  for (const { name, file, bindings, units } of plan.value.kernels) {
    if (bindings.length !== units.length) {
      return broken(join(folder, PLAN), `${name} has ${bindings.length} bindings and ${units.length} units`);
    }
    // oxlint-disable-next-line no-await-in-loop -- so that few files are open at once
    kernels.push({ name, bindings, units, wgsl: await readChecked(folder, file, manifest) });
  }
  const stray = Object.keys(manifest.files).find(
    (path) => path !== PLAN && !plan.value.kernels.some(({ file }) => file === path),
  );
  if (stray !== undefined) return broken(join(folder, MANIFEST), `${PLAN} does not know \`${stray}\``);
  const { kind, subgroupSize } = manifest.profile;
  return { folder, manifest, kernels, profile: { kind, subgroupSize: subgroupSize ?? undefined } };
}

async function readManifest(folder: string, expected: Expected): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const text = await readPlain(path);
  if (text === undefined) return refuse('kernelSetMissing', { path: folder }, { hint: rebuild });
  const format = formatOf(text);
  if (format !== undefined && format !== SET_FORMAT) {
    return foreign(folder, `it has the format ${format}, and this version reads ${SET_FORMAT}`);
  }
  const parsed = parseManifest(text);
  if ('problem' in parsed) return broken(path, parsed.problem);
  const { compiler, identity, profile, space } = parsed.value;
  if (compiler !== expected.compiler) {
    return foreign(folder, `naslang ${compiler} built it, and this is ${expected.compiler}`);
  }
  const wanted = expected.profile;
  if (wanted && (wanted.kind !== profile.kind || (wanted.subgroupSize ?? null) !== profile.subgroupSize)) {
    return foreign(folder, `it is for ${told(profile)}, and the adapter is ${told(wanted)}`);
  }
  if (expected.identity !== undefined && expected.identity !== identity) {
    return foreign(
      folder,
      `it was built for a space \`${space}\` that is another one, or for other trainings`,
    );
  }
  return parsed.value;
}

/** The number in front of everything else, so that what a newer version has written is not called damaged. */
function formatOf(text: string): number | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const has = typeof json === 'object' && json !== null && 'format' in json;
    return has && typeof json.format === 'number' ? json.format : undefined;
  } catch {
    return undefined;
  }
}

const told = ({ kind, subgroupSize }: { kind: string; subgroupSize?: number | null | undefined }): string =>
  `a ${kind === 'cpu' ? 'CPU' : 'GPU'} with ${subgroupSize ? `subgroups of ${subgroupSize}` : 'no fixed subgroups'}`;

/** A file that the manifest names, with the hash that it says. */
async function readChecked(folder: string, path: string, { files }: Manifest): Promise<string> {
  const hash = Object.hasOwn(files, path) ? files[path] : undefined;
  if (hash === undefined) return broken(join(folder, MANIFEST), `it does not name \`${path}\``);
  // The plan has checked it already; a path out of the folder must not depend on that.
  if (path !== PLAN && !KERNEL_FILE.test(path)) {
    return broken(join(folder, MANIFEST), `\`${path}\` is no place of a kernel`);
  }
  const text = await readPlain(join(folder, path));
  if (text === undefined) return broken(join(folder, path), 'it is not there');
  if (sha256(text) !== hash)
    return broken(join(folder, path), 'it is not what the manifest says (wrong hash)');
  return text;
}

/** The text of a plain file; undefined where nothing is there. Links are not followed. */
async function readPlain(path: string): Promise<string | undefined> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) return broken(path, 'it is no plain file');
    if (stats.size > FILE_LIMIT) return broken(path, `it is larger than ${FILE_LIMIT} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return broken(path, error instanceof Error ? error.message : String(error));
  }
}

const rebuild = '`nas build` writes it anew';

function broken(path: string, problem: string): never {
  throw new Refusal(diagnose('kernelSetBroken', { path, problem }, { hint: rebuild }));
}

function foreign(path: string, problem: string): never {
  throw new Refusal(diagnose('kernelSetForeign', { path, problem }, { hint: rebuild }));
}
