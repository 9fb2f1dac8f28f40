/** Ranks of values, equal ones sharing the mean of theirs (midranks; Kendall 1945). */

/** The places of the values in ascending order. */
export function ascending(values: readonly number[]): Uint32Array {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
}

/** The rank of each value, from 1. */
export function midranks(values: readonly number[]): readonly number[] {
  const order = ascending(values);
  const ranks = Array.from(values, () => 0);
  for (let first = 0; first < order.length;) {
    const value = values[order[first] ?? 0];
    let end = first + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let at = first; at < end; at++) ranks[order[at] ?? 0] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}
