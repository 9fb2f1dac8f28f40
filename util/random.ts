/**
 * Counter-based randomness: every number is a pure function of (seed, stream, index), so it does not depend
 * on how many numbers were drawn before, in what order, or by whom.
 *
 * The bits come from Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as
 * 1, 2, 3", section 3.2): the seed is its key, (index, stream) its counter. Seeds, streams and indices are
 * whole numbers from 0 to 2^53 - 1; a stream is usually the hash of a name.
 */
import { invariant } from './invariant.ts';
import { assembledBlocks, MOST_BLOCKS, type MakeBlocks } from './philoxBlocks.ts';

/** Four 32-bit words, each from 0 to 2^32 - 1. */
export type Words = readonly [number, number, number, number];

/** Where the block function leaves its four words: numbers are drawn by the million. */
const drawn = new Uint32Array(4);

/** The high 32 bits of the product of two 32-bit words, the second as its 16-bit halves. Signs do not matter to any bit. */
function multiplyHigh(a: number, bHigh: number, bLow: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const one = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (one & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (one >>> 16) + (other >>> 16)) | 0;
}

/**
 * The Philox4x32 block function, 10 rounds, from a counter and a key to `drawn`. Its constants are those of the paper's
 * table 2.
 */
function philoxInto(a: number, b: number, c: number, d: number, k: number, l: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(a, 0xd251, 0x1f53);
    const low0 = Math.imul(0xd2511f53, a);
    const high1 = multiplyHigh(c, 0xcd9e, 0x8d57);
    const low1 = Math.imul(0xcd9e8d57, c);
    a = high1 ^ b ^ k;
    b = low1;
    c = high0 ^ d ^ l;
    d = low0;
    k = (k + 0x9e3779b9) | 0;
    l = (l + 0xbb67ae85) | 0;
  }
  drawn[0] = a;
  drawn[1] = b;
  drawn[2] = c;
  drawn[3] = d;
}

/** The Philox4x32 block function, 10 rounds. */
export function philox(counter: Words, [k, l]: readonly [number, number]): Words {
  philoxInto(...counter, k, l);
  const [a = 0, b = 0, c = 0, d = 0] = drawn;
  return [a, b, c, d];
}

function low(n: number): number {
  return n >>> 0;
}

function high(n: number): number {
  return Math.floor(n / 0x100000000);
}

function block(seed: number, stream: number, index: number): Words {
  invariant(
    Number.isSafeInteger(seed) && Number.isSafeInteger(stream) && Number.isSafeInteger(index),
    `random: seed ${seed}, stream ${stream} and index ${index} must be whole numbers`,
  );
  invariant(seed >= 0 && stream >= 0 && index >= 0, 'random: seed, stream and index must not be negative');
  return philox([low(index), high(index), low(stream), high(stream)], [low(seed), high(seed)]);
}

/** A float64 from 0 to below 1 with 53 random bits. */
function fraction(a: number, b: number): number {
  return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 0x20000000000000;
}

/** Evenly distributed from 0 to below 1. */
export function uniformAt(seed: number, stream: number, index: number): number {
  const [a, b] = block(seed, stream, index);
  return fraction(a, b);
}

/** Normally distributed with mean 0 and variance 1, by Box & Muller (1958) in float64. */
export function normalAt(seed: number, stream: number, index: number): number {
  const [a, b, c, d] = block(seed, stream, index);
  return boxMuller(a, b, c, d);
}

function boxMuller(a: number, b: number, c: number, d: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(a, b))); // 1 - u is never 0
  return radius * Math.cos(2 * Math.PI * fraction(c, d));
}

/** Blocks one by one, for machines that have no lanes. */
export function plainBlocks(): MakeBlocks {
  const words = new Uint32Array(MOST_BLOCKS * 4);
  return (first, count, c, d, k, l) => {
    for (let n = 0; n < count; n++) {
      philoxInto((first + n) | 0, 0, c, d, k, l);
      const at = 16 * (n >> 2) + (n & 3);
      for (let w = 0; w < 4; w++) words[at + 4 * w] = drawn[w] ?? 0;
    }
    return words;
  };
}

