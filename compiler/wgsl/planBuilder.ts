/** Collects buffers and dispatches, then merges what may run at once and places scratch memory: the Plan's parts. */
import { present } from '../../util/invariant.ts';
import { ALIGNMENT, roundUp } from './layout.ts';
import { limits } from './limits.ts';
import { placeScratch, type ScratchTensor, type ScratchUse } from './memory.ts';
import { merge, type Access, type Mergeable } from './merge.ts';
import type { BufferRange, PlanBuffer, PlanDispatch, PlanInstance, PlanKernel } from './plan.ts';
import type { Binding, Dispatch } from './rule.ts';
import { MAX_WORKGROUPS } from './grid.ts';
import type { KernelSource } from './source.ts';
import { mostInstances, Uniforms } from './uniforms.ts';

/** Memory that a binding stands for: a range, or a scratch tensor that has no place yet. */
export type Place = BufferRange | ScratchTensor;

/** What a binding is bound to: a place without its first `skip` bytes. */
interface Operand {
  readonly place: Place;
  readonly skip: number;
}

interface Pending {
  readonly label: string;
  readonly late: boolean;
  readonly dispatch: Dispatch;
  readonly kernel: number;
  readonly blockOffset: number;
  readonly operands: readonly Operand[];
}

function isScratch(place: Place): place is ScratchTensor {
  return 'id' in place;
}

/** An arena that grows slot by slot, each aligned for a binding of its own. */
export interface Arena {
  readonly buffer: number;
  readonly take: (bytes: number) => BufferRange;
}

/** The parts of a Plan that the builder makes. */
export interface PlanBody {
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly PlanKernel[];
  readonly uniforms: Uint32Array;
  readonly programs: Readonly<Record<string, readonly PlanDispatch[]>>;
}

/** Builds one program. */
export class PlanBuilder {
  readonly #buffers: { name: string; bytes: number; role: PlanBuffer['role'] }[] = [];
  readonly #scratch: ScratchTensor[] = [];
  readonly #pending: Pending[] = [];
  readonly #kernels = new Map<KernelSource, number>();
  readonly #uniforms = new Uniforms();
  readonly #merges: boolean;

  /** `merges`: whether dispatches that may run at once become one. */
  constructor(merges: boolean) {
    this.#merges = merges;
  }

  /** A buffer of its own. */
  buffer(name: string, bytes: number, role: PlanBuffer['role']): BufferRange {
    const buffer = this.#buffers.push({ name, bytes: roundUp(bytes, 16), role }) - 1;
    return { buffer, offset: 0, bytes };
  }

