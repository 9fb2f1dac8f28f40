/**
 * A table of values of answers (Watkins 1989). A state is a decision, the options that may be taken, and the answers
 * before it that the table is told to remember: what came long before tells states apart only by what may still be taken,
 * as MetaQNN's image-size buckets do.
 */
import type { Automaton } from '../../../compiler/space/algebra/automaton.ts';
import { Walk } from '../../../compiler/space/algebra/walk.ts';
import type { DecisionId } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';

/** The values of all answers of one state. */
export interface QState {
  readonly options: readonly number[];
  /** One for each option. */
  readonly values: number[];
}

/** A decision made in a state. */
export interface Transition {
  readonly state: QState;
  /** Place of the answer among the state's options. */
  readonly taken: number;
}

/** An architecture, as it was made. */
export interface Experience {
  readonly choices: readonly number[];
  readonly transitions: readonly Transition[];
}

export interface QOptions {
  /** Value of answers that were never given. */
  readonly initial: number;
  /** Earlier answers that a state tells apart. */
  readonly memory: number;
}

export class QTable {
  readonly #options: QOptions;
  readonly #states = new Map<string, QState>();

  constructor(options: QOptions) {
    this.#options = options;
  }

  /** All states that were seen. */
  get states(): Iterable<QState> {
    return this.#states.values();
  }

  /** Walks through the decisions; `pick` gives the place of the answer among the state's options. Forced answers are no step. */
  walk(ways: Automaton, pick: (state: QState, decision: DecisionId) => number): Experience {
    const walk = new Walk(ways);
    const given: string[] = [];
    const transitions: Transition[] = [];
    for (let decision = walk.decision; decision !== undefined; decision = walk.decision) {
      const options = walk.options();
      let option = present(options[0], 'an option');
      if (options.length > 1) {
        const state = this.#state(decision, options, given);
        const taken = pick(state, decision);
        option = present(options[taken], 'an option');
        transitions.push({ state, taken });
        given.push(`${decision}=${option}`);
      }
      walk.take(option);
    }
    return { choices: walk.choices, transitions };
  }

  #state(decision: DecisionId, options: readonly number[], given: readonly string[]): QState {
    const { memory, initial } = this.#options;
    const remembered = memory === 0 ? [] : given.slice(-memory);
    const name = `${decision}: ${options.join()}: ${remembered.join()}`;
    const state = this.#states.get(name) ?? { options, values: options.map(() => initial) };
    this.#states.set(name, state);
    return state;
  }
}

/**
 * Moves the values of one architecture's answers towards its reward, the last answer first, so that the reward comes all
 * the way to the first in one go: Q <- Q + alpha (r + gamma max Q' - Q), with r = 0 and the largest value of the next
 * state everywhere but at the last answer, where r is the reward and nothing follows.
 */
export function learn(
  { transitions }: Experience,
  reward: number,
  { alpha, gamma }: { readonly alpha: number; readonly gamma: number },
): void {
  let target = reward;
  for (const { state, taken } of transitions.toReversed()) {
    const value = state.values[taken] ?? NaN;
    state.values[taken] = value + alpha * (target - value);
    target = gamma * Math.max(...state.values);
  }
}

/** The places of the largest values. */
export function greedy(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  return values.flatMap((value, place) => (value === most ? [place] : []));
}