let makeBlocks: MakeBlocks | undefined;

/** Fills a tensor with `deviation` times what {@link normalAt} gives for each index. */
export function fillNormal(values: Float32Array, deviation: number, seed: number, stream: number): void {
  block(seed, stream, values.length); // refuses what is no number of these
  invariant(values.length <= 2 ** 32, 'random: so many numbers are not drawn at once');
  makeBlocks ??= assembledBlocks() ?? plainBlocks();
  const [c, d, k, l] = [low(stream), high(stream), low(seed), high(seed)];
  for (let first = 0; first < values.length; first += MOST_BLOCKS) {
    const count = Math.min(MOST_BLOCKS, values.length - first);
    const words = makeBlocks(first, count, c, d, k, l);
    for (let n = 0; n < count; n++) {
      const at = 16 * (n >> 2) + (n & 3);
      const normal = boxMuller(words[at] ?? 0, words[at + 4] ?? 0, words[at + 8] ?? 0, words[at + 12] ?? 0);
      values[first + n] = deviation * normal;
    }
  }
}

/** Fills a list with random words of 32 bits, four to each index from 0 on. */
export function fillWords(words: Uint32Array, seed: number, stream: number): void {
  block(seed, stream, words.length); // refuses what is no number of these
  const [c, d, k, l] = [low(stream) | 0, high(stream) | 0, low(seed) | 0, high(seed) | 0];
  for (let at = 0; at < words.length; at += 4) {
    philoxInto(at / 4, 0, c, d, k, l);
    const left = words.length - at;
    for (let i = 0; i < 4 && i < left; i++) words[at + i] = drawn[i] ?? 0;
  }
}

/** The numbers 0 to n - 1 in random order (Fisher & Yates; Knuth, TAOCP 2, algorithm 3.4.2P). */
export function permutation(n: number, seed: number, stream: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor(uniformAt(seed, stream, last) * (last + 1));
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** 32-bit FNV-1a hash (Fowler, Noll & Vo) of the UTF-8 bytes of a text: the stream of a name. */
export function hashString(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The streams' numbers one after another: for code that draws as many as it needs. */
export class Random {
  readonly #seed: number;
  readonly #stream: number;
  #index = 0;

  constructor(seed: number, stream: number = 0) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** Evenly distributed from 0 to below 1. */
  next(): number {
    return uniformAt(this.#seed, this.#stream, this.#index++);
  }

  /** A whole number from 0 to `limit - 1`, each equally likely; `limit` is at least 1 and at most 2^32. */
  below(limit: number): number {
    invariant(Number.isInteger(limit) && limit >= 1 && limit <= 0x100000000, `random: ${limit} is no limit`);
    // The words above the last whole multiple of `limit` would favour small numbers; they are drawn again.
    const words = Math.floor(0x100000000 / limit) * limit;
    for (;;) {
      const [word] = block(this.#seed, this.#stream, this.#index++);
      if (word < words) return word % limit;
    }
  }

  /** A whole number from 0 to `limit - 1` of any size, each equally likely. */
  bigBelow(limit: bigint): bigint {
    invariant(limit >= 1n, `random: ${limit} is no limit`);
    const bits = (limit - 1n).toString(2).length;
    for (;;) {
      let number = 0n;
      for (let filled = 0; filled < bits; filled += 128) {
        for (const word of block(this.#seed, this.#stream, this.#index++)) {
          number = (number << 32n) | BigInt(word);
        }
      }
      number = BigInt.asUintN(bits, number);
      if (number < limit) return number;
    }
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    return list[index] as T; // below the length
  }

  /** The list in random order (Fisher & Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const order = [...list];
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other] as T, order[last] as T]; // both are below the length
    }
    return order;
  }
}
