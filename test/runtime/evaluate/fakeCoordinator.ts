/** A coordinator with a worker for each deed of its arguments; prints the workers' pids and waits to be killed. */
import { workerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { deeds, emptyRequest } from './requests.ts';

const pids = process.argv.slice(2).map(async (deed) => {
  const evaluator = workerEvaluator({ entry: new URL('./watchedWorker.ts', import.meta.url) });
  await evaluator.train(emptyRequest(1, deeds.work), () => undefined);
  void evaluator.train(emptyRequest(2, Number(deed)), () => undefined);
  return evaluator.workerPid;
});
process.stdout.write(`${(await Promise.all(pids)).join(' ')}\n`);
// Stays until it is killed, whether its workers are idle or not.
setInterval(() => undefined, 1000);
