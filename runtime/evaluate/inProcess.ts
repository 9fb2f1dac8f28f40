/**
 * An evaluator in this process on the reference executor: for tests, and to see a search run on a machine without any
 * adapter. It is hundreds of times slower than a device and blocks the process while it works.
 */
import { referenceExecutor } from '../train/referenceExecutor.ts';
import type { Evaluator } from './protocol.ts';
import { trainService } from './service.ts';

/** Trains on the CPU by the ops' definitions. */
export function inProcessEvaluator(): Evaluator {
  const service = trainService(referenceExecutor(), () => ({
    adapter: 'reference executor (CPU)',
    pipelinesCompiled: 0,
    pipelinesReused: 0,
    pipelinesOutside: 0,
    bufferBytes: 0,
    residentBytes: process.memoryUsage.rss(),
  }));
  return { train: service.train, measure: service.measure, close: () => Promise.resolve() };
}
