/** What goes wrong with the files of a trained network, in the user's words. */
import { readFile } from 'node:fs/promises';
import { Refusal } from '../../grammar/diagnostics.ts';
import { storeProblem } from '../store/problems.ts';

/** A file's bytes; undefined where there is none. Refuses what cannot be read. */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fileProblem(error, path);
  }
}

/** An error of the file system as a refusal that says what to do. */
export function fileProblem(error: unknown, path: string): Error {
  const problem = storeProblem(error, path);
  if (!(problem instanceof Refusal)) return problem;
  const hint = 'choose another folder with `--out`, or make room; the same command then goes on';
  return new Refusal(...problem.diagnostics.map((diagnostic) => ({ ...diagnostic, hint })));
}
