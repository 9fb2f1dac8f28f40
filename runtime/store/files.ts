/** Files that are whole or absent, whatever happens in between. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storeProblem } from './problems.ts';

const DRAFT = '.part';

/** How an error of the file system is told. */
export type Explain = (error: unknown, path: string) => Error;

/** A file's bytes; undefined where there is none. Refuses what cannot be read. */
export async function readIfThere(
  path: string,
  explain: Explain = storeProblem,
): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw explain(error, path);
  }
}

/**
 * Writes beside the place first and renames when all bytes are on the disk. Refuses on a full disk and the like; `explain`
 * says how.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  explain: Explain = storeProblem,
): Promise<void> {
  const draft = `${path}.${randomUUID().slice(0, 8)}${DRAFT}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw explain(error, path);
  }
}

/** Removes what a killed process left unfinished in a folder that nobody else writes to now. */
export async function removeDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.endsWith(DRAFT)) await rm(join(folder, name), { force: true });
}
