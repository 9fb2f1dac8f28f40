/**
 * Local search (White, Nolen & Savani 2020, "Local search is state of the art for NAS benchmarks", algorithm 1): all
 * neighbours of an architecture are tried, the best of them is the next one, and a local optimum ends the climb. Another then
 * begins at random.
 */
import { neighbours } from '../../../compiler/space/algebra/neighbours.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { proposalOf } from '../proposals/propose.ts';
import { streamOf } from '../seeds.ts';
import type { Strategy, StrategyKind, StrategyTask } from '../strategy.ts';
import { flagOf, numberOf, whole, flag } from './arguments.ts';
import { random as randomSearch } from './random.ts';

export const localSearch: StrategyKind = {
  doc: 'Climbs to the best neighbour as long as one is better, and begins anew at random where none is.',
  arguments: {
    draws: whole('Random architectures before a climb, which begins at the best of them.', 1, 1),
    first: flag('Goes on from the first better neighbour, without trying the others.', false),
  },
  create: (args, task) => new LocalSearch(task, numberOf(args, 'draws'), flagOf(args, 'first')),
};

/** A place with its fitness. */
interface Place {
  readonly architecture: Architecture;
  readonly fitness: number;
}

const keyOf = ({ choices }: Architecture): string => choices.join();

class LocalSearch implements Strategy {
  readonly #task: StrategyTask;
  readonly #draws: number;
  readonly #first: boolean;
  /** Draws that begin climbs: none twice. */
  readonly #starts: Strategy;
  /** What is known: nothing is tried twice. A failure is as bad as can be. */
  readonly #known = new Map<string, number>();
  #drawn = 0;
  /** Where the climb stands; undefined before its first draw. */
  #here: Place | undefined;
  /** Neighbours of it that are not known yet, in random order; undefined while draws are made. */
  #untried: Architecture[] | undefined;
  /** The best neighbour. */
  #best: Place | undefined;
  #climbs = 0;

  constructor(task: StrategyTask, draws: number, first: boolean) {
    this.#task = task;
    this.#draws = draws;
    this.#first = first;
    this.#starts = randomSearch.create({}, task);
  }

  ask(): ReturnType<Strategy['ask']> {
    for (;;) {
      if (this.#untried === undefined) {
        if (this.#drawn < this.#draws) {
          const start = this.#starts.ask();
          if (start !== undefined && this.#known.has(keyOf(start.architecture))) continue;
          if (start !== undefined) return start;
        }
        // Nothing is left to draw, or enough was.
        if (this.#here === undefined) return undefined;
        this.#surround(this.#here);
        continue;
      }
      const next = this.#untried.pop();
      if (next !== undefined) return proposalOf(this.#task.space, next);
      this.#arrive();
    }
  }

  tell({ architecture, fitness }: Parameters<Strategy['tell']>[0]): void {
    this.#known.set(keyOf(architecture), fitness);
    const place = { architecture, fitness };
    if (this.#untried === undefined) {
      this.#drawn++;
      if (this.#here === undefined || fitness > this.#here.fitness) this.#here = place;
      return;
    }
    if (this.#best === undefined || fitness > this.#best.fitness) this.#best = place;
    if (this.#first && this.#here !== undefined && fitness > this.#here.fitness) this.#untried = [];
  }

  /** Looks around a place: what is known of its neighbours counts, and the others are to be tried. */
  #surround(here: Place): void {
    const { space, members } = this.#task.space;
    const random = streamOf(this.#task.key, `neighbours ${this.#climbs++}`);
    this.#here = here;
    this.#best = undefined;
    this.#untried = [];
    for (const neighbour of random.shuffled([...neighbours(space, members, here.architecture)])) {
      const fitness = this.#known.get(keyOf(neighbour));
      if (fitness === undefined) this.#untried.push(neighbour);
      else if (this.#best === undefined || fitness > this.#best.fitness)
        this.#best = { architecture: neighbour, fitness };
    }
  }

  /** All neighbours are known: goes to the best of them if it is better, and begins anew otherwise. */
  #arrive(): void {
    const [here, best] = [this.#here, this.#best];
    if (here !== undefined && best !== undefined && best.fitness > here.fitness) this.#surround(best);
    else {
      this.#here = undefined;
      this.#untried = undefined;
      this.#drawn = 0;
    }
  }
}