  /** A buffer that holds several tensors. */
  arena(name: string, role: PlanBuffer['role']): Arena {
    const buffer = this.#buffers.push({ name, bytes: 0, role }) - 1;
    const take = (bytes: number): BufferRange => {
      const held = present(this.#buffers[buffer], name);
      const range = { buffer, offset: held.bytes, bytes };
      held.bytes += roundUp(bytes, ALIGNMENT);
      return range;
    };
    return { buffer, take };
  }

  /** The bytes that an arena holds by now. */
  bytesOf(buffer: number): number {
    return present(this.#buffers[buffer], `buffer ${buffer}`).bytes;
  }

  /** Memory that lives from its first to its last dispatch. */
  scratch(bytes: number): ScratchTensor {
    const tensor = { id: this.#scratch.length, bytes };
    this.#scratch.push(tensor);
    return tensor;
  }

  /** Adds the dispatches of one op; `inputs` and `output` are what its bindings mean. `late` ones wait until they are read. */
  add(
    label: string,
    dispatches: readonly Dispatch[],
    inputs: readonly Place[],
    output: Place,
    late = false,
  ): void {
    const own = new Map<string, ScratchTensor>();
    const resolve = (binding: Binding): Operand => {
      if (binding.kind === 'input') {
        const { index, skip = 0 } = binding;
        return { place: present(inputs[index], 'an input of', label), skip };
      }
      if (binding.kind === 'output') return { place: output, skip: 0 };
      const known = own.get(binding.key) ?? this.scratch(binding.bytes);
      own.set(binding.key, known);
      return { place: known, skip: 0 };
    };
    for (const dispatch of dispatches) {
      this.#pending.push({
        label,
        late,
        dispatch,
        kernel: this.#kernelNumber(dispatch.kernel),
        blockOffset: this.#uniforms.block(dispatch.words),
        operands: dispatch.bindings.map(resolve),
      });
    }
  }

  #kernelNumber(kernel: KernelSource): number {
    const known = this.#kernels.get(kernel) ?? this.#kernels.size;
    if (known === this.#kernels.size) this.#kernels.set(kernel, known);
    return known;
  }

  /** Orders the dispatches, places scratch memory and gives every dispatch its ranges. */
  finish(program: string): PlanBody {
    const pending = this.#pending;
    const groups = this.#merges
      ? merge(pending.map(this.#mergeable)).map((group) =>
          group.map((i) => present(pending[i], 'dispatch', i)),
        )
      : pending.map((one) => [one]);
    const memory = placeScratch(
      this.#scratch,
      groups.map((group) => group.map(scratchUse)),
      limits.maxStorageBufferBindingSize,
    );
    const first = this.#buffers.length;
    memory.arenas.forEach((bytes, i) => this.#buffers.push({ name: `scratch ${i}`, bytes, role: 'scratch' }));
    const scratchRanges = this.#scratch.map(({ id, bytes }): BufferRange => {
      const { arena, offset } = present(memory.places.get(id), 'the place of scratch', id);
      return { buffer: first + arena, offset, bytes };
    });
    const rangeOf = ({ place, skip }: Operand): BufferRange => {
      const range = isScratch(place) ? present(scratchRanges[place.id], 'scratch', place.id) : place;
      if (skip === 0) return range;
      const { buffer, offset, bytes } = range;
      return { buffer, offset: offset + skip, bytes: bytes && bytes - skip };
    };
    const kernels = this.#kernels;
    const uniforms = this.#uniforms;
    const dispatches: PlanDispatch[] = [];
    for (const group of groups) {
      const { dispatch, kernel, blockOffset } = present(group[0], 'a dispatch');
      const [x, y, z] = dispatch.workgroups;
      const instances = group.map(({ label, operands }) => ({ label, ranges: operands.map(rangeOf) }));
      for (const part of bindable(instances, dispatch.kernel, z)) {
        dispatches.push({
          kernel,
          instances: part,
          blockOffset,
          tableOffset: uniforms.table(dispatch.kernel.units, part),
          workgroups: [x, y, z * part.length],
        });
      }
    }
    return {
      buffers: this.#buffers.map((b) => ({ ...b, bytes: b.role === 'resident' ? 0 : Math.max(b.bytes, 16) })),
      kernels: [...kernels.keys()].map(({ name, wgsl, bindings, units }) => ({
        name,
        wgsl,
        bindings,
        units,
      })),
      uniforms: uniforms.finish(),
      programs: { [program]: dispatches },
    };
  }

  /** A dispatch as merging sees it: equal kernels on equal constants, in the same buffers. */
  #mergeable = ({ dispatch, kernel, blockOffset, operands, late }: Pending): Mergeable => {
    const { bindings } = dispatch.kernel;
    const [x, y, z] = dispatch.workgroups;
    let signature = `${kernel} ${blockOffset} ${x} ${y} ${z}`;
    let written = 0;
    const accesses = operands.map(({ place, skip }, k): Access => {
      const writes = bindings[k] === 'read_write';
      if (writes) written += place.bytes;
      if (isScratch(place)) return { of: place.id, begin: skip, end: place.bytes, writes };
      const { buffer, offset, bytes } = place;
      signature += ` ${k}:${buffer}`;
      // Below the numbers of scratch tensors.
      return { of: -1 - buffer, begin: offset + skip, end: bytes === 0 ? Infinity : offset + bytes, writes };
    });
    return { signature: written > LARGE ? undefined : signature, accesses, late };
  };
}

/** Instances that one dispatch can have: their ranges are in the same buffers, and the table and z have room. */
function bindable(
  instances: readonly PlanInstance[],
  kernel: KernelSource,
  depth: number,
): readonly (readonly PlanInstance[])[] {
  if (instances.length === 1) return [instances];
  const byBuffers = new Map<string, PlanInstance[]>();
  for (const instance of instances) {
    const key = instance.ranges.map(({ buffer }) => buffer).join();
    const list = byBuffers.get(key);
    if (list) list.push(instance);
    else byBuffers.set(key, [instance]);
  }
  const room = Math.max(
    1,
    Math.min(mostInstances(kernel.bindings.length), Math.floor(MAX_WORKGROUPS / depth)),
  );
  return [...byBuffers.values()].flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / room) }, (_, k) => list.slice(k * room, (k + 1) * room)),
  );
}

/** Work that is long against the cost of a dispatch gains nothing, and would only hold memory longer. */
const LARGE = 1 << 20;

const none: readonly number[] = [];

/** Which scratch tensors a dispatch reads and writes. */
function scratchUse({ dispatch, operands, label }: Pending): ScratchUse {
  let [reads, writes] = [none, none];
  operands.forEach(({ place }, i) => {
    if (!isScratch(place)) return;
    const access = present(dispatch.kernel.bindings[i], 'the access of a binding of', label);
    if (access === 'read') reads = reads.length === 0 ? [place.id] : [...reads, place.id];
    else writes = writes.length === 0 ? [place.id] : [...writes, place.id];
  });
  return { reads, writes };
}
