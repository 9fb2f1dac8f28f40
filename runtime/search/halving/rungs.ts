/**
 * Rungs of successive halving: in each, every architecture has had the same share of the evaluation's epochs, and the best of
 * it are trained on to the next, `eta` times as long. The top rung is the whole evaluation.
 */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { StrategySpace } from '../host.ts';
import { proposalOf } from '../proposals/propose.ts';
import type { Proposal } from '../strategy.ts';

/** The ladder: how much longer each rung is, and how many there are above the first. */
export interface Ladder {
  readonly eta: number;
  readonly halvings: number;
}

/** What came of an architecture on one rung. */
export interface Climber {
  readonly architecture: Architecture;
  /** Number of the trial. */
  readonly trial: number;
  readonly fitness: number;
  readonly failed: boolean;
}

/** Share of the epochs that an architecture has had in all when it is done with a rung, counted from 0. */
export function shareAt({ eta, halvings }: Ladder, rung: number): number {
  return eta ** (rung - halvings);
}

/** An architecture's first trial, on the lowest rung. */
export function entry(space: StrategySpace, ladder: Ladder, architecture: Architecture): Proposal {
  return proposalOf(space, architecture, { share: shareAt(ladder, 0) });
}

/** The trial that takes a climber from the rung below to `rung`: it begins with what that trained, and trains what is left. */
export function promotion(
  space: StrategySpace,
  ladder: Ladder,
  { architecture, trial }: Climber,
  rung: number,
): Proposal {
  const share = shareAt(ladder, rung) - shareAt(ladder, rung - 1);
  return proposalOf(space, architecture, { share, parent: trial });
}

/** The best of a rung, best first, the earlier among equals; those that failed are not among them. */
export function bestOf(rung: readonly Climber[], count: number): readonly Climber[] {
  return rung
    .filter(({ failed }) => !failed)
    .sort((a, b) => b.fitness - a.fitness || a.trial - b.trial)
    .slice(0, count);
}

/** How many architectures each rung of a bracket has that begins with `first`. */
export function rungSizes(first: number, { eta, halvings }: Ladder): readonly number[] {
  const sizes = [first];
  for (let rung = 1; rung <= halvings; rung++) sizes.push(Math.floor((sizes.at(-1) ?? 0) / eta));
  return sizes.filter((size) => size > 0);
}

/** Trials of such a bracket. */
export function bracketTrials(first: number, ladder: Ladder): number {
  return rungSizes(first, ladder).reduce((sum, size) => sum + size, 0);
}
