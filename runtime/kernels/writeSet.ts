/** Writes a kernel set to its folder. Files are whole or absent; what is there already is left alone. */
import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { writeWhole } from '../store/files.ts';
import { FILE_LIMIT, KERNEL_FILE } from './manifest.ts';

export interface Written {
  /** Files that were not there as they should be, and are now. */
  readonly written: number;
  readonly unchanged: number;
  /** Kernels of an earlier set that this one does not have, and that are gone now. */
  readonly removed: number;
}

/** Brings a folder to hold these files. Kernels of an earlier set go; files that are no kernels of ours stay. */
export async function writeKernelSet(folder: string, files: ReadonlyMap<string, string>): Promise<Written> {
  let written = 0;
  // One after the other, the manifest last: it is only true when all others are there.
  for (const [path, text] of files) {
    const place = join(folder, path);
    // oxlint-disable-next-line no-await-in-loop -- files follow each other
    if ((await contentOf(place)) === text) continue;
    // oxlint-disable-next-line no-await-in-loop -- files follow each other
    await writeWhole(place, text, unwritable);
    written += 1;
  }
  const names = await readdir(join(folder, 'kernels'));
  const old = names
    .map((name) => `kernels/${name}`)
    .filter((path) => KERNEL_FILE.test(path) && !files.has(path));
  await Promise.all(old.map((path) => rm(join(folder, path), { force: true })));
  return { written, unchanged: files.size - written, removed: old.length };
}

/** The text of a plain file; undefined where there is none that could be ours. */
async function contentOf(place: string): Promise<string | undefined> {
  try {
    const stats = await lstat(place);
    return stats.isFile() && stats.size <= FILE_LIMIT ? await readFile(place, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function unwritable(error: unknown, path: string): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal(diagnose('unwritableFile', { path, reason }));
}
