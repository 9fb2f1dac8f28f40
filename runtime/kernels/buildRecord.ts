/** Remembers beside a kernel set on which adapter it was compiled, so that this is not done again. No part of the set. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterInfo } from '../device/adapter.ts';
import { canonicalJson } from '../store/identity.ts';
import { writeWhole } from '../store/files.ts';
import { MANIFEST, sha256 } from './manifest.ts';

const FILE = 'compiled.json';

/** What the record says when exactly these files were compiled on this adapter. */
export function buildRecord(files: ReadonlyMap<string, string>, adapter: AdapterInfo): string {
  const { description, device, driver } = adapter;
  return `${canonicalJson({ manifest: sha256(files.get(MANIFEST) ?? ''), adapter: description || device, driver })}\n`;
}

/** The record of a folder, if there is one; a damaged one is worth as much as none. */
export async function readBuildRecord(folder: string): Promise<string | undefined> {
  return readFile(join(folder, FILE), 'utf8').catch(() => undefined);
}

/** Writes the record. */
export async function writeBuildRecord(folder: string, record: string): Promise<void> {
  await writeWhole(join(folder, FILE), record);
}
