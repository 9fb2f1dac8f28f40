/** Successive halving of one lot of architectures (Jamieson & Talwalkar 2016, figure 1; Li et al. 2018, algorithm 1). */
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';
import { drawMember } from '../proposals/propose.ts';
import { bestOf, entry, promotion, rungSizes, type Climber, type Ladder } from './rungs.ts';
import type { Outcome, Proposal } from '../strategy.ts';

/** Draws architectures for the lowest rung; whenever a rung is done, the best of it go on to the next. */
export class Bracket {
  readonly #space: StrategySpace;
  readonly #random: Random;
  readonly #ladder: Ladder;
  readonly #sizes: readonly number[];
  #rung = 0;
  /** Done on this rung. */
  #done: Climber[] = [];
  /** To be tried on this rung; on the lowest one they are drawn. */
  #waiting: readonly Climber[] = [];

  /** `first` architectures on the lowest rung. */
  constructor(space: StrategySpace, random: Random, first: number, ladder: Ladder) {
    this.#space = space;
    this.#random = random;
    this.#ladder = ladder;
    this.#sizes = rungSizes(first, ladder);
  }

  /** The next trial; undefined when the last rung is done, or nothing is left to go on. */
  ask(): Proposal | undefined {
    if (this.#rung === 0) {
      if (this.#done.length < (this.#sizes[0] ?? 0)) {
        const architecture = drawMember(this.#space, this.#random);
        return architecture && entry(this.#space, this.#ladder, architecture);
      }
      this.#climb();
    } else if (this.#done.length === this.#waiting.length) this.#climb();
    const next = this.#waiting[this.#done.length];
    return next && promotion(this.#space, this.#ladder, next, this.#rung);
  }

  /** What came of it, as trial `trial`. */
  tell({ architecture, fitness, status }: Outcome, trial: number): void {
    this.#done.push({ architecture, trial, fitness, failed: status === 'failed' });
  }

  #climb(): void {
    this.#rung++;
    this.#waiting = bestOf(this.#done, this.#sizes[this.#rung] ?? 0);
    this.#done = [];
  }
}

/** Runs one bracket after the other. */
export class Brackets {
  readonly #next: () => Bracket;
  #bracket: Bracket;
  #trials = 0;

  constructor(next: () => Bracket) {
    this.#next = next;
    this.#bracket = next();
  }

  ask(): Proposal | undefined {
    const proposal = this.#bracket.ask();
    if (proposal !== undefined) return proposal;
    this.#bracket = this.#next();
    return this.#bracket.ask();
  }

  tell(outcome: Outcome): void {
    this.#bracket.tell(outcome, this.#trials++);
  }
}
