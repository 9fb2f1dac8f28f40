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
  const predecessors = predecessorsOf(dispatches);
  const depths: number[] = [];
  const followers: number[][] = dispatches.map(() => []);
  const missing: number[] = [];
  predecessors.forEach((before, i) => {
    let depth = 0;
    for (const j of before) {
      depth = Math.max(depth, (depths[j] ?? 0) + 1);
      followers[j]?.push(i);
    }
    depths.push(depth);
    missing.push(before.length);
  });
  const waiting = new Set<number>();
  // What waits for nothing, such as turned weights, need not lie about until it is read; nor what is computed again.
  for (let i = dispatches.length - 1; i >= 0; i -= 1) {
    const waits = missing[i] === 0 || dispatches[i]?.late === true;
    const readers = followers[i] ?? [];
    if (!waits || readers.length === 0) continue;
    depths[i] = Math.min(...readers.map((follower) => depths[follower] ?? 0)) - 1;
    waiting.add(i);
  }
  const agenda = new Agenda(dispatches, depths, waiting);
  missing.forEach((count, i) => {
    if (count === 0) agenda.add(i);
  });
  const groups: (readonly number[])[] = [];
  for (let group = agenda.take(); group; group = agenda.take()) {
    groups.push(group);
    for (const i of group) {
      for (const follower of followers[i] ?? []) {
        const left = (missing[follower] ?? 0) - 1;
        missing[follower] = left;
        if (left === 0) agenda.add(follower);
      }
    }
  }
  return groups;
}

/** Dispatches that may run, by signature. */
class Agenda {
  readonly #dispatches: readonly Mergeable[];
  readonly #depths: readonly number[];
  readonly #waiting: ReadonlySet<number>;
  readonly #ready = new Map<string, number[]>();
  readonly #heap = new Heap<Entry>((a, b) => a.depth - b.depth || a.first - b.first);

  /** `waiting` ones go with those of their depth alone: they could run earlier, and should not. */
  constructor(dispatches: readonly Mergeable[], depths: readonly number[], waiting: ReadonlySet<number>) {
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

/** Who has touched a stretch of memory. */
interface Touched {
  readonly begin: number;
  readonly end: number;
  writer: number | undefined;
  readers: number[];
}

/**
 * For each dispatch the earlier ones that it must follow: the last that wrote what it reads, and all that used what
 * it writes since then.
 */
function predecessorsOf(dispatches: readonly Mergeable[]): readonly (readonly number[])[] {
  const memory = new Map<Access['of'], Touched[]>();
  return dispatches.map(({ accesses }, i) => {
    const before = new Set<number>();
    for (const { of, begin, end, writes } of accesses) {
      let stretches = memory.get(of);
      if (!stretches) memory.set(of, (stretches = []));
      let own: Touched | undefined;
      for (const stretch of stretches) {
        if (stretch.end <= begin || end <= stretch.begin) continue;
        if (stretch.writer !== undefined) before.add(stretch.writer);
        if (writes) for (const reader of stretch.readers) before.add(reader);
        if (stretch.begin === begin && stretch.end === end) own = stretch;
      }
      if (!own) {
        own = { begin, end, writer: undefined, readers: [] };
        stretches.push(own);
      }
      if (writes) {
        own.writer = i;
        own.readers = [];
      } else own.readers.push(i);
    }
    before.delete(i);
    return [...before];
  });
}
