/** The running mean of weights, which is kept beside what an optimiser keeps. */

/** What the mean is called among the states of an optimiser. */
export const AVERAGE = 'average';

/** The share of the new weights in their mean at step `t`, counted from 1: the first step is a copy. */
export function shareOf(decay: number, t: number): number {
  return t === 1 ? 1 : 1 - decay;
}
