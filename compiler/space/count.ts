/**
 * Counts a space without listing it. The decisions, in text order, are read by an automaton whose state is
 * what later decisions still ask about (their existence reads earlier answers). Each state knows how many
 * completions it has; rank and unrank walk the automaton. The work is linear in decisions times states,
 * not in the number of architectures.
 */
import { diagnose, type Checked } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';
import { evaluateOpen, support } from './open.ts';
import type { DecisionId, Space } from './space.ts';

/** More states than this and counting is refused rather than memory exhausted. */
const stateLimit = 2_000_000;

interface State {
  /** Answers to the live decisions, in order of their ids. */
  readonly answers: readonly number[];
  readonly exists: boolean;
  /** States after this decision: one for all options, or one for each. */
  readonly next: readonly number[];
  /** Number of ways to answer this and all later decisions. */
  total: bigint;
}

/** Decision sequences of a space, `require` ignored. */
export class FreeCount {
  readonly total: bigint;
  readonly #layers: readonly (readonly State[])[];
  readonly #widths: readonly number[];

  constructor(layers: readonly (readonly State[])[], widths: readonly number[]) {
    this.#layers = layers;
    this.#widths = widths;
    this.total = layers[0]?.[0]?.total ?? 1n;
  }

  #state(layer: number, index: number): State {
    return present(this.#layers[layer]?.[index], 'a state of the counting automaton');
  }

  #totalAfter(layer: number, index: number): bigint {
    return layer + 1 < this.#layers.length ? this.#state(layer + 1, index).total : 1n;
  }

  /** The answers at `rank`, counted from 0 in text order: the first decision is the most significant. */
  unrank(rank: bigint): readonly number[] {
    invariant(rank >= 0n && rank < this.total, `rank ${rank} is outside of the space`);
    const choices: number[] = [];
    let rest = rank;
    let index = 0;
    for (let layer = 0; layer < this.#layers.length; layer++) {
      const state = this.#state(layer, index);
      if (!state.exists) {
        choices.push(-1);
        index = state.next[0] ?? 0;
        continue;
      }
      let option = 0;
      if (state.next.length === 1) {
        const each = this.#totalAfter(layer, state.next[0] ?? 0);
        option = Number(rest / each);
        rest %= each;
      } else {
        for (; ; option++) {
          const ways = this.#totalAfter(layer, state.next[option] ?? 0);
          if (rest < ways) break;
          rest -= ways;
        }
      }
      choices.push(option);
      index = state.next[option] ?? state.next[0] ?? 0;
    }
    return choices;
  }

  /** The inverse of {@link unrank}; undefined when the answers are none of this space's. */
  rank(choices: readonly number[]): bigint | undefined {
    if (choices.length !== this.#layers.length) return undefined;
    let rank = 0n;
    let index = 0;
    for (let layer = 0; layer < this.#layers.length; layer++) {
      const state = this.#state(layer, index);
      const option = choices[layer] ?? -1;
      if (!state.exists) {
        if (option !== -1) return undefined;
        index = state.next[0] ?? 0;
        continue;
      }
      if (!Number.isInteger(option) || option < 0 || option >= (this.#widths[layer] ?? 0)) return undefined;
      if (state.next.length === 1) rank += BigInt(option) * this.#totalAfter(layer, state.next[0] ?? 0);
      else for (let o = 0; o < option; o++) rank += this.#totalAfter(layer, state.next[o] ?? 0);
      index = state.next[option] ?? state.next[0] ?? 0;
    }
    return rank;
  }
}

/** Builds the automaton and counts. */
export function countFree(space: Space): Checked<FreeCount> {
  const { decisions } = space;
  const lastReader = new Map<DecisionId, number>();
  for (const decision of decisions) {
    for (const read of support(decision.exists)) lastReader.set(read, decision.id);
  }
  const layers: State[][] = [];
  let states = 0;
  let current: (readonly number[])[] = [[]];
  let live: DecisionId[] = [];
  for (const decision of decisions) {
    const { id } = decision;
    const isRead = (lastReader.get(id) ?? -1) > id;
    const kept = [...live, id].filter((d) => (lastReader.get(d) ?? -1) > id);
    const keys = new Map<string, number>();
    const following: (readonly number[])[] = [];
    const layer = current.map((answers): State => {
      const choices: number[] = [];
      live.forEach((d, i) => (choices[d] = answers[i] ?? -1));
      const exists = evaluateOpen(decision.exists, choices) ?? false;
      const step = (option: number): number => {
        choices[id] = option;
        const after = kept.map((d) => choices[d] ?? -1);
        const key = after.join();
        const known = keys.get(key);
        if (known !== undefined) return known;
        keys.set(key, following.length);
        following.push(after);
        return following.length - 1;
      };
      const next = !exists
        ? [step(-1)]
        : isRead
          ? decision.options.map((_, option) => step(option))
          : [step(0)];
      return { answers, exists, next, total: 0n };
    });
    states += layer.length;
    if (states > stateLimit) {
      return {
        value: undefined,
        diagnostics: [diagnose('limitReached', { what: 'states to count', limit: stateLimit })],
      };
    }
    layers.push(layer);
    [current, live] = [following, kept];
  }
  const widths = decisions.map((d) => d.options.length);
  for (let i = layers.length - 1; i >= 0; i--) {
    const after = (index: number): bigint => (layers[i + 1] ? (layers[i + 1]?.[index]?.total ?? 0n) : 1n);
    for (const state of present(layers[i], 'a layer')) {
      const sum = state.next.reduce((total, index) => total + after(index), 0n);
      state.total = state.exists && state.next.length === 1 ? sum * BigInt(widths[i] ?? 0) : sum;
    }
  }
  return { value: new FreeCount(layers, widths), diagnostics: [] };
}
