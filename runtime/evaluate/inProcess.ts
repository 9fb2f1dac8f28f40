/**
 * An evaluator in this process on the reference executor: for tests, and to see a search run on a machine without any
 * adapter. It is hundreds of times slower than a device and blocks the process while it works.
 */
import { referenceExecutor } from '../train/referenceExecutor.ts';
import { referenceWeights } from '../share/referenceWeights.ts';
import { shareService } from '../share/service.ts';
import type { DeviceUse, Evaluator } from './protocol.ts';
import { trainService } from './service.ts';

/** Trains on the CPU by the ops' definitions. */
export function inProcessEvaluator(): Evaluator {
  const use = (): DeviceUse => ({
    adapter: 'reference executor (CPU)',
    pipelinesCompiled: 0,
    pipelinesReused: 0,
    pipelinesOutside: 0,
    bufferBytes: 0,
    residentBytes: process.memoryUsage.rss(),
  });
  const service = trainService(referenceExecutor(), use);
  const shared = shareService(
    (options) => referenceWeights({ ...options, precision: 'f32' }),
    service.dataOf,
    use,
  );
  return {
    train: service.train,
    share: shared.share,
    measure: service.measure,
    close: () => Promise.resolve(),
  };
}
