/**
 * Tournament evolution without aging (Goldberg & Deb 1991; the non-aging variant of Real et al. 2019): the worst individual
 * goes, or none.
 */
import type { Removal } from '../evolution/population.ts';
import { mutant } from '../proposals/propose.ts';
import { steadyState, populationWarnings } from '../evolution/steadyState.ts';
import type { StrategyKind } from '../strategy.ts';
import { numberOf, whole, word, wordOf } from './arguments.ts';

export const tournament: StrategyKind = {
  doc: 'Tournament evolution: the best of a sample of the population is mutated, and the worst individual goes.',
  arguments: {
    population: whole('Individuals in the population.', 100, 1),
    sample: whole('Individuals that compete to be the parent, drawn with replacement.', 25, 1),
    remove: word('Which individual goes when a child comes.', 'worst', ['worst', 'none']),
  },
  warnings: (args, trials) => populationWarnings('tournament', numberOf(args, 'population'), trials),
  create(args, task) {
    return steadyState(task, {
      population: numberOf(args, 'population'),
      remove: wordOf(args, 'remove') as Removal,
      sample: () => numberOf(args, 'sample'),
      change: (parent, random) => mutant(task.space, parent, random),
    });
  },
};
