/** How long an inference takes on an executor. */
import { medianOf } from '../../util/statistics/summary.ts';
import { partRows, type Dataset } from '../data/dataset.ts';
import { NO_ROW, type Executor } from '../train/executor.ts';
import { initialTensors } from '../train/loop.ts';
import type { LatencyRequest } from './protocol.ts';

/** Runs before those that count: the first ones compile, and wake the device up. */
const WARM_UPS = 3;

/**
 * Milliseconds of an inference of one batch: the median of several runs, from handing the work over until the results are
 * read. Weights are those that the network begins with, as they make no difference.
 */
export async function measureLatency(
  executor: Executor,
  { evaluation: graph, batch, runs, seed, tuning }: Omit<LatencyRequest, 'kind' | 'id' | 'data'>,
  dataset: Dataset,
  now: () => number = () => performance.now(),
): Promise<number> {
  const rows = partRows(dataset, 'validation').slice(0, batch);
  const order = new Int32Array(batch).fill(NO_ROW);
  order.set(rows);
  const tensors = initialTensors(graph, seed);
  const run = await executor.prepareEvaluation({ graph, dataset, batch, capacity: batch, tensors, tuning });
  try {
    const times: number[] = [];
    for (let i = 0; i < WARM_UPS + runs; i++) {
      const start = now();
      // oxlint-disable-next-line no-await-in-loop -- runs follow each other
      await run.measure(order);
      if (i >= WARM_UPS) times.push(now() - start);
    }
    return medianOf(times);
  } finally {
    run.release();
  }
}
