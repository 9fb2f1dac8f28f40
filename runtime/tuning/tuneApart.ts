/** Measures on the adapter of this machine, in a process of its own, which owns the device meanwhile. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenChoice, Tuning } from '../../compiler/wgsl/tuning.ts';
import { cacheFolder } from '#setup/driverChoice.mjs';
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { childLine } from '../device/childLine.ts';

/** What came of it: the answers, how many of them were measured now, in how many seconds; or why there are none. */
export type Tuned =
  | {
      readonly adapter: string;
      readonly answers: Tuning;
      readonly measured: number;
      readonly seconds: number;
    }
  | { readonly refused: Diagnostic };

/** A cold driver takes up to a second for each candidate. */
const LIMIT_MS = 10 * 60_000;

/** Answers the questions, from the cache where it has them. */
export async function tuneApart(choices: readonly OpenChoice[], version: string): Promise<Tuned> {
  const folder = await mkdtemp(join(tmpdir(), 'naslang-'));
  try {
    const file = join(folder, 'questions.json');
    await writeFile(file, JSON.stringify(choices));
    const answer = await childLine('./tuneChild', import.meta.url, [file, cacheFolder(), version], LIMIT_MS);
    if ('end' in answer) return { refused: diagnose('workerNotReady', { how: answer.end }) };
    // Our own child, of the same version, wrote it.
    return JSON.parse(answer.line) as Tuned;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
