/** `nas search FILE`: has the worker open its device while the search is compiled, then runs it. */
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import type { WorkerOptions } from '../../runtime/evaluate/workerProcess.ts';
import type { Context } from '../context.ts';
import { setOption } from '../kernels.ts';
import type { SearchOptions } from '../search/run.ts';

export type { SearchOptions };

/** Runs the search to its end; 130 when it was interrupted. */
export async function search(context: Context, file: string, options: SearchOptions): Promise<number> {
  const evaluator = context.terminal.evaluator?.() ?? startedWorker(setOption(context, options));
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

function startedWorker(kernels: WorkerOptions['kernels']): Evaluator {
  const evaluator = workerEvaluator(kernels === undefined ? {} : { kernels });
  evaluator.start();
  return evaluator;
}
