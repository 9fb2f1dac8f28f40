/** Exhaustive search: every architecture of the space, in order of rank. */
import { proposalOf } from '../proposals/propose.ts';
import type { StrategyKind } from '../strategy.ts';

/** All members, one after the other. What is told changes nothing. */
export const exhaustive: StrategyKind = {
  doc: 'Tries every architecture in order of rank, until the budget or the space is used up.',
  arguments: {},
  create(_args, { space }) {
    const all = space.members.enumerate();
    return {
      ask() {
        const { value: architecture } = all.next();
        return architecture && proposalOf(space, architecture);
      },
      tell() {},
    };
  },
};
