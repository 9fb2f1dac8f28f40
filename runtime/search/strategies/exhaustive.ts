/** Exhaustive search: every architecture of the space, in order of rank. */
import type { StrategyKind } from '../strategy.ts';

/** All members, one after the other. What is told changes nothing. */
export const exhaustive: StrategyKind = {
  doc: 'Tries every architecture in order of rank, until the budget or the space is used up.',
  arguments: {},
  create(_args, { space: { members } }) {
    const all = members.enumerate();
    let place = 0n;
    return {
      ask() {
        const { value: architecture } = all.next();
        if (architecture === undefined) return undefined;
        // Where the space's members are not counted, a member's place is not its number in the enumeration.
        const rank = members.allowed === undefined ? members.rank(architecture) : place;
        place++;
        return { architecture, rank };
      },
      tell() {},
    };
  },
};
