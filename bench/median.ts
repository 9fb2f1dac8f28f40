/** The middle of the values in order; of an even number of them, the mean of the two in the middle. NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const [upper, lower] = [sorted[half] ?? NaN, sorted[half - 1] ?? NaN];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}
