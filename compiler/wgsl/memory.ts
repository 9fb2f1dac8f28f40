/**
 * Places scratch tensors: two may share memory when no dispatch runs between the first use of one and the
 * last use of the other.
 *
 * WebGPU lets a dispatch write a buffer or read it, not both, whatever the ranges. So scratch memory is
 * several buffers ("arenas"): tensors that meet in one instance of a dispatch, one read and one written, are given
 * different colours, and each colour has arenas of its own. What is bound to one binding by the instances of a dispatch
 * should have one colour, since they can only run at once if it lies in one buffer: it gets one where that is possible.
 */
import { InvariantError, present } from '../../util/invariant.ts';
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
}

/** Gives every scratch tensor a place; `uses` are those of all instances that run at once. No arena is larger than `limit`. */
export function placeScratch(
  tensors: readonly ScratchTensor[],
  uses: readonly (readonly ScratchUse[])[],
  limit: number,
): ScratchMemory {
  const lifetimes = [...lifetimesOf(tensors, uses)];
  // Largest first: small tensors then fill the gaps (Pisarchyk & Lee 2020, "greedy by size").
  lifetimes.sort((a, b) => b.bytes - a.bytes || a.id - b.id);
  const arenas: { readonly colour: number; bytes: number; readonly placed: (Lifetime & ScratchPlace)[] }[] =
    [];
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
      const { id, bytes, first, last, colour } = tensor;
      insert(candidate.placed, { id, bytes, first, last, colour, arena, offset });
      places.set(tensor.id, { arena, offset });
      done = true;
    }
  }
  return { places, arenas: arenas.map((arena) => arena.bytes) };
}

/** The lowest offset at which a tensor meets nobody who lives at the same time; `placed` is in the order of offsets. */
function lowestGap(tensor: Lifetime, placed: readonly (Lifetime & ScratchPlace)[]): number {
  let offset = 0;
  for (const other of placed) {
    if (other.last < tensor.first || tensor.last < other.first) continue;
    if (offset + tensor.bytes <= other.offset) break;
    offset = Math.max(offset, roundUp(other.offset + other.bytes, ALIGNMENT));
  }
  return offset;
}

/** Adds a tensor in the order of offsets. */
function insert(placed: (Lifetime & ScratchPlace)[], tensor: Lifetime & ScratchPlace): void {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed[middle]?.offset ?? 0) <= tensor.offset) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, tensor);
}

function* lifetimesOf(
  tensors: readonly ScratchTensor[],
  uses: readonly (readonly ScratchUse[])[],
): Generator<Lifetime> {
  const spans = spansOf(uses);
  const opposed = oppositions(uses);
  const peers = peersOf(tensors, uses);
  const colours = new Map<number, number>();
  const wanted = new Map<number, number>();
  for (const { id, bytes } of tensors) {
    const opponents = opposed.get(id) ?? [];
    const isTaken = (one: number): boolean => opponents.some((other) => colours.get(other) === one);
    const peer = peers(id);
    let colour = wanted.get(peer) ?? 0;
    if (isTaken(colour)) colour = 0;
    while (isTaken(colour)) colour += 1;
    colours.set(id, colour);
    if (!wanted.has(peer)) wanted.set(peer, colour);
    const { first, last } = present(spans.get(id), 'the use of scratch', id);
    yield { id, bytes, first, last, colour };
  }
}

/** First and last use of each tensor. */
function spansOf(
  uses: readonly (readonly ScratchUse[])[],
): ReadonlyMap<number, { readonly first: number; readonly last: number }> {
  const spans = new Map<number, { first: number; last: number }>();
  uses.forEach((instances, at) => {
    for (const { writes } of instances) {
      for (const id of writes) {
        const span = spans.get(id);
        if (span) span.last = at;
        else spans.set(id, { first: at, last: at });
      }
    }
    for (const { reads } of instances) {
      for (const id of reads) {
        const span = spans.get(id);
        if (!span) throw new InvariantError(`memory plan: scratch ${id} is read before it is written`);
        span.last = at;
      }
    }
  });
  return spans;
}

/** The tensors that must not lie in the arena of each, some of them more than once: it is read where they are written. */
function oppositions(uses: readonly (readonly ScratchUse[])[]): ReadonlyMap<number, readonly number[]> {
  const opposed = new Map<number, number[]>();
  const add = (one: number, other: number): void => {
    const known = opposed.get(one);
    if (known) known.push(other);
    else opposed.set(one, [other]);
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
function peersOf(
  tensors: readonly ScratchTensor[],
  uses: readonly (readonly ScratchUse[])[],
): (id: number) => number {
  const above = new Map<number, number>(tensors.map(({ id }) => [id, id]));
  const find = (id: number): number => {
    let root = id;
    for (let next = above.get(root); next !== undefined && next !== root; next = above.get(root)) root = next;
    above.set(id, root);
    return root;
  };
  const join = (one: readonly number[], other: readonly number[]): void => {
    one.forEach((id, k) => {
      const peer = other[k];
      if (peer !== undefined) above.set(find(peer), find(id));
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
