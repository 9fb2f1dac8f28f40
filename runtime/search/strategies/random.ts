/**
 * Random search (methods: Bergstra & Bengio 2012; Li & Talwalkar 2019): architectures drawn uniformly from
 * all that the space allows, none of them twice, until none is left.
 */
import type { StrategyKind } from '../strategy.ts';
import { drawsOf } from '../proposals/draws.ts';

/** Uniform sampling without repetition. What is told changes nothing. */
export const random: StrategyKind = {
  doc: 'Draws architectures uniformly, none twice, until the budget or the space is used up.',
  arguments: {},
  create(_args, { space: { members }, key }) {
    return { ask: drawsOf(members, key), tell() {} };
  },
};
