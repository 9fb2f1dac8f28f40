/**
 * The answers of an experiment, in its folder of the store: whoever goes on with it runs the same kernels, on whatever
 * machine, so that results are the same bits. An experiment without the file runs the guesses.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { writeWhole } from '../store/files.ts';
import { tuningForm } from './form.ts';

/** Where the store in `folder` keeps the answers of an experiment. */
export function keptPath(folder: string, experiment: string): string {
  return join(folder, 'experiments', experiment, 'tuning.json');
}

/** The answers; undefined where the experiment has none. Refuses a damaged file: other kernels would give other bits. */
export async function readKept(path: string): Promise<Tuning | undefined> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Refusal(diagnose('tuningDamaged', { path, problem: String(error) }));
  }
  try {
    const parsed = tuningForm.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // no JSON
  }
  throw new Refusal(
    diagnose('tuningDamaged', { path, problem: 'it is not the JSON of questions and answers' }),
  );
}

/** Keeps the answers. */
export async function writeKept(path: string, answers: Tuning): Promise<void> {
  await writeWhole(path, `${JSON.stringify(answers, undefined, 2)}\n`);
}
