/** In which order a training sees its images, and how images are grouped into batches. */
import { refuse } from '../../grammar/diagnostics.ts';
import { hashString, permutation } from '../../util/random.ts';
import { NO_ROW } from './executor.ts';

/** Whole batches in an epoch; the last, incomplete one is dropped. Refuses a batch larger than the data. */
export function stepsPerEpoch(images: number, batch: number): number {
  if (batch > images) {
    refuse('batchTooLarge', { batch, images }, { expected: `a batch of at most ${images} images` });
  }
  return Math.floor(images / batch);
}

/**
 * The rows that epoch `epoch` (from 0) trains on, batch after batch: a permutation of `rows` by (seed, epoch) alone,
 * cut to whole batches, so that each epoch leaves out other images.
 */
export function epochOrder(rows: Int32Array, batch: number, seed: number, epoch: number): Int32Array {
  const count = stepsPerEpoch(rows.length, batch) * batch;
  const shuffled = permutation(rows.length, seed, hashString(`order of epoch ${epoch}`));
  return Int32Array.from(shuffled.subarray(0, count), (i) => rows[i] ?? NO_ROW);
}

/** All `rows` once, in order, filled up with {@link NO_ROW} to whole batches. */
export function evaluationOrder(rows: Int32Array, batch: number): Int32Array {
  const order = new Int32Array(Math.ceil(rows.length / batch) * batch).fill(NO_ROW);
  order.set(rows);
  return order;
}
