/** The uniforms of a plan: blocks of constants and tables of where tensors begin. Equal ones stand once. */
import { invariant, present } from '../../util/invariant.ts';
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

/** Collects blocks and tables, each at a place that a binding may begin at. */
export class Uniforms {
  readonly #words: number[];
  readonly #places = new Map<string, number>();

  /** Those that follow `before`, the finished uniforms of a plan. */
  constructor(before: readonly number[] = []) {
    this.#words = before.slice();
  }

  /** The place of a block of constants, in bytes. */
  block(words: readonly number[]): number {
    invariant(words.length * 4 <= BLOCK_BYTES, `a block of ${words.length} words`);
    return this.#place(words);
  }

  /** The place of the table of some instances, whose ranges begin at multiples of `units`. */
  table(units: readonly number[], instances: readonly PlanInstance[]): number {
    const words: number[] = [];
    for (const { ranges } of instances) {
      const end = words.length + rowsOfInstance(ranges.length) * 4;
      ranges.forEach(({ offset }, k) => words.push(offset / present(units[k], 'the unit of a binding')));
      pad(words, end);
    }
    return this.#place(words);
  }

  /** All words; a binding that begins at any place ends inside. */
  finish(): readonly number[] {
    const longest = Math.max(BLOCK_BYTES, TABLE_BYTES) / 4;
    if (this.#places.size === 0) return [];
    const words = this.#words.slice();
    pad(words, words.length + longest);
    return words;
  }

  #place(words: readonly number[]): number {
    const key = words.join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const offset = this.#words.length * 4;
    this.#places.set(key, offset);
    // One at a time: the arguments of a call are limited.
    for (const word of words) this.#words.push(word);
    pad(this.#words, roundUp(this.#words.length, ALIGNMENT / 4));
    return offset;
  }
}

/** Adds zeros until there are `length` words. */
function pad(words: number[], length: number): void {
  while (words.length < length) words.push(0);
}
