/**
 * NSGA-II (Deb, Pratap, Agarwal & Meyarivan 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II"): generations,
 * of which the fronts that are dominated least survive, and of the last front that fits the individuals that are least crowded.
 */
import { crossover } from '../../../compiler/space/algebra/crossover.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Random } from '../../../util/random.ts';
import { crowdingDistances, nonDominatedSort } from '../evolution/dominance.ts';
import { drawMember, mutant, proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import { populationWarnings } from '../evolution/steadyState.ts';
import type { Outcome, Proposal, Strategy, StrategyKind, StrategyTask } from '../strategy.ts';
import { numberOf, probability, whole } from './arguments.ts';

export const nsga2: StrategyKind = {
  doc: 'NSGA-II: generations by crossover and mutation, of which those survive that are dominated least and lie furthest apart.',
  arguments: {
    population: whole('Individuals of a generation.', 100, 2),
    crossover: probability('Probability that a child has two parents.', 0.9),
    mutation: probability('Probability that one answer of a child is changed.', 1),
  },
  several: true,
  warnings: (args, trials) => populationWarnings('nsga2', numberOf(args, 'population'), trials),
  create: (args, task) =>
    new Nsga2(task, {
      population: numberOf(args, 'population'),
      crossover: numberOf(args, 'crossover'),
      mutation: numberOf(args, 'mutation'),
    }),
};

interface Settings {
  readonly population: number;
  readonly crossover: number;
  readonly mutation: number;
}

/** A survivor: an architecture with its place in the order of the generation. */
interface Ranked {
  readonly architecture: Architecture;
  readonly fitnesses: readonly number[];
  /** Number of its front, from 0. */
  readonly front: number;
  readonly crowding: number;
}

type Solution = Pick<Ranked, 'architecture' | 'fitnesses'>;

class Nsga2 implements Strategy {
  readonly #task: StrategyTask;
  readonly #settings: Settings;
  readonly #draws: Random;
  readonly #changes: Random;
  /** The parents; empty before the first generation is there, or where all of it failed. */
  #parents: readonly Ranked[] = [];
  #children: Solution[] = [];
  #told = 0;

  constructor(task: StrategyTask, settings: Settings) {
    this.#task = task;
    this.#settings = settings;
    this.#draws = streamOf(task.key, 'draws');
    this.#changes = streamOf(task.key, 'changes');
  }

  ask(): Proposal | undefined {
    const { space } = this.#task;
    const architecture = this.#parents.length === 0 ? drawMember(space, this.#draws) : this.#child();
    return architecture && proposalOf(space, architecture);
  }

  tell({ architecture, fitnesses, status }: Outcome): void {
    if (status === 'done') this.#children.push({ architecture, fitnesses });
    if (++this.#told < this.#settings.population) return;
    this.#parents = survivors([...this.#parents, ...this.#children], this.#settings.population);
    this.#children = [];
    this.#told = 0;
  }

  #child(): Architecture | undefined {
    const { space } = this.#task;
    const random = this.#changes;
    const parent = this.#tournament();
    const mixed =
      random.next() < this.#settings.crossover
        ? crossover(space.space, space.members, parent, this.#tournament(), random)
        : undefined;
    const child = mixed ?? parent;
    return random.next() < this.#settings.mutation ? mutant(space, child, random) : child;
  }

  /** The better of two parents that are drawn. */
  #tournament(): Architecture {
    const [a, b] = [this.#draws.pick(this.#parents), this.#draws.pick(this.#parents)];
    return (crowdedCompare(b, a) < 0 ? b : a).architecture;
  }
}

/** The crowded-comparison operator: an earlier front first, and in one front the less crowded. */
function crowdedCompare(a: Ranked, b: Ranked): number {
  if (a.front !== b.front) return a.front - b.front;
  return a.crowding === b.crowding ? 0 : b.crowding - a.crowding;
}

/** The `size` best of parents and children together, by {@link crowdedCompare}. */
export function survivors(solutions: readonly Solution[], size: number): readonly Ranked[] {
  const fronts = nonDominatedSort(solutions.map(({ fitnesses }) => fitnesses));
  const ranked = fronts.flatMap((front, number) => {
    const members = front.flatMap((i) => solutions[i] ?? []);
    const crowding = crowdingDistances(members.map(({ fitnesses }) => fitnesses));
    return members.map((solution, i) => ({ ...solution, front: number, crowding: crowding[i] ?? 0 }));
  });
  return ranked.sort(crowdedCompare).slice(0, size);
}
