/**
 * Successive halving (Jamieson & Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter optimization"): many
 * architectures are trained for a short time, and again and again the better part of them is trained on.
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import { Bracket, Brackets } from '../halving/Bracket.ts';
import { bracketTrials, type Ladder } from '../halving/rungs.ts';
import { streamOf } from '../seeds.ts';
import type { StrategyArgument, StrategyArguments, StrategyKind } from '../strategy.ts';
import { numberOf, whole } from './arguments.ts';

/** The arguments of a ladder. */
export function ladderArguments(eta: number): Readonly<Record<'eta' | 'halvings', StrategyArgument>> {
  return {
    eta: whole(
      'One of so many goes on to the next rung, where it has been trained so many times as long.',
      eta,
      2,
    ),
    halvings: whole('Rungs above the lowest one, whose share of the epochs is `1 / eta ^ halvings`.', 4, 1),
  };
}

/** The ladder that arguments describe. */
export function ladderOf(args: StrategyArguments): Ladder {
  return { eta: numberOf(args, 'eta'), halvings: numberOf(args, 'halvings') };
}

const population: StrategyArgument = {
  doc: 'Architectures on the lowest rung. `auto`: as many as the trials suffice for, and `eta ^ halvings` at least.',
  otherwise: 'auto',
  expected: '`auto` or a whole number from 1',
  accepts: (value) =>
    value === 'auto' || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1),
};

export const successiveHalving: StrategyKind = {
  doc: 'Successive halving: many architectures are trained for a short time, and the best of them are trained on.',
  arguments: { ...ladderArguments(2), population },
  inherits: true,
  warnings(args, trials) {
    const ladder = ladderOf(args);
    const needed = bracketTrials(firstOf(args, trials), ladder);
    if (trials === undefined || trials >= needed) return [];
    const reason = `it takes ${needed} until the first architecture has had all of its epochs, and there are ${trials}`;
    const hint = 'give it fewer `halvings`, or more trials';
    return [diagnose('scheduleTooLong', { strategy: 'successive_halving', reason }, { hint })];
  },
  create(args, { space, key, trials }) {
    const random = streamOf(key, 'draws');
    const first = firstOf(args, trials);
    return new Brackets(() => new Bracket(space, random, first, ladderOf(args)));
  },
};

/** Architectures on the lowest rung. */
function firstOf(args: StrategyArguments, trials: number | undefined): number {
  const { population: given } = args;
  if (typeof given === 'number') return given;
  const ladder = ladderOf(args);
  const least = ladder.eta ** ladder.halvings;
  if (trials === undefined) return least;
  let [fits, more] = [least, Math.max(least, trials) + 1];
  while (more - fits > 1) {
    const middle = Math.floor((fits + more) / 2);
    if (bracketTrials(middle, ladder) <= trials) fits = middle;
    else more = middle;
  }
  return fits;
}
