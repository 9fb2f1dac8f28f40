/** The uniforms of a plan: blocks of constants and tables of where tensors begin. Equal ones stand once. */
import { invariant } from '../../util/invariant.ts';
import { ALIGNMENT, roundUp } from './layout.ts';
import type { PlanInstance } from './plan.ts';
import { rowsOfInstance, TABLE_ROWS } from './source.ts';

/** Bytes of the binding of a block. */
export const BLOCK_BYTES = 512;

/** Bytes of the binding of a table. */
export const TABLE_BYTES: number = TABLE_ROWS * 16;

/** Instances that a dispatch of a kernel with so many storage bindings has room for. */
export function mostInstances(storage: number): number {
  return Math.floor(TABLE_ROWS / rowsOfInstance(storage));
}

/** Words that any place begins at a multiple of. */
const STEP = ALIGNMENT / 4;

/** Words that a binding may see behind its place. */
const LONGEST = Math.max(BLOCK_BYTES, TABLE_BYTES) / 4;

/** Collects blocks and tables, each at a place that a binding may begin at. */
export class Uniforms {
  #words: Uint32Array;
  #length: number;
  /** Places in words by the hash of what stands there, or by the next number that is free. */
  readonly #places = new Map<number, number>();

  /** Those that follow `before`, the finished uniforms of a plan. */
  constructor(before: Uint32Array = new Uint32Array()) {
    this.#length = before.length;
    this.#words = new Uint32Array(before.length + 64 * STEP);
    this.#words.set(before);
  }

  /** The place of a block of constants, in bytes. */
  block(words: readonly number[]): number {
    invariant(words.length * 4 <= BLOCK_BYTES, 'a block has room for its words');
    this.#reserve(words.length);
    this.#words.set(words, this.#length);
    return this.#place(words.length);
  }

  /** The place of the table of some instances, whose ranges begin at multiples of `units`. */
  table(units: readonly number[], instances: readonly PlanInstance[]): number {
    const each = rowsOfInstance(units.length) * 4;
    this.#reserve(instances.length * each);
    let start = this.#length;
    for (const { ranges } of instances) {
      invariant(ranges.length === units.length, 'each binding has a unit');
      for (let k = 0; k < units.length; k++) {
        this.#words[start + k] = (ranges[k]?.offset ?? NaN) / (units[k] ?? NaN);
      }
      start += each;
    }
    return this.#place(instances.length * each);
  }

  /** All words; a binding that begins at any place ends inside. */
  finish(): Uint32Array {
    if (this.#length === 0) return new Uint32Array();
    this.#reserve(LONGEST);
    return this.#words.slice(0, this.#length + LONGEST);
  }

  /** Makes room for so many words, and zeros up to where the next ones would begin. */
  #reserve(count: number): void {
    const needed = this.#length + roundUp(count, STEP);
    if (needed <= this.#words.length) return;
    const words = new Uint32Array(Math.max(needed, 2 * this.#words.length));
    words.set(this.#words.subarray(0, this.#length));
    this.#words = words;
  }

  /** Keeps the `count` words that were written behind the others, unless they stand there already. Gives their place in bytes. */
  #place(count: number): number {
    const words = this.#words;
    const begin = this.#length;
    const end = begin + roundUp(count, STEP);
    let hash = count;
    for (let i = begin; i < begin + count; i++) hash = Math.imul(hash ^ (words[i] ?? 0), 0x01000193);
    for (;;) {
      const known = this.#places.get(hash);
      if (known === undefined) break;
      if (this.#equal(known, begin, end)) {
        words.fill(0, begin, begin + count);
        return known * 4;
      }
      hash = (hash + 1) | 0;
    }
    this.#places.set(hash, begin);
    this.#length = end;
    return begin * 4;
  }

  /** Whether the words from `begin` to `end` stand at `place`, too. */
  #equal(place: number, begin: number, end: number): boolean {
    if (place + end - begin > begin) return false;
    for (let i = begin; i < end; i++) if (this.#words[place + i - begin] !== this.#words[i]) return false;
    return true;
  }
}
