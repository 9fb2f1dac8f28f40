/**
 * The expected best-of-n curve of random search (Dodge, Gururangan, Card, Schwartz & Smith 2019, "Show your
 * work"; here without replacement): what the best of n trials would have been on average, from K ≥ n trials.
 */

/**
 * Element n - 1 is the mean, over all subsets of n of the K values, of their maximum:
 * sum over i = n..K of y_(i) C(i - 1, n - 1) / C(K, n) with y ascending. Give negated values for a minimum.
 */
export function expectedBestOfN(values: readonly number[]): number[] {
  const descending = [...values].sort((a, b) => b - a);
  const count = descending.length;
  return descending.map((_, index) => {
    const n = index + 1;
    // The chance that the largest value is in the subset is n / K; each smaller one is the best of a subset
    // by the ratio of neighbouring binomial coefficients less often. No factorial is ever formed.
    let weight = n / count;
    let sum = 0;
    for (let rank = 0; rank <= count - n; rank++) {
      sum += weight * (descending[rank] ?? 0);
      const i = count - rank;
      weight *= i === 1 ? 0 : (i - n) / (i - 1);
    }
    return sum;
  });
}
