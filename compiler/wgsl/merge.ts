/**
 * Merges independent dispatches of one kernel with equal constants into one dispatch of several instances: what the
 * siblings of a network have in common (the edges that leave a node of a cell, the same step of every edge) runs at
 * once, and costs one dispatch. Every instance computes what it would compute alone, to the last bit.
 *
 * It is list scheduling by signature, as for the batching of dynamic networks (Looks et al. 2017, "Deep Learning with
 * Dynamic Computation Graphs"; Neubig, Goldberg & Dyer 2017, "On-the-fly Operation Batching in Dynamic Computation
 * Graphs"): of the dispatches whose predecessors have all run, that which lies least deep goes next, and with it all of
 * its signature that are ready. What is long anyway should have no signature: it gains nothing.
 */
import { Heap } from '../../util/heap.ts';

/** Memory that a dispatch touches: a range of a buffer, or a scratch tensor as a whole. */
export interface Access {
  /** The buffer, or the scratch tensor. */
  readonly of: number | string;
  readonly begin: number;
  readonly end: number;
  readonly writes: boolean;
}

/** A dispatch as merging sees it. */
export interface Mergeable {
  /** Dispatches with equal signatures can be one; undefined: it stays alone. */
  readonly signature: string | undefined;
  readonly accesses: readonly Access[];
  /** It should wait until what it writes is read. */
  readonly late?: boolean;
}

/** The dispatches in a new order, as groups of what runs at once. */
export function merge(dispatches: readonly Mergeable[]): readonly (readonly number[])[] {
  const count = dispatches.length;
  const before = predecessorsOf(dispatches);
  const after = turned(before, count);
  const depths = new Int32Array(count);
  const missing = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    before.each(i, (j) => {
      depths[i] = Math.max(depths[i] ?? 0, (depths[j] ?? 0) + 1);
      missing[i] = (missing[i] ?? 0) + 1;
    });
  }
  const waiting = new Set<number>();
  // What waits for nothing, such as turned weights, need not lie about until it is read; nor what is computed again.
  for (let i = count - 1; i >= 0; i -= 1) {
    if (missing[i] !== 0 && dispatches[i]?.late !== true) continue;
    let least = Infinity;
    after.each(i, (follower) => {
      least = Math.min(least, depths[follower] ?? 0);
    });
    if (least === Infinity) continue;
    depths[i] = least - 1;
    waiting.add(i);
  }
  const agenda = new Agenda(dispatches, depths, waiting);
  missing.forEach((left, i) => {
    if (left === 0) agenda.add(i);
  });
  const groups: (readonly number[])[] = [];
  for (let group = agenda.take(); group; group = agenda.take()) {
    groups.push(group);
    for (const i of group) {
      after.each(i, (follower) => {
        const left = (missing[follower] ?? 0) - 1;
        missing[follower] = left;
        if (left === 0) agenda.add(follower);
      });
    }
  }
  return groups;
}

/** Dispatches that may run, by signature. */
class Agenda {
  readonly #dispatches: readonly Mergeable[];
  readonly #depths: Int32Array;
  readonly #waiting: ReadonlySet<number>;
  readonly #ready = new Map<string, number[]>();
  readonly #heap = new Heap<Entry>((a, b) => a.depth - b.depth || a.first - b.first);

  /** `waiting` ones go with those of their depth alone: they could run earlier, and should not. */
  constructor(dispatches: readonly Mergeable[], depths: Int32Array, waiting: ReadonlySet<number>) {
    this.#waiting = waiting;
    this.#dispatches = dispatches;
    this.#depths = depths;
  }

  add(i: number): void {
    const signature = this.#dispatches[i]?.signature ?? `alone ${i}`;
    const key = this.#waiting.has(i) ? `${signature} at ${this.#depths[i]}` : signature;
    const ready = this.#ready.get(key);
    if (ready) ready.push(i);
    else this.#ready.set(key, [i]);
    this.#heap.push({ key, depth: this.#depths[i] ?? 0, first: i });
  }

  /** The next group, in the order of the list. */
  take(): readonly number[] | undefined {
    for (let entry = this.#heap.pop(); entry; entry = this.#heap.pop()) {
      const ready = this.#ready.get(entry.key);
      if (!ready) continue; // it went with a group before
      this.#ready.delete(entry.key);
      return ready.sort((a, b) => a - b);
    }
    return undefined;
  }
}

/** A dispatch that may run, unless its signature has been taken since. */
interface Entry {
  readonly key: string;
  readonly depth: number;
  readonly first: number;
}

/** A list of numbers for each number below a count, one list behind the other. */
class ListOfLists {
  readonly #starts: Int32Array;
  readonly #items: ArrayLike<number>;

  /** List `i` begins at `starts[i]`, and the last one ends at the last of them. */
  constructor(starts: Int32Array, items: ArrayLike<number>) {
    this.#starts = starts;
    this.#items = items;
  }

  /** Visits list `i` in order. */
  each(i: number, visit: (item: number) => void): void {
    const end = this.#starts[i + 1] ?? 0;
    for (let at = this.#starts[i] ?? 0; at < end; at++) visit(this.#items[at] ?? NaN);
  }

  get length(): number {
    return this.#items.length;
  }
}

/** For each number the lists that it is in, in order. */
function turned(lists: ListOfLists, count: number): ListOfLists {
  const starts = new Int32Array(count + 1);
  const items = new Int32Array(lists.length);
  for (let i = 0; i < count; i++) lists.each(i, (j) => (starts[j + 1] = (starts[j + 1] ?? 0) + 1));
  for (let j = 0; j < count; j++) starts[j + 1] = (starts[j + 1] ?? 0) + (starts[j] ?? 0);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    lists.each(i, (j) => {
      const at = next[j] ?? 0;
      items[at] = i;
      next[j] = at + 1;
    });
  }
  return new ListOfLists(starts, items);
}

/** Who has touched a stretch of memory. */
interface Touched {
  readonly begin: number;
  readonly end: number;
  writer: number | undefined;
  /** Those who have read it since. */
  readers: number[];
}

const nobody: number[] = [];

/**
 * For each dispatch the earlier ones that it must follow: the last that wrote what it reads, and all that used what
 * it writes since then.
 */
function predecessorsOf(dispatches: readonly Mergeable[]): ListOfLists {
  const memory = new Map<Access['of'], Touched[]>();
  const starts = new Int32Array(dispatches.length + 1);
  const items: number[] = [];
  /** For each dispatch the last one that was found to follow it. */
  const follower = new Int32Array(dispatches.length).fill(-1);
  dispatches.forEach(({ accesses }, i) => {
    const follow = (earlier: number): void => {
      if (earlier === i || follower[earlier] === i) return;
      follower[earlier] = i;
      items.push(earlier);
    };
    for (const { of, begin, end, writes } of accesses) {
      const stretches = memory.get(of);
      let own: Touched | undefined;
      for (const stretch of stretches ?? []) {
        if (stretch.end <= begin || end <= stretch.begin) continue;
        if (stretch.writer !== undefined) follow(stretch.writer);
        if (writes) stretch.readers.forEach(follow);
        if (stretch.begin === begin && stretch.end === end) own = stretch;
      }
      if (!own) {
        own = { begin, end, writer: undefined, readers: nobody };
        if (stretches) stretches.push(own);
        else memory.set(of, [own]);
      }
      if (writes) {
        own.writer = i;
        own.readers = nobody;
      } else if (own.readers === nobody) own.readers = [i];
      else own.readers.push(i);
    }
    starts[i + 1] = items.length;
  });
  return new ListOfLists(starts, items);
}
