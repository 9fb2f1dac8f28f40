/**
 * What is remembered of diagrams. Each has a number, which never changes and which no copy of it has; tables find by number
 * what was made and worked out before. All of them are emptied where an elaboration begins.
 */
import { present } from '../../util/invariant.ts';
import type { Open } from './space.ts';

let lastIdentity = 0;
/** The last number before the tables were emptied. */
let firstIdentity = 0;

/** A diagram with its number, which no copy of it has. */
export class Numbered {
  readonly #identity = ++lastIdentity;

  static of(open: object): number | undefined {
    return #identity in open ? open.#identity : undefined;
  }
}

/** The number of a diagram that was made here. */
export function identityOf(open: Open<unknown>): number {
  return present(Numbered.of(open), 'a diagram that is known');
}

const memory: { forget(): void }[] = [];

/** Empties all tables. */
export function forgetAll(): void {
  for (const table of memory) table.forget();
  firstIdentity = lastIdentity;
}

/**
 * What was made lately, by what it is made of: two generations, of which the older is dropped when the younger is full.
 * What was dropped and is made again is another object, which costs work and changes no result.
 */
export class Generations<K, V> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor() {
    memory.push(this);
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= generation) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(key, value);
  }

  forget(): void {
    [this.#old, this.#young] = [new Map(), new Map()];
  }
}

const generation = 250_000;

/** What was worked out for lists of diagrams. */
export class Lists<V> {
  readonly #entries = new Map<number, Entry<V>>();
  size = 0;

  get(list: readonly (Open<unknown> | undefined)[]): { readonly value: V } | undefined {
    let entry = this.#entries.get(hashOf(list));
    while (entry && !sameItems(entry.list, list)) entry = entry.next;
    return entry;
  }

  /** Remembers the value of a list that has none yet. */
  set(list: readonly (Open<unknown> | undefined)[], value: V): void {
    const hash = hashOf(list);
    this.#entries.set(hash, { list, value, next: this.#entries.get(hash) });
    this.size++;
  }
}

interface Entry<V> {
  readonly list: readonly (Open<unknown> | undefined)[];
  readonly value: V;
  readonly next: Entry<V> | undefined;
}

/**
 * What was worked out lately for pairs of numbers, of diagrams or others. A place has room for one pair, and a new one takes
 * it: forgetting costs work and changes no result (the computed table of Brace, Rudell & Bryant 1990, section 4).
 */
export class Results<V> {
  readonly #left = new Float64Array(places).fill(-1);
  readonly #right = new Float64Array(places);
  #values: (V | undefined)[] = [];

  constructor() {
    memory.push(this);
  }

  get(left: number, right: number): { readonly value: V } | undefined {
    const at = place(left, right);
    return this.#left[at] === left && this.#right[at] === right
      ? { value: this.#values[at] as V }
      : undefined;
  }

  set(left: number, right: number, value: V): void {
    const at = place(left, right);
    this.#left[at] = left;
    this.#right[at] = right;
    this.#values[at] = value;
  }

  forget(): void {
    this.#left.fill(-1);
    this.#values = [];
  }
}

const places = 2 ** 17;

function place(left: number, right: number): number {
  return mix(mix(0, left - firstIdentity), right - firstIdentity) & (places - 1);
}

/** A number of 32 bits that depends on both. */
export function mix(hash: number, number: number): number {
  const mixed = Math.imul(hash ^ number, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function hashOf(list: readonly (Open<unknown> | undefined)[]): number {
  let hash = 0;
  for (const open of list) hash = mix(hash, open ? identityOf(open) : 0);
  return hash;
}

/** Whether two lists hold the same objects. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
