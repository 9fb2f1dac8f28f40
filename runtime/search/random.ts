/**
 * Random search (methods: Bergstra & Bengio 2012; Li & Talwalkar 2019): architectures drawn uniformly from
 * all that the space allows, none of them twice, until none is left.
 */
import { Shuffle } from './shuffle.ts';
import type { StrategyKind } from './strategy.ts';

/** Uniform sampling without repetition. What is told changes nothing. */
export const random: StrategyKind = {
  doc: 'Draws architectures uniformly, none twice, until the budget or the space is used up.',
  arguments: {},
  create(_args, key, space) {
    const shuffle = new Shuffle(space.allowed, key);
    return {
      ask() {
        const rank = shuffle.next();
        return rank === undefined ? undefined : { architecture: space.unrank(rank), rank };
      },
      tell() {},
    };
  },
};
