/**
 * A layered automaton over decisions in text order: the ways from its first state to its end are the architectures, or the
 * part of them that it was built for. Each state knows how many ways lead on from it, so that a rank is found, and the
 * architecture at a rank, in one walk.
 */
import { invariant, present } from '../../../util/invariant.ts';
import type { DecisionId } from '../space.ts';

/** The states in which one decision is about to be made. */
export interface Layer {
  readonly decision: DecisionId;
  /** Number of options. */
  readonly width: number;
  /** Entries of `next` for each state: `width`, or 1 where all options of every state lead to the same. */
  readonly columns: number;
  /** For each state, whether the decision exists there. */
  readonly exists: Uint8Array;
  /** For each state and column, the state of the next layer; -1 where no way leads on. Where it does not exist, column 0. */
  readonly next: Int32Array;
}

/** Counted ways through layers of states. State 0 of the first layer is the beginning. */
export class Automaton {
  readonly layers: readonly Layer[];
  /** Number of ways from the beginning to the end. */
  readonly total: bigint;
  /** For each layer and state, the ways from there; one more layer for the end. */
  readonly #ways: readonly (readonly bigint[])[];
  readonly #decisions: number;

  /** `decisions` is the number of decisions of the whole space; those without a layer are left unanswered. */
  constructor(layers: readonly Layer[], decisions: number, empty: boolean = false) {
    this.layers = layers;
    this.#decisions = decisions;
    this.#ways = waysOf(layers);
    this.total = empty ? 0n : present(this.#ways[0]?.[0] ?? 0n, 'the first state');
  }

  /** Ways from a state to the end. */
  ways(layer: number, state: number): bigint {
    return present(this.#ways[layer], 'a layer of the automaton')[state] ?? 0n;
  }

  /** Whether the layer's decision exists in this state. */
  exists(layer: number, state: number): boolean {
    return this.layers[layer]?.exists[state] === 1;
  }

  /** The state after `option` (-1 where the decision does not exist); undefined where that leads nowhere. */
  step(layer: number, state: number, option: number): number | undefined {
    const { exists, next, columns, width } = present(this.layers[layer], 'a layer of the automaton');
    if (exists[state] !== 1 ? option !== -1 : !Number.isInteger(option) || option < 0 || option >= width) {
      return undefined;
    }
    const after = next[state * columns + (columns === 1 || option < 0 ? 0 : option)] ?? -1;
    return after < 0 || this.ways(layer + 1, after) === 0n ? undefined : after;
  }

  /** The answers at `rank`, counted from 0 in text order: the first decision is the most significant. */
  unrank(rank: bigint): readonly number[] {
    invariant(rank >= 0n && rank < this.total, `rank ${rank} is outside of the space`);
    const choices = this.#unanswered();
    let rest = rank;
    let state = 0;
    this.layers.forEach(({ decision, exists, next, columns }, layer) => {
      const after = present(this.#ways[layer + 1], 'a layer of the automaton');
      if (exists[state] !== 1) {
        state = next[state * columns] ?? -1;
        return;
      }
      let option = 0;
      if (columns === 1) {
        const target = next[state] ?? -1;
        const each = after[target] ?? 0n;
        option = Number(rest / each);
        rest %= each;
        state = target;
      } else {
        for (; ; option++) {
          const target = next[state * columns + option] ?? -1;
          const ways = target < 0 ? 0n : (after[target] ?? 0n);
          if (rest >= ways) {
            rest -= ways;
            continue;
          }
          state = target;
          break;
        }
      }
      choices[decision] = option;
    });
    return choices;
  }

  /** The inverse of {@link unrank}; undefined when the answers are no way through the automaton. */
  rank(choices: readonly number[]): bigint | undefined {
    if (this.total === 0n || choices.length !== this.#decisions) return undefined;
    let rank = 0n;
    let state = 0;
    for (const [layer, { decision, exists, next, columns }] of this.layers.entries()) {
      const option = choices[decision] ?? -1;
      const after = this.step(layer, state, option);
      if (after === undefined) return undefined;
      if (exists[state] === 1) {
        if (columns === 1) rank += BigInt(option) * this.ways(layer + 1, after);
        else {
          for (let o = 0; o < option; o++) {
            const target = next[state * columns + o] ?? -1;
            if (target >= 0) rank += this.ways(layer + 1, target);
          }
        }
      }
      state = after;
    }
    return rank;
  }

  /** Whether the answers are a way through the automaton. */
  contains(choices: readonly number[]): boolean {
    if (this.total === 0n || choices.length !== this.#decisions) return false;
    let state = 0;
    return this.layers.every(({ decision }, layer) => {
      const after = this.step(layer, state, choices[decision] ?? -1);
      if (after === undefined) return false;
      state = after;
      return true;
    });
  }

  /** All answers in order of rank, from a rank on. The array is one and the same, changed from turn to turn. */
  *walk(from: bigint = 0n): Generator<readonly number[]> {
    if (from >= this.total) return;
    const { layers } = this;
    const choices = [...this.unrank(from)];
    const states = new Int32Array(layers.length + 1);
    const next = layers.map(() => -2); // the option to try next; -2 where the layer has just been entered
    layers.forEach(({ decision }, i) => {
      const option = choices[decision] ?? -1;
      states[i + 1] = present(this.step(i, states[i] ?? 0, option), 'a state on the way');
      next[i] = option + 1;
    });
    let layer = layers.length;
    while (layer >= 0) {
      const current = layers[layer];
      if (!current) {
        yield choices;
        layer--;
        continue;
      }
      const state = states[layer] ?? 0;
      const exists = current.exists[state] === 1;
      let option = next[layer] ?? -2;
      if (option === -2) option = exists ? 0 : -1;
      const last = exists ? current.width : 0;
      let after: number | undefined;
      while (option < last && (after = this.step(layer, state, option)) === undefined) option++;
      if (after === undefined) {
        choices[current.decision] = -1;
        next[layer] = -2;
        layer--;
        continue;
      }
      choices[current.decision] = option;
      next[layer] = exists ? option + 1 : 0;
      states[layer + 1] = after;
      layer++;
    }
  }

  #unanswered(): number[] {
    return Array.from({ length: this.#decisions }, () => -1);
  }
}

function waysOf(layers: readonly Layer[]): readonly (readonly bigint[])[] {
  let after: readonly bigint[] = endWays(layers.at(-1));
  const all = [after];
  for (const { exists, next, columns, width } of layers.toReversed()) {
    const ways: bigint[] = [];
    exists.forEach((there, state) => {
      let sum = 0n;
      const count = there ? columns : 1;
      for (let column = 0; column < count; column++) {
        const target = next[state * columns + column] ?? -1;
        if (target >= 0) sum += after[target] ?? 0n;
      }
      ways.push(there && columns === 1 ? sum * BigInt(width) : sum);
    });
    all.push(ways);
    after = ways;
  }
  return all.reverse();
}

/** Every state after the last decision is an end. */
function endWays(last: Layer | undefined): readonly bigint[] {
  const states = last ? last.next.reduce((most, state) => Math.max(most, state), -1) + 1 : 1;
  return Array.from({ length: Math.max(states, 1) }, () => 1n);
}
