/** Steady-state evolution: a population, and one child after the other (Goldberg & Deb 1991; Real et al. 2019, algorithm 1). */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { individualOf, Population, type Removal } from './population.ts';
import { drawMember, proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import type { Strategy, StrategyTask } from '../strategy.ts';
import type { Random } from '../../../util/random.ts';

/** What tells one evolution from another. */
export interface SteadyState {
  /** Individuals of the first population, and of all later ones unless none is removed. */
  readonly population: number;
  readonly remove: Removal;
  /** How many individuals of a population of so many compete to be the parent. */
  sample(individuals: number): number;
  /** An individual of the first population; a uniform draw where absent. */
  begin?(random: Random): Architecture | undefined;
  /** The child of a parent. */
  change(parent: Architecture, random: Random): Architecture;
}

/** The strategy. Where all that compete have failed, a new individual takes the place of the child. */
export function steadyState({ space, key }: StrategyTask, evolution: SteadyState): Strategy {
  const population = new Population(evolution.population, evolution.remove);
  const [starts, draws, changes] = ['start', 'tournament', 'mutation'].map((purpose) =>
    streamOf(key, purpose),
  ) as [Random, Random, Random];
  const begin = (): Architecture | undefined => evolution.begin?.(starts) ?? drawMember(space, starts);
  const propose = (): Architecture | undefined => {
    const { length } = population.individuals;
    if (length < evolution.population) return begin();
    const parent = population.tournament(evolution.sample(length), draws);
    return parent === undefined ? begin() : evolution.change(parent.architecture, changes);
  };
  return {
    ask() {
      const architecture = propose();
      return architecture && proposalOf(space, architecture);
    },
    tell: (outcome) => population.add(individualOf(outcome)),
  };
}

/** That a run ends before, or soon after, its first population is there. */
export function populationWarnings(
  strategy: string,
  population: number,
  trials: number | undefined,
): readonly Diagnostic[] {
  if (trials === undefined || trials >= 2 * population) return [];
  const left = trials - population;
  const reason =
    `its first population takes ${population} of the ${trials}` +
    (left > 0 ? `, and ${left} are left for children` : ', and is drawn at random');
  const hint = `write \`${strategy}(population: ${Math.max(2, Math.floor(trials / 5))})\`, or give it more trials`;
  return [diagnose('scheduleTooLong', { strategy, reason }, { hint })];
}
