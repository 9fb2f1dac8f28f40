/**
 * Aging evolution (Real, Aggarwal, Huang & Le 2019, "Regularized evolution for image classifier architecture search",
 * algorithm 1): each child replaces the oldest individual, so that an architecture stays only by way of children that are good
 * again when they are trained anew.
 */
import { amoebaMutation, fitsAmoeba } from '../evolution/amoebaMutation.ts';
import { mutant } from '../proposals/propose.ts';
import { steadyState, populationWarnings } from '../evolution/steadyState.ts';
import { streamOf } from '../seeds.ts';
import type { Removal } from '../evolution/population.ts';
import type { StrategyKind } from '../strategy.ts';
import { numberOf, probability, whole, word, wordOf } from './arguments.ts';

export const evolution: StrategyKind = {
  doc: 'Aging evolution: the best of a sample of the population is mutated, and the child replaces the oldest.',
  arguments: {
    population: whole('Individuals in the population.', 100, 1),
    sample: whole('Individuals that compete to be the parent, drawn with replacement.', 25, 1),
    remove: word('Which individual goes when a child comes.', 'oldest', ['oldest', 'worst', 'none']),
    mutation: word(
      'How a child differs: one answer of all, each equally likely; or, as in AmoebaNet, in one cell either what a node reads or what it does.',
      'uniform',
      ['uniform', 'amoeba'],
    ),
    identity: probability('Probability that a child is its parent, tried once more.', 0.05),
  },
  fit: (args, space) => (wordOf(args, 'mutation') === 'amoeba' ? fitsAmoeba('evolution', space) : []),
  warnings: (args, trials) => populationWarnings('evolution', numberOf(args, 'population'), trials),
  create(args, task) {
    const { space, key } = task;
    const identity = numberOf(args, 'identity');
    const same = streamOf(key, 'identity');
    const change =
      wordOf(args, 'mutation') === 'amoeba' ? amoebaMutation(space) : mutant.bind(undefined, space);
    return steadyState(task, {
      population: numberOf(args, 'population'),
      remove: wordOf(args, 'remove') as Removal,
      sample: () => numberOf(args, 'sample'),
      change: (parent, random) => (same.next() < identity ? parent : change(parent, random)),
    });
  },
};
