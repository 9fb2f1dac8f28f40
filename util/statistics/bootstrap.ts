/** The bootstrap (Efron 1979): samples drawn with repetition from a sample, and the intervals that they give. */
import { fillWords } from '../random.ts';
import { quantile, type Interval } from './summary.ts';

/** How often each of `rows` rows is drawn in sample `index` of a seed; `rows` draws in all. */
export function drawnTimes(rows: number, seed: number, index: number): Uint32Array {
  const times = new Uint32Array(rows);
  const words = new Uint32Array(rows);
  fillWords(words, seed, index);
  for (const word of words) {
    // With fewer than 2^20 rows, none is favoured by more than one part in 4,000.
    const row = Math.floor((word / 0x100000000) * rows);
    times[row] = (times[row] ?? 0) + 1;
  }
  return times;
}

/** The interval that leaves out equal shares of a statistic's values at both ends; NaN where it has none. */
export function percentileInterval(values: readonly number[], confidence: number = 0.95): Interval {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}
