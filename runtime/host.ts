/** What the compiler gets from outside when it runs in Node: the library that this package ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../compiler/compile.ts';
import { packageRoot } from './packageRoot.ts';

let library: Host['library'] | undefined;

/** The host of this package, with every `library/*.nas`. The files are read once. */
export function nodeHost(): Host {
  library ??= readLibrary(join(packageRoot(), 'library'));
  return { library };
}

function readLibrary(folder: string): Host['library'] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.nas'));
  return names
    .sort()
    .map((name) => ({ name: `library/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}
