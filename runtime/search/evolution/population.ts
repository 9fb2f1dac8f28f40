/** A population: individuals in the order in which they came, and which of them goes when another comes. */
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Random } from '../../../util/random.ts';
import type { Outcome } from '../strategy.ts';

/** An architecture with what came of it. */
export interface Individual {
  readonly architecture: Architecture;
  readonly fitness: number;
  readonly failed: boolean;
}

/** Which individual goes: the one that came first, the one of least fitness, or none. */
export type Removal = 'oldest' | 'worst' | 'none';

/** What came of a proposal, as an individual. */
export function individualOf({ architecture, fitness, status }: Outcome): Individual {
  return { architecture, fitness, failed: status === 'failed' };
}

/** At most `size` individuals, or any number where none is removed. */
export class Population {
  readonly #size: number;
  readonly #removal: Removal;
  readonly #individuals: Individual[] = [];

  constructor(size: number, removal: Removal) {
    this.#size = size;
    this.#removal = removal;
  }

  /** In the order in which they came. */
  get individuals(): readonly Individual[] {
    return this.#individuals;
  }

  /** Takes one in; above the size, one goes. Among equally bad ones the oldest does. */
  add(individual: Individual): void {
    this.#individuals.push(individual);
    if (this.#removal === 'none' || this.#individuals.length <= this.#size) return;
    this.#individuals.splice(this.#removal === 'oldest' ? 0 : this.#worst(), 1);
  }

  /**
   * The fittest of `size` individuals that are drawn with replacement; the first drawn among equals. undefined where all
   * that were drawn failed, for a failure is no parent.
   */
  tournament(size: number, random: Random): Individual | undefined {
    let best: Individual | undefined;
    for (let draw = 0; draw < size && this.#individuals.length > 0; draw++) {
      const drawn = random.pick(this.#individuals);
      if (!drawn.failed && (best === undefined || drawn.fitness > best.fitness)) best = drawn;
    }
    return best;
  }

  #worst(): number {
    return this.#individuals.reduce(
      (worst, { fitness }, i) => (fitness < (this.#individuals[worst]?.fitness ?? 0) ? i : worst),
      0,
    );
  }
}
