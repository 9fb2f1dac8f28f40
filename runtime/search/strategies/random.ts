/**
 * Random search (methods: Bergstra & Bengio 2012; Li & Talwalkar 2019): architectures drawn uniformly from
 * all that the space allows, none of them twice, until none is left.
 */
import { attemptLimit } from '../../../compiler/space/members.ts';
import { Shuffle } from '../shuffle.ts';
import type { StrategyKind } from '../strategy.ts';

/** Uniform sampling without repetition. What is told changes nothing. */
export const random: StrategyKind = {
  doc: 'Draws architectures uniformly, none twice, until the budget or the space is used up.',
  arguments: {},
  create(_args, { space: { members }, key }) {
    const shuffle = new Shuffle(members.places, key);
    return {
      ask() {
        // Where the space's members are not counted, some places have none; they are passed over.
        for (let passed = 0; passed < attemptLimit; passed++) {
          const rank = shuffle.next();
          if (rank === undefined) return undefined;
          const architecture = members.unrank(rank);
          if (members.allowed !== undefined || members.contains(architecture)) return { architecture, rank };
        }
        return undefined;
      },
      tell() {},
    };
  },
};
