/** What the compiler gets from outside when it runs in Node: the library that this package ships. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Host } from '../compiler/program.ts';
import type { Source } from '../grammar/source.ts';
import { packageRoot } from './packageRoot.ts';

let library: Host['library'] | undefined;

/**
 * The host of this package, with every `library/*.nas`, read once. `use` finds files beside the one that uses them, `folder`
 * being where relative names begin, and then among the shipped spaces.
 */
export function nodeHost(folder = '.'): Host {
  library ??= readLibrary(join(packageRoot(), 'library'));
  return { library, use: (path, from) => readUsed(path, from, folder) };
}

/** Files larger than this are refused, as every file is. */
const largestFile = 1 << 20;

function readUsed(path: string, from: Source, folder: string): Source | { readonly problem: string } {
  const parts = path.split('/');
  if (!path.endsWith('.nas') || isAbsolute(path) || parts.includes('..') || path.includes('\\')) {
    return { problem: 'it must be a `.nas` file beside this one, or in a folder below it' };
  }
  const beside = join(dirname(from.name), path);
  for (const [name, file] of [
    [beside, resolve(folder, beside)],
    [join('spaces', path), join(packageRoot(), 'spaces', path)],
  ] as const) {
    try {
      const stats = statSync(file);
      if (!stats.isFile()) return { problem: 'it is no file' };
      if (stats.size > largestFile) return { problem: `it is larger than ${largestFile} bytes` };
      return { name, text: readFileSync(file, 'utf8') };
    } catch {
      // Not there: the next place may have it.
    }
  }
  return { problem: 'there is no such file beside this one, and no shipped space of that name' };
}

function readLibrary(folder: string): Host['library'] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.nas'));
  return names
    .sort()
    .map((name) => ({ name: `library/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}
