/** Corrections for testing many hypotheses at once. */

/**
 * The p-values of Holm (1979): with them, the chance that any true hypothesis falls below a level is at most that level,
 * whatever the dependence of the tests. `tests` is how many were made, where some are left out of the list.
 */
export function holm(values: readonly number[], tests: number = values.length): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const corrected = values.map(() => 0);
  let largest = 0;
  order.forEach((index, place) => {
    largest = Math.max(largest, Math.min(1, (tests - place) * (values[index] ?? 0)));
    corrected[index] = largest;
  });
  return corrected;
}

/**
 * The step-down p-values of Westfall & Young (1993, algorithm 2.8), from statistics of which larger ones count more
 * against their hypothesis: in `permuted`, those of samples drawn under all hypotheses at once. They allow for how the
 * tests depend on one another. The smallest is 1 / (permutations + 1).
 */
export function westfallYoung(
  observed: readonly number[],
  permuted: Iterable<readonly number[]>,
): readonly number[] {
  const order = observed.map((_, i) => i).sort((a, b) => (observed[b] ?? 0) - (observed[a] ?? 0));
  const reached = observed.map(() => 0);
  let permutations = 0;
  for (const statistics of permuted) {
    permutations++;
    let largest = -Infinity;
    for (const index of order.toReversed()) {
      largest = Math.max(largest, statistics[index] ?? -Infinity);
      if (largest >= (observed[index] ?? 0)) reached[index] = (reached[index] ?? 0) + 1;
    }
  }
  const corrected = observed.map(() => 0);
  let smallest = 0;
  for (const index of order) {
    smallest = Math.max(smallest, (1 + (reached[index] ?? 0)) / (1 + permutations));
    corrected[index] = smallest;
  }
  return corrected;
}
