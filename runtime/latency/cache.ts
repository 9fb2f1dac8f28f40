/**
 * Times that were measured before, kept for each adapter and version in the user's cache folder, whatever space they were
 * measured for: units by their keys, whole networks by the hashes of their graphs. A file that is damaged, foreign or missing
 * is worth nothing, and is written anew.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { canonicalJson } from '../store/identity.ts';
import { writeWhole } from '../store/files.ts';

const FORMAT = 1;

/** No cache grows larger; a larger file is not ours. In bytes. */
const LIMIT = 32 * 1024 * 1024;

/** Milliseconds by key; null for what the device refuses. */
export type KnownTimes = Readonly<Record<string, number | null>>;

/** What is known of an adapter. */
export interface Times {
  readonly units: KnownTimes;
  readonly networks: KnownTimes;
}

const times = z.record(z.string(), z.number().nonnegative().nullable());

const form = z.object({
  format: z.literal(FORMAT),
  adapter: z.string(),
  version: z.string(),
  units: times,
  networks: times,
});

/** One adapter's times in a folder. */
export interface LatencyCache {
  readonly read: () => Promise<Times>;
  /** Puts times beside those that are there, or in their place. */
  readonly add: (found: Times) => Promise<void>;
}

/** The cache of an adapter (its `adapterKey`), a version, and the kernels that were measured to be fastest. */
export function latencyCache(
  folder: string,
  adapterKey: string,
  version: string,
  tuning: Tuning = {},
): LatencyCache {
  const adapter = canonicalJson([adapterKey, tuning]);
  const name = createHash('sha256').update(`${adapter} ${version}`).digest('hex').slice(0, 16);
  const path = join(folder, `latency-${name}.json`);
  const nothing: Times = { units: {}, networks: {} };
  const read = async (): Promise<Times> => {
    try {
      if ((await stat(path)).size > LIMIT) return nothing;
      const parsed = form.safeParse(JSON.parse(await readFile(path, 'utf8')));
      const fits = parsed.success && parsed.data.adapter === adapter && parsed.data.version === version;
      return fits ? parsed.data : nothing;
    } catch {
      return nothing;
    }
  };
  return {
    read,
    add: async (found) => {
      const before = await read();
      const units = { ...before.units, ...found.units };
      const networks = { ...before.networks, ...found.networks };
      await writeWhole(path, `${JSON.stringify({ format: FORMAT, adapter, version, units, networks })}\n`);
    },
  };
}
