/**
 * Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar 2018, "Hyperband: a novel bandit-based approach to hyperparameter
 * optimization", algorithm 1): successive halving with every trade-off between many architectures and long trainings.
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Bracket, Brackets } from '../halving/Bracket.ts';
import { bracketTrials, type Ladder } from '../halving/rungs.ts';
import { streamOf } from '../seeds.ts';
import type { StrategyKind } from '../strategy.ts';
import { ladderArguments, ladderOf } from './successiveHalving.ts';

/** A bracket: so many architectures begin, on a ladder of their own. */
export interface BracketPlan {
  readonly first: number;
  readonly ladder: Ladder;
}

/** The brackets of one round, from the one of the most halvings to the one of none. */
export function bracketPlans({ eta, halvings: most }: Ladder): readonly BracketPlan[] {
  return Array.from({ length: most + 1 }, (_, i) => {
    const halvings = most - i;
    return {
      first: Math.ceil(((most + 1) * eta ** halvings) / (halvings + 1)),
      ladder: { eta, halvings },
    };
  });
}

export const hyperband: StrategyKind = {
  doc: 'Hyperband: rounds of successive halving, from many architectures that are soon judged to a few that are trained to the end.',
  arguments: ladderArguments(3),
  inherits: true,
  warnings(args, trials) {
    const needed = bracketPlans(ladderOf(args)).reduce(
      (sum, { first, ladder }) => sum + bracketTrials(first, ladder),
      0,
    );
    if (trials === undefined || trials >= needed) return [];
    const reason = `a round of all its brackets takes ${needed}, and there are ${trials}`;
    const hint = 'give it fewer `halvings`, or more trials';
    return [diagnose('scheduleTooLong', { strategy: 'hyperband', reason }, { hint })];
  },
  create(args, { space, key }) {
    const random = streamOf(key, 'draws');
    const plans = bracketPlans(ladderOf(args));
    let number = 0;
    return new Brackets(() => {
      const { first, ladder } = plans[number++ % plans.length] ?? { first: 1, ladder: ladderOf(args) };
      return new Bracket(space, random, first, ladder);
    });
  },
};
