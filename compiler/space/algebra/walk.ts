/** Answering decisions one after another, in text order, such that a member can always be reached. */
import { invariant, present } from '../../../util/invariant.ts';
import type { Automaton } from './automaton.ts';
import type { DecisionId } from '../space.ts';

/**
 * A way through the automaton of the members that is made step by step: for policies, which choose an answer knowing
 * those before it. Only decisions that exist are asked, and only options from which a way leads on are offered. Where
 * requirements are asked of each architecture (see `membersOf`), what it ends at may still be none: ask `contains`.
 */
export class Walk {
  readonly #ways: Automaton;
  readonly #choices: number[] = [];
  #layer = 0;
  #state = 0;

  constructor(ways: Automaton) {
    invariant(ways.total > 0n, 'walk: there is no way');
    this.#ways = ways;
    this.#skip();
  }

  /** The decision to be answered; undefined at the end. */
  get decision(): DecisionId | undefined {
    return this.#ways.layers[this.#layer]?.decision;
  }

  /** The options that may be taken, in order; at least one where a decision is left. */
  options(): readonly number[] {
    const width = this.#ways.layers[this.#layer]?.width ?? 0;
    const options: number[] = [];
    for (let option = 0; option < width; option++)
      if (this.#after(option) !== undefined) options.push(option);
    return options;
  }

  /** How many ways lead on after an option, as a share of all that lead on from here. */
  share(option: number): number {
    const after = this.#after(option);
    if (after === undefined) return 0;
    return ratio(this.#ways.ways(this.#layer + 1, after), this.#ways.ways(this.#layer, this.#state));
  }

  /** Answers the decision. */
  take(option: number): void {
    const decision = present(this.decision, 'a decision that is left to answer');
    const after = this.#after(option);
    invariant(after !== undefined, `walk: no way leads on from option ${option} of decision ${decision}`);
    this.#choices[decision] = option;
    this.#state = after;
    this.#layer++;
    this.#skip();
  }

  /** The answers so far, of those that have been passed; all of them at the end. */
  get choices(): readonly number[] {
    return this.#choices;
  }

  #after(option: number): number | undefined {
    return this.#ways.step(this.#layer, this.#state, option);
  }

  /** Passes decisions that do not exist. */
  #skip(): void {
    for (;;) {
      const layer = this.#ways.layers[this.#layer];
      if (layer === undefined || this.#ways.exists(this.#layer, this.#state)) return;
      this.#choices[layer.decision] = -1;
      this.#state = present(this.#after(-1), 'a way that leads on');
      this.#layer++;
    }
  }
}

/** The quotient of two large numbers to about 15 digits. */
function ratio(part: bigint, whole: bigint): number {
  const scale = 1_000_000_000_000_000n;
  return Number((part * scale) / whole) / Number(scale);
}
