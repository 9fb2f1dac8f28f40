/**
 * Hierarchical evolution (Liu, Simonyan, Vinyals, Fernando & Kavukcuoglu 2018, "Hierarchical representations for efficient
 * architecture search", section 3): genotypes of levels of motifs, begun from a trivial one by many mutations, and
 * tournaments in a population from which nothing is removed.
 */
import { HierarchicalMutation } from '../evolution/hierarchy.ts';
import { populationWarnings, steadyState } from '../evolution/steadyState.ts';
import type { StrategyKind } from '../strategy.ts';
import { numberOf, real, whole } from './arguments.ts';

export const hierarchical: StrategyKind = {
  doc: 'Evolution of levels of motifs: a level, a motif, a node and one of its answers are drawn in turn, and nothing is removed.',
  arguments: {
    population: whole('Individuals of the first population; it grows.', 200, 1),
    sample: real(
      'Share of the population that competes to be the parent; one individual at least.',
      0.05,
      'a number above 0 and at most 1',
      (value) => value > 0 && value <= 1,
    ),
    diversify: whole('Mutations that make an individual of the first population.', 1000, 0),
  },
  warnings: (args, trials) => populationWarnings('hierarchical', numberOf(args, 'population'), trials),
  create(args, task) {
    const { members } = task.space;
    const mutation = new HierarchicalMutation(task.space);
    // The first in text order: where an edge may be left out, `none` comes first, and hardly an edge is there.
    const trivial = members.unrank(0n);
    return steadyState(task, {
      population: numberOf(args, 'population'),
      remove: 'none',
      sample: (individuals) => Math.max(1, Math.round(numberOf(args, 'sample') * individuals)),
      begin: (random) => mutation.diversify(trivial, numberOf(args, 'diversify'), random),
      change: (parent, random) => mutation.mutate(parent, random),
    });
  },
};
