/**
 * The numbers 0 to n - 1 in random order without a list of them: Fisher & Yates' shuffle in which only the
 * places that differ from the identity are kept. Memory grows with the draws, not with n.
 */
import { philox } from '../../util/random.ts';
import type { Key } from './seeds.ts';

/** Draws without repetition; every order of the `size` numbers is equally likely. */
export class Shuffle {
  readonly size: bigint;
  readonly #key: Key;
  #drawn = 0n;
  /** What stands at the places that an earlier draw has changed, among those not drawn yet. */
  readonly #moved = new Map<bigint, bigint>();

  constructor(size: bigint, key: Key) {
    this.size = size;
    this.#key = key;
  }

  /** The next number; undefined when all `size` have been drawn. */
  next(): bigint | undefined {
    const first = this.#drawn;
    if (first >= this.size) return undefined;
    const place = first + uniformBelow(this.size - first, this.#key, first);
    const number = this.#moved.get(place) ?? place;
    // The number at the first place moves to the place that was drawn; the first place is done with.
    this.#moved.set(place, this.#moved.get(first) ?? first);
    this.#moved.delete(first);
    this.#drawn = first + 1n;
    return number;
  }
}

/**
 * A whole number from 0 to `limit - 1`, each equally likely: as many random bits as `limit` has, drawn again
 * until they are below it (less than twice on average). A pure function of its arguments.
 */
export function uniformBelow(limit: bigint, key: Key, draw: bigint): bigint {
  const bits = (limit - 1n).toString(2).length;
  const counter = BigInt.asUintN(64, draw);
  const low = Number(counter & 0xffffffffn);
  const high = Number(counter >> 32n);
  for (let block = 0; ;) {
    let number = 0n;
    for (let filled = 0; filled < bits; filled += 128) {
      for (const word of philox([low, high, block, 0], key)) number = (number << 32n) | BigInt(word);
      block++;
    }
    number = BigInt.asUintN(bits, number);
    if (number < limit) return number;
  }
}
