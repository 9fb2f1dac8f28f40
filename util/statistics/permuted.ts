/** Values in random orders: what a permutation test compares a sample with (Fisher 1935). */
import { fillWords } from '../random.ts';

/**
 * The values in `count` random orders (Fisher & Yates), one after the other in the same array, which is to be read before
 * the next.
 */
export function* permuted(values: readonly number[], count: number, seed: number): Generator<Float64Array> {
  const order = Float64Array.from(values);
  const words = new Uint32Array(order.length);
  for (let index = 0; index < count; index++) {
    fillWords(words, seed, index);
    for (let last = order.length - 1; last > 0; last--) {
      const other = Math.floor(((words[last] ?? 0) / 0x100000000) * (last + 1));
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
    yield order;
  }
}
