/** Expected improvement (Mockus, Tiesis & Zilinskas 1978; Jones, Schonlau & Welch 1998, equation 15). */
import { normalDensity, normalTail } from '../../../util/statistics/distributions.ts';
import type { Prediction } from './gaussianProcess.ts';

/** E[max(y - best, 0)] of a normally distributed y. */
export function expectedImprovement({ mean, deviation }: Prediction, best: number): number {
  const gain = mean - best;
  if (!(deviation > 0)) return Math.max(gain, 0);
  const z = gain / deviation;
  // Far below the best both terms are nearly equal, and their difference may round to less than nothing.
  return Math.max(gain * normalTail(-z) + deviation * normalDensity(z), 0);
}
