/** `nas fmt FILE...`: lays files out as the field reads them. Comments stay, the meaning stays. */
import { existsSync, statSync } from 'node:fs';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { refuse } from '../../grammar/diagnostics.ts';
import { format } from '../../grammar/format.ts';
import { accept, type Context } from '../context.ts';
import { readText } from '../files.ts';
import { pathFrom } from '../terminal.ts';

export interface FmtOptions {
  readonly check?: boolean;
}

/** Formats files in place, or what comes on stdin (`-`) to stdout. With `--check` nothing is written. */
export async function fmt(
  context: Context,
  files: readonly string[],
  { check = false }: FmtOptions,
): Promise<number> {
  const { terminal } = context;
  // Everything is read before anything is written: a mistake in one file leaves all of them as they are.
  const changes: { readonly file: string; readonly text: string; readonly formatted: string }[] = [];
  for (const file of files) {
    const source =
      file === '-'
        ? { name: 'stdin', text: (await terminal.readInput?.()) ?? '' }
        : await readText(terminal, file);
    const formatted = accept(context, format(source));
    if (file === '-' && !check) terminal.stdout.write(formatted);
    else if (formatted !== source.text) changes.push({ file, text: source.text, formatted });
  }
  for (const { file, formatted } of changes) {
    if (!check) await replace(pathFrom(terminal, file), file, formatted);
    context.print(check ? `${file} is not formatted` : `formatted ${file}`);
  }
  return check && changes.length > 0 ? 1 : 0;
}

/** Writes beside the file and moves into its place, so that a stop in the middle loses nothing. */
async function replace(path: string, shown: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const mode = existsSync(path) ? statSync(path).mode : undefined;
    await writeFile(beside, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(beside, mode & 0o7777);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    refuse('unwritableFile', { path: shown, reason });
  }
}
