/** A coordinator that starts a worker on the deed of its argument, prints the worker's pid and waits. */
import { workerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { emptyRequest } from './requests.ts';

const evaluator = workerEvaluator({ entry: new URL('./watchedWorker.ts', import.meta.url) });
void evaluator.train(emptyRequest(1, 5), () => {
  // The first sign of life: the worker is at work.
  process.stdout.write(`${evaluator.workerPid}\n`);
  void evaluator.train(emptyRequest(2, Number(process.argv[2])), () => undefined);
});
