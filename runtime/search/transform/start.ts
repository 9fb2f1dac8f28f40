/** Where a search by transformations sets out from. */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { complete } from '../../../compiler/space/algebra/slots.ts';
import { costOfArchitecture } from '../../../compiler/space/members.ts';
import type { Decision } from '../../../compiler/space/space.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';

/** Members that are drawn where smallest answers are none. */
const drawn = 200;

/**
 * The architecture that the file calls `start`; else the one of smallest numbers and first alternatives; where that is no
 * member, the one with the fewest parameters of some that are drawn.
 */
export function startOf({ space, members, start }: StrategySpace, random: Random): Architecture | undefined {
  if (start && members.contains(start)) return start;
  const smallest: Architecture = {
    space: space.name,
    choices: complete(space, (decision, options) => smallestOf(decision, options)),
  };
  if (members.contains(smallest)) return smallest;
  const found = Array.from({ length: drawn }, () => members.sample(random).architecture ?? []).flat();
  const sized = found.map((architecture) => ({ architecture, ...costOfArchitecture(space, architecture) }));
  return sized.sort((a, b) => a.params - b.params)[0]?.architecture;
}

function smallestOf({ options }: Decision, allowed: readonly number[]): number {
  const value = (option: number): number => Number(options[option]?.value);
  const [first = 0, ...others] = allowed;
  return others.reduce((least, option) => (value(option) < value(least) ? option : least), first);
}
