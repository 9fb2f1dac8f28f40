/** Finds the folder of this package, from sources and from the compiled `dist/` alike. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../util/invariant.ts';

const PACKAGE_NAME = 'naslang';

let found: string | undefined;

/** The folder that holds this package's `package.json`, as an absolute path. */
export function packageRoot(): string {
  found ??= walkUp(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function walkUp(start: string): string {
  let folder = start;
  while (!isPackage(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new InvariantError(`no package.json of ${PACKAGE_NAME} above its own code`);
    folder = parent;
  }
  return folder;
}

function isPackage(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return (
    typeof content === 'object' && content !== null && 'name' in content && content.name === PACKAGE_NAME
  );
}
