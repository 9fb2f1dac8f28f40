/**
 * Answers that were measured before, kept for each adapter and version in the user's cache folder. A file that is damaged,
 * foreign or missing is worth nothing, and is written anew.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import type { AdapterInfo } from '../device/adapter.ts';
import { canonicalJson } from '../store/identity.ts';
import { writeWhole } from '../store/files.ts';
import { tuningForm } from './form.ts';

const FORMAT = 1;

/** No cache grows larger; a larger file is not ours. In bytes. */
const LIMIT = 1024 * 1024;

const form = z.object({
  format: z.literal(FORMAT),
  adapter: z.string(),
  version: z.string(),
  answers: tuningForm,
});

/** What the answers hold for: another driver or version is measured anew. */
export function adapterKey({
  vendor,
  device,
  description,
  backend,
  driver,
  subgroupSize,
}: AdapterInfo): string {
  return canonicalJson({ vendor, device, description, backend, driver, subgroupSize });
}

/** One adapter's answers in a folder. */
export interface TuningCache {
  readonly read: () => Promise<Tuning>;
  /** Adds answers to those that are there. */
  readonly add: (answers: Tuning) => Promise<void>;
}

/** The cache of an adapter and a version of the compiler in `folder`, named by `name` (a hash of both). */
export function tuningCache(folder: string, name: string, adapter: string, version: string): TuningCache {
  const path = join(folder, `tuning-${name}.json`);
  const read = async (): Promise<Tuning> => {
    try {
      if ((await stat(path)).size > LIMIT) return {};
      const parsed = form.safeParse(JSON.parse(await readFile(path, 'utf8')));
      const fits = parsed.success && parsed.data.adapter === adapter && parsed.data.version === version;
      return fits ? parsed.data.answers : {};
    } catch {
      return {};
    }
  };
  return {
    read,
    add: async (answers) => {
      const all = { ...(await read()), ...answers };
      await writeWhole(
        path,
        `${JSON.stringify({ format: FORMAT, adapter, version, answers: all }, undefined, 2)}\n`,
      );
    },
  };
}
