/**
 * The files of a kernel set on disk: `kernels/NAME-HASH.wgsl`, `plan.json` (what each of them binds) and `manifest.json`,
 * which names all others with their hashes and says what the set was built for. What is read is checked with zod.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { KernelSetOptions } from '../../compiler/kernelSet/kernelSet.ts';
import { printSpace } from '../../compiler/space/printSpace.ts';
import type { Space } from '../../compiler/space/space.ts';
import type { PlanKernel } from '../../compiler/wgsl/plan.ts';
import { canonicalJson } from '../store/identity.ts';

/** The form of the files. A set of another format is not read. */
export const SET_FORMAT = 1 as const;

export const MANIFEST = 'manifest.json';
export const PLAN = 'plan.json';

/** No file of a set is larger; larger ones are not even loaded. In bytes. */
export const FILE_LIMIT: number = 4 * 1024 * 1024;

/** No set has more kernels. */
const KERNEL_LIMIT = 4096;

/** Where a kernel lies in the folder of its set: nothing else is read, and nothing outside. */
export const KERNEL_FILE: RegExp = /^kernels\/[a-z0-9_]{1,80}-[0-9a-f]{12}\.wgsl$/;

/** What `manifest.json` says. */
export interface Manifest {
  readonly format: typeof SET_FORMAT;
  /** Version of naslang that wrote the set. */
  readonly compiler: string;
  /** Name of the space. */
  readonly space: string;
  /** Hash of the space and of everything else that the kernels follow from. */
  readonly identity: string;
  readonly profile: { readonly kind: 'cpu' | 'gpu'; readonly subgroupSize: number | null };
  readonly batches: readonly number[];
  /** Whether the kernels of the supernet are in it. */
  readonly supernet: boolean;
  /** SHA-256 of every other file. */
  readonly files: Readonly<Record<string, string>>;
}

/** What `plan.json` says. */
export interface SetPlan {
  readonly pipelines: number;
  readonly kernels: readonly (Omit<PlanKernel, 'wgsl'> & { readonly file: string })[];
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const manifest: z.ZodType<Manifest> = z.object({
  format: z.literal(SET_FORMAT),
  compiler: z.string(),
  space: z.string(),
  identity: hash,
  profile: z.object({ kind: z.enum(['cpu', 'gpu']), subgroupSize: z.int().positive().nullable() }),
  batches: z.array(z.int().positive()),
  supernet: z.boolean(),
  files: z.record(z.string(), hash),
});

const plan: z.ZodType<SetPlan> = z.object({
  pipelines: z.int().nonnegative(),
  kernels: z
    .array(
      z.object({
        name: z.string(),
        file: z.string().regex(KERNEL_FILE),
        bindings: z.array(z.enum(['read', 'read_write'])).max(8),
        units: z.array(z.union([z.literal(4), z.literal(16)])).max(8),
      }),
    )
    .max(KERNEL_LIMIT),
});

/** Data of a form, or what is wrong with them. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** Reads the manifest's text. */
export function parseManifest(text: string): Parsed<Manifest> {
  return parseAs(manifest, text);
}

/** Reads the plan's text. */
export function parsePlan(text: string): Parsed<SetPlan> {
  return parseAs(plan, text);
}

function parseAs<T>(form: z.ZodType<T>, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `it is no JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const parsed = form.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const at = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return { problem: `it has not the form of such a file (${issue?.message ?? 'invalid'}${at})` };
}

/** SHA-256, hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The hash of what the kernels of a set follow from; sets of one version with equal hashes are equal. */
export function setIdentity(space: Space, { profile, trainings, supernet }: KernelSetOptions): string {
  const terms = trainings.map(({ batch, optimizer, clip, ema, auxiliary, dropPath, ...images }) => ({
    batch,
    optimizer: optimizer.name,
    clips: clip !== undefined,
    averages: ema !== undefined,
    ...(auxiliary !== undefined && { heads: true }),
    ...(dropPath !== undefined && { drops: true }),
    ...((images.flip ?? images.crop ?? images.cutout) !== undefined && { augments: true }),
  }));
  return sha256(canonicalJson({ space: printSpace(space), profile, terms, supernet }));
}

/** The files of a set by their places in its folder, the manifest last. */
export function setFiles(
  space: Space,
  options: KernelSetOptions,
  kernels: readonly PlanKernel[],
  compiler: string,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const listed = kernels.map(({ name, wgsl, bindings, units }) => {
    const file = `kernels/${name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]+/g, '_')
      .slice(0, 80)}-${sha256(wgsl).slice(0, 12)}.wgsl`;
    files.set(file, wgsl);
    return { name, file, bindings: [...bindings], units: [...units] };
  });
  const own: SetPlan = { pipelines: files.size, kernels: listed };
  files.set(PLAN, `${JSON.stringify(own, undefined, 2)}\n`);
  const { kind, subgroupSize = null } = options.profile;
  const told: Manifest = {
    format: SET_FORMAT,
    compiler,
    space: space.name,
    identity: setIdentity(space, options),
    profile: { kind, subgroupSize },
    batches: [...new Set(options.trainings.map(({ batch }) => batch))].sort((a, b) => a - b),
    supernet: options.supernet !== undefined,
    files: Object.fromEntries([...files].map(([path, text]) => [path, sha256(text)])),
  };
  files.set(MANIFEST, `${JSON.stringify(told, undefined, 2)}\n`);
  return files;
}
