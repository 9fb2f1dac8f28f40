/** `nas search FILE`: has the worker open its device while the search is compiled, then runs it. */
import { readFile } from 'node:fs/promises';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import type { Context } from '../context.ts';
import { setOption } from '../kernels.ts';
import type { SearchOptions } from '../search/run.ts';
import { pathFrom } from '../terminal.ts';

export type { SearchOptions };

/** Runs the search to its end; 130 when it was interrupted. */
export async function search(context: Context, file: string, options: SearchOptions): Promise<number> {
  const evaluator = context.terminal.evaluator?.() ?? (await worker(context, file, options));
  let run;
  let opened;
  try {
    // Loads the compiler and the database, which takes as long as to open a device.
    run = await import('../search/run.ts');
    opened = await run.openSearch(context, file, options);
  } catch (error) {
    await evaluator.close();
    throw error;
  }
  return run.runToEnd(context, opened, evaluator, options);
}

async function worker(context: Context, file: string, options: SearchOptions): Promise<Evaluator> {
  const kernels = setOption(context, options);
  const evaluator = workerEvaluator(kernels === undefined ? {} : { kernels });
  // Where nothing is trained no device is opened. A wrong guess costs a second: the first request starts a worker, too.
  if (!(await mentionsTable(context, file, options))) evaluator.start();
  return evaluator;
}

async function mentionsTable(
  { terminal }: Context,
  file: string,
  { set = [] }: SearchOptions,
): Promise<boolean> {
  const text = await readFile(pathFrom(terminal, file), 'utf8').catch(() => '');
  return [text, ...set.map(({ value }) => value)].some((part) => /\btabular\b/.test(part));
}
