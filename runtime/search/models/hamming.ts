/**
 * The correlation of architectures by the answers that differ (Hutter 2009, section 11.2.1): a weighted Hamming distance in
 * an exponential. Positive definite, being a product of positive definite functions of one answer each. An absent decision is an
 * answer of its own.
 */
import { invariant } from '../../../util/invariant.ts';
import type { Correlation } from './gaussianProcess.ts';
import type { Point } from './surrogate.ts';

/** exp(-sum of the weights of those answers that differ); `weights` has one number from 0 for each answer. */
export function hammingCorrelation(weights: readonly number[]): Correlation<Point> {
  invariant(
    weights.every((weight) => weight >= 0),
    'hamming: a weight is below 0',
  );
  const decay = Float64Array.from(weights);
  return (a, b) => {
    let exponent = 0;
    for (let i = 0; i < decay.length; i++) if (a[i] !== b[i]) exponent -= decay[i] ?? 0;
    return Math.exp(exponent);
  };
}
