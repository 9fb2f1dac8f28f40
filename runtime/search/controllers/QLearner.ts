/** Makes architectures by a table of values, and learns the values from a memory of what came of them. */
import { present } from '../../../util/invariant.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';
import type { Outcome } from '../strategy.ts';
import { epsilonAt } from './epsilon.ts';
import { type Experience, greedy, learn, type QOptions, QTable } from './QTable.ts';
import { Replay } from './Replay.ts';

/** Architectures that are made in search of one that is a member and was not tried. */
const attemptLimit = 100;

export interface QLearnerOptions extends QOptions {
  /** Share by which a value moves at an update. */
  readonly alpha: number;
  /** How much the value of the next decision counts. */
  readonly gamma: number;
  /** Trials that are learned from after each trial. */
  readonly replay: number;
  /** Different architectures over which the schedule of random answers is stretched. */
  readonly networks: number;
}

export class QLearner {
  readonly table: QTable;
  readonly memory: Replay = new Replay();
  readonly #space: StrategySpace;
  readonly #options: QLearnerOptions;
  readonly #random: Random;

  constructor(space: StrategySpace, options: QLearnerOptions, random: Random) {
    this.#space = space;
    this.#options = options;
    this.#random = random;
    this.table = new QTable(options);
  }

  /** Answers every decision: at random this often, else with what has the largest value, one of them where several have it. */
  make(epsilon: number): Experience {
    const random = this.#random;
    return this.table.walk(this.#space.members.ways, ({ options, values }) =>
      random.next() < epsilon ? random.below(options.length) : random.pick(greedy(values)),
    );
  }

  /**
   * A member that was not tried before. Of those that were, what came of them counts once more, and they are learned from.
   * Where that finds none, the last member that it came by, or one drawn uniformly; undefined where there is none.
   */
  propose(): Experience | undefined {
    const { networks } = this.#options;
    let last: Experience | undefined;
    for (let attempt = 0; attempt < attemptLimit; attempt++) {
      const made = this.make(epsilonAt(this.memory.different, networks));
      if (!this.#isMember(made)) continue;
      if (!this.memory.again(made)) return made;
      last = made;
      this.#replay();
    }
    return last ?? this.#drawn();
  }

  /** What came of a trial. */
  tell(made: Experience, outcome: Outcome): void {
    this.memory.add(made, outcome);
    this.#replay();
  }

  #replay(): void {
    for (let turn = 0; turn < this.#options.replay; turn++) {
      const drawn = this.memory.draw(this.#random);
      if (drawn) learn(drawn.experience, drawn.reward, this.#options);
    }
  }

  #isMember({ choices }: Experience): boolean {
    const { members, space } = this.#space;
    return members.allowed === members.ways.total || members.contains({ space: space.name, choices });
  }

  #drawn(): Experience | undefined {
    const { members } = this.#space;
    const { architecture } = members.sample(this.#random);
    if (!architecture) return undefined;
    return this.table.walk(members.ways, ({ options }, decision) =>
      options.indexOf(present(architecture.choices[decision], 'an answer')),
    );
  }
}
