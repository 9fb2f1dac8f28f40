/**
 * ASHA (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht & Talwalkar 2020, "A system for massively parallel
 * hyperparameter tuning", algorithm 2): successive halving that waits for no rung to be full. Whoever is among the best
 * `1 / eta` of a rung is trained on at once; where nobody is, another architecture begins.
 */
import { diagnose } from '../../../grammar/diagnostics.ts';
import type { Random } from '../../../util/random.ts';
import { drawMember } from '../proposals/propose.ts';
import { bestOf, entry, promotion, type Climber, type Ladder } from '../halving/rungs.ts';
import { streamOf } from '../seeds.ts';
import type { Outcome, Proposal, Strategy, StrategyKind, StrategyTask } from '../strategy.ts';
import { ladderArguments, ladderOf } from './successiveHalving.ts';

export const asha: StrategyKind = {
  doc: 'ASHA: whoever is among the best of its rung is trained on at once, and where nobody is, another architecture begins.',
  arguments: ladderArguments(4),
  inherits: true,
  warnings(args, trials) {
    const { eta, halvings } = ladderOf(args);
    // The first to reach the top needs eta beside it on the rung below, and each of these as many.
    const needed = Array.from({ length: halvings + 1 }, (_, rung) => eta ** rung).reduce((a, b) => a + b, 0);
    if (trials === undefined || trials >= needed) return [];
    const reason = `it takes ${needed} until the first architecture has had all of its epochs, and there are ${trials}`;
    const hint = 'give it fewer `halvings`, or more trials';
    return [diagnose('scheduleTooLong', { strategy: 'asha', reason }, { hint })];
  },
  create: (args, task) => new Asha(task, ladderOf(args)),
};

class Asha implements Strategy {
  readonly #space: StrategyTask['space'];
  readonly #random: Random;
  readonly #ladder: Ladder;
  /** What is done, by rung. */
  readonly #rungs: Climber[][];
  /** Trials from which the next rung has been entered. */
  readonly #promoted = new Set<number>();
  /** The rung of the proposal that is out. */
  #rung = 0;
  #trials = 0;

  constructor({ space, key }: StrategyTask, ladder: Ladder) {
    this.#space = space;
    this.#random = streamOf(key, 'draws');
    this.#ladder = ladder;
    this.#rungs = Array.from({ length: ladder.halvings + 1 }, () => []);
  }

  ask(): Proposal | undefined {
    for (let rung = this.#ladder.halvings; rung > 0; rung--) {
      const below = this.#rungs[rung - 1] ?? [];
      const best = bestOf(below, Math.floor(below.length / this.#ladder.eta));
      const next = best.find(({ trial }) => !this.#promoted.has(trial));
      if (next === undefined) continue;
      this.#promoted.add(next.trial);
      this.#rung = rung;
      return promotion(this.#space, this.#ladder, next, rung);
    }
    this.#rung = 0;
    const architecture = drawMember(this.#space, this.#random);
    return architecture && entry(this.#space, this.#ladder, architecture);
  }

  tell({ architecture, fitness, status }: Outcome): void {
    const trial = this.#trials++;
    this.#rungs[this.#rung]?.push({ architecture, trial, fitness, failed: status === 'failed' });
  }
}
