// Runs npm, the one that started us where there is one.
import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

/** The folder of the checkout (or of the installed package). */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** Runs `npm <args>` in a folder; see `run` for the options and the result. */
export function npm(args, options = {}) {
  const started = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(started))
    return run(process.execPath, [started, ...args], { cwd: root, ...options });
  // On Windows npm is a script, which only a shell can start.
  return run('npm', args, { cwd: root, shell: process.platform === 'win32', ...options });
}
