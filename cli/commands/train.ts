/** `nas train FILE ARCH`: has the worker open its device while the search is compiled, then trains. */
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import type { Context } from '../context.ts';
import type { TrainOptions } from '../train/run.ts';

export type { TrainOptions };

/** Trains to the end; 130 when it was interrupted. */
export async function train(
  context: Context,
  file: string,
  arch: string,
  options: TrainOptions,
): Promise<number> {
  const evaluator = context.terminal.evaluator?.() ?? worker();
  let run;
  let opened;
  try {
    run = await import('../train/run.ts');
    opened = await run.openTraining(context, file, arch, options);
  } catch (error) {
    await evaluator.close();
    throw error;
  }
  return run.runTraining(context, opened, evaluator, options);
}

function worker(): Evaluator {
  const evaluator = workerEvaluator();
  evaluator.start();
  return evaluator;
}
