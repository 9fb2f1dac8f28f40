/** Compiles a kernel set on the adapter of this machine, in a process of its own. */
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import { childLine } from '../device/childLine.ts';

/** What came of it: pipelines, and the seconds that they took; or why there are none. */
export type Compiled =
  | { readonly adapter: string; readonly pipelines: number; readonly seconds: number }
  | { readonly refused: Diagnostic };

/** A cold driver takes up to a second for each kernel. */
const LIMIT_MS = 15 * 60_000;

/** Compiles the set in `folder`, which fills the driver's cache. */
export async function compileApart(folder: string, compiler: string): Promise<Compiled> {
  const answer = await childLine('./compileChild', import.meta.url, [folder, compiler], LIMIT_MS);
  if ('end' in answer) return { refused: diagnose('workerNotReady', { how: answer.end }) };
  // Our own child, of the same version, wrote it.
  return JSON.parse(answer.line) as Compiled;
}
