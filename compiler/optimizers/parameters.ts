/** Parameters that several optimisers have. */
import type { OptimizerParameter } from './optimizer.ts';

/** The learning rate. */
export function learningRate(value: number): OptimizerParameter<number> {
  return { word: 'lr', kind: 'rate', default: value, doc: 'the learning rate that the schedule scales' };
}

/** How much of a running value is kept at each step. */
export function fraction(word: string, value: number, doc: string): OptimizerParameter<number> {
  return { word, kind: 'fraction', default: value, doc };
}

/** What keeps a quotient finite. */
export const epsilon: OptimizerParameter<number> = {
  word: 'epsilon',
  kind: 'epsilon',
  default: 1e-8,
  doc: 'added to the root that is divided by',
};

/** The share of a weight that is taken off it. */
export function weightDecay(value: number, doc: string): OptimizerParameter<number> {
  return { word: 'weight_decay', kind: 'amount', default: value, doc };
}
