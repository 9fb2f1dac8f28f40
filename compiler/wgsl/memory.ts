/**
 * Places scratch tensors: two may share memory when no dispatch runs between the first use of one and the
 * last use of the other.
 *
 * WebGPU lets a dispatch write a buffer or read it, not both, whatever the ranges. So scratch memory is
 * several buffers ("arenas"): tensors that meet in one instance of a dispatch, one read and one written, are given
 * different colours, and each colour has arenas of its own. What is bound to one binding by the instances of a dispatch
 * should have one colour, since they can only run at once if it lies in one buffer: it gets one where that is possible.
 */
import { InvariantError } from '../../util/invariant.ts';
import { ALIGNMENT, roundUp } from './layout.ts';

/** A tensor without a place. */
export interface ScratchTensor {
  readonly id: number;
  readonly bytes: number;
}

/** The scratch tensors that an instance of a dispatch reads and writes, in the order of its bindings. */
export interface ScratchUse {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Where a scratch tensor lies. */
export interface ScratchPlace {
  readonly arena: number;
  readonly offset: number;
}

export interface ScratchMemory {
  readonly places: ReadonlyMap<number, ScratchPlace>;
  /** Bytes of each arena. */
  readonly arenas: readonly number[];
}

interface Lifetime {
  readonly id: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  readonly colour: number;
  /** Where it lies in its arena, once it has a place. */
  offset: number;
}

/** Gives every scratch tensor a place; `uses` are those of all instances that run at once. No arena is larger than `limit`. */
export function placeScratch(
  tensors: readonly ScratchTensor[],
  uses: readonly (readonly ScratchUse[])[],
  limit: number,
): ScratchMemory {
  const lifetimes = lifetimesOf(tensors, uses);
  // Largest first: small tensors then fill the gaps (Pisarchyk & Lee 2020, "greedy by size").
  lifetimes.sort((a, b) => b.bytes - a.bytes || a.id - b.id);
  const arenas: { readonly colour: number; bytes: number; readonly placed: Lifetime[] }[] = [];
  const places = new Map<number, ScratchPlace>();
  for (const tensor of lifetimes) {
    let done = false;
    for (let arena = 0; !done; arena += 1) {
      const candidate = arenas[arena] ?? { colour: tensor.colour, bytes: 0, placed: [] };
      if (arena === arenas.length) arenas.push(candidate);
      if (candidate.colour !== tensor.colour) continue;
      const offset = lowestGap(tensor, candidate.placed);
      const end = roundUp(offset + tensor.bytes, ALIGNMENT);
      if (end > limit && candidate.placed.length > 0) continue;
      candidate.bytes = Math.max(candidate.bytes, end);
      tensor.offset = offset;
      insert(candidate.placed, tensor);
      places.set(tensor.id, { arena, offset });
      done = true;
    }
  }
  return { places, arenas: arenas.map((arena) => arena.bytes) };
}

/** The lowest offset at which a tensor meets nobody who lives at the same time; `placed` is in the order of offsets. */
function lowestGap(tensor: Lifetime, placed: readonly Lifetime[]): number {
  let offset = 0;
  for (const other of placed) {
    if (other.last < tensor.first || tensor.last < other.first) continue;
    if (offset + tensor.bytes <= other.offset) break;
    offset = Math.max(offset, roundUp(other.offset + other.bytes, ALIGNMENT));
  }
  return offset;
}

/** Adds a tensor in the order of offsets. */
function insert(placed: Lifetime[], tensor: Lifetime): void {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed[middle]?.offset ?? 0) <= tensor.offset) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, tensor);
}

/** A number for each tensor, by its id. */
type Numbers = Int32Array;

function lifetimesOf(
  tensors: readonly ScratchTensor[],
  uses: readonly (readonly ScratchUse[])[],
): Lifetime[] {
  const size = tensors.reduce((most, { id }) => Math.max(most, id + 1), 0);
  const { firsts, lasts } = spansOf(size, uses);
  const opposed = oppositions(size, uses);
  const peers = peersOf(size, uses);
  const colours: Numbers = new Int32Array(size).fill(-1);
  const wanted: Numbers = new Int32Array(size).fill(-1);
  return tensors.map(({ id, bytes }) => {
    const opponents = opposed[id] ?? [];
    const isTaken = (one: number): boolean => opponents.some((other) => colours[other] === one);
    const peer = peers(id);
    let colour = Math.max(0, wanted[peer] ?? 0);
    if (isTaken(colour)) colour = 0;
    while (isTaken(colour)) colour += 1;
    colours[id] = colour;
    if (wanted[peer] === -1) wanted[peer] = colour;
    const [first = -1, last = -1] = [firsts[id], lasts[id]];
    if (first === -1) throw new InvariantError(`memory plan: scratch ${id} is never used`);
    return { id, bytes, first, last, colour, offset: 0 };
  });
}

/** First and last use of each tensor. */
function spansOf(
  size: number,
  uses: readonly (readonly ScratchUse[])[],
): { readonly firsts: Numbers; readonly lasts: Numbers } {
  const firsts = new Int32Array(size).fill(-1);
  const lasts = new Int32Array(size).fill(-1);
  uses.forEach((instances, at) => {
    for (const { writes } of instances) {
      for (const id of writes) {
        if (firsts[id] === -1) firsts[id] = at;
        lasts[id] = at;
      }
    }
    for (const { reads } of instances) {
      for (const id of reads) {
        if (firsts[id] === -1) {
          throw new InvariantError(`memory plan: scratch ${id} is read before it is written`);
        }
        lasts[id] = at;
      }
    }
  });
  return { firsts, lasts };
}

/** The tensors that must not lie in the arena of each, some of them more than once: it is read where they are written. */
function oppositions(
  size: number,
  uses: readonly (readonly ScratchUse[])[],
): readonly (readonly number[] | undefined)[] {
  const opposed = Array.from<number[] | undefined>({ length: size });
  const add = (one: number, other: number): void => {
    const known = opposed[one];
    if (known) known.push(other);
    else opposed[one] = [other];
  };
  for (const instances of uses) {
    for (const { reads, writes } of instances) {
      for (const read of reads) {
        for (const write of writes) {
          if (read === write) {
            throw new InvariantError(`memory plan: scratch ${read} is read and written at once`);
          }
          add(read, write);
          add(write, read);
        }
      }
    }
  }
  return opposed;
}

/** Tells the set of a tensor: those that stand at one binding of some dispatch are in one. */
function peersOf(size: number, uses: readonly (readonly ScratchUse[])[]): (id: number) => number {
  const above: Numbers = Int32Array.from({ length: size }, (_, id) => id);
  const find = (id: number): number => {
    let root = id;
    for (let next = above[root]; next !== undefined && next !== root; next = above[root]) root = next;
    above[id] = root;
    return root;
  };
  const join = (one: readonly number[], other: readonly number[]): void => {
    one.forEach((id, k) => {
      const peer = other[k];
      if (peer !== undefined) above[find(peer)] = find(id);
    });
  };
  for (const [first, ...others] of uses) {
    if (!first) continue;
    for (const other of others) {
      join(first.reads, other.reads);
      join(first.writes, other.writes);
    }
  }
  return find;
}
