/** Proposals that strategies make of architectures. */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { mutate } from '../../../compiler/space/algebra/mutate.ts';
import type { Slot } from '../../../compiler/space/algebra/slots.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';
import type { Proposal } from '../strategy.ts';

/** A proposal of an architecture, with its place in the space. */
export function proposalOf(
  { members }: StrategySpace,
  architecture: Architecture,
  how: Pick<Proposal, 'share' | 'parent' | 'noise'> = {},
): Proposal {
  return { architecture, rank: members.rank(architecture), ...how };
}

/** A member, each equally likely; undefined only where members are too rare to be found. */
export function drawMember({ members }: StrategySpace, random: Random): Architecture | undefined {
  return members.sample(random).architecture;
}

/** A member that differs by one answer, of `slots` where these are named; the same one where there is no other. */
export function mutant(
  { space, members }: StrategySpace,
  parent: Architecture,
  random: Random,
  slots?: readonly Slot[],
): Architecture {
  return (
    (slots && mutate(space, members, parent, random, slots)) ??
    mutate(space, members, parent, random) ??
    parent
  );
}
