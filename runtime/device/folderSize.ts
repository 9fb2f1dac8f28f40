// How much a folder holds, for the doctor's list of caches.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of all files under a folder, or undefined where it does not exist. Links are not followed. */
export function folderSize(folder: string): number | undefined {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    try {
      bytes += entry.isDirectory() ? (folderSize(path) ?? 0) : lstatSync(path).size;
    } catch {
      // Another process emptied the cache while we looked.
    }
  }
  return bytes;
}
