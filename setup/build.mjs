// Builds the TypeScript when a source changed since the last build, and puts the `nas` command where npx looks for it.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

const ROOMS = ['grammar', 'compiler', 'runtime', 'cli', 'util'];
const BUILD_TIMEOUT_MS = 5 * 60_000;
const SHOWN_ERROR_LINES = 60;

/** A hash of all that the build reads: sources by content (a checkout changes times), the settings, the compiler. */
export function sourceHash(root) {
  const hash = createHash('sha256');
  const files = ROOMS.flatMap((room) => listSources(join(root, room)));
  files.push(join(root, 'tsconfig.json'), join(root, 'node_modules', 'typescript', 'package.json'));
  for (const name of ['advice.d.mts', 'driverChoice.d.mts']) files.push(join(root, 'setup', name));
  for (const path of files) {
    if (existsSync(path))
      hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function listSources(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true });
  names.sort((a, b) => (a.name < b.name ? -1 : 1));
  return names.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listSources(path);
    return /\.[cm]?ts$|\.json$/.test(entry.name) ? [path] : [];
  });
}

/** Builds where needed. Returns `{ ok: true }` or `{ ok: false, message }` with the compiler's errors. */
export async function build(root, log) {
  const stampFile = join(root, 'dist', '.naslang-build');
  const hash = sourceHash(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === hash) return { ok: true };
  log('building');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const built = await run(process.execPath, [tsc, '-b', '--pretty', 'false'], {
    cwd: root,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (built.code !== 0) {
    const lines = `${built.stdout}${built.stderr}`.trimEnd().split('\n');
    const more = lines.length - SHOWN_ERROR_LINES;
    const shown = lines.slice(0, SHOWN_ERROR_LINES);
    if (more > 0) shown.push(`... and ${more} more lines`);
    return { ok: false, message: ['the build failed:', ...shown.map((line) => `  ${line}`)].join('\n') };
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampFile, `${hash}\n`);
  return { ok: true };
}

/**
 * Puts `nas` among the commands of node_modules, so that `npx nas` finds it in the clone and has nothing to install. It
 * writes only what is not there yet.
 */
export function linkCommand(root, platform = process.platform) {
  const main = join(root, 'dist', 'cli', 'main.js');
  if (!existsSync(main)) return false;
  const folder = join(root, 'node_modules', '.bin');
  mkdirSync(folder, { recursive: true });
  const link = join(folder, 'nas');
  if (platform === 'win32') {
    writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n');
    writeFileSync(link, '#!/bin/sh\nexec node "$(dirname "$0")/../../dist/cli/main.js" "$@"\n');
    return true;
  }
  chmodSync(main, 0o755);
  const target = join('..', '..', 'dist', 'cli', 'main.js');
  if (!isLinkTo(link, target)) {
    rmSync(link, { force: true });
    symlinkSync(target, link);
  }
  return true;
}

function isLinkTo(link, target) {
  try {
    return lstatSync(link).isSymbolicLink() && readlinkSync(link) === target;
  } catch {
    return false;
  }
}
