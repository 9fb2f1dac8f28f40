/** What Q-learning remembers of its trials, and what each is worth. */
import type { Random } from '../../../util/random.ts';
import type { Outcome } from '../strategy.ts';
import type { Experience } from './QTable.ts';

interface Entry {
  readonly experience: Experience;
  /** undefined for a failed trial. */
  readonly fitness: number | undefined;
}

/** Fitness from 0 to 1 is the reward. Any other is scaled: 0 for the worst so far, 1 for the best. */
export class Replay {
  readonly #entries: Entry[] = [];
  readonly #known = new Map<string, Entry>();
  #worst = Infinity;
  #best = -Infinity;

  /** Different architectures. */
  get different(): number {
    return this.#known.size;
  }

  /** Remembers a trial. */
  add(experience: Experience, { status, fitness }: Outcome): void {
    const entry = { experience, fitness: status === 'done' ? fitness : undefined };
    this.#entries.push(entry);
    const name = experience.choices.join();
    if (!this.#known.has(name)) this.#known.set(name, entry);
    if (entry.fitness === undefined) return;
    this.#worst = Math.min(this.#worst, entry.fitness);
    this.#best = Math.max(this.#best, entry.fitness);
  }

  /** Remembers that an architecture was made again, with what is known of it; false where nothing is. */
  again(experience: Experience): boolean {
    const entry = this.#known.get(experience.choices.join());
    if (entry) this.#entries.push(entry);
    return entry !== undefined;
  }

  /** One of all, each equally likely, with its reward; undefined while no trial was done. */
  draw(random: Random): { readonly experience: Experience; readonly reward: number } | undefined {
    if (this.#worst === Infinity) return undefined;
    const { experience, fitness = this.#worst } = random.pick(this.#entries);
    return { experience, reward: this.#reward(fitness) };
  }

  #reward(fitness: number): number {
    if (this.#worst >= 0 && this.#best <= 1) return fitness;
    const range = this.#best - this.#worst;
    return range > 0 ? (fitness - this.#worst) / range : 0.5;
  }
}
