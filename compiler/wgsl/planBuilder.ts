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
  readonly uniforms: readonly number[];
  readonly programs: Readonly<Record<string, readonly PlanDispatch[]>>;
}

/** Builds one program. */
export class PlanBuilder {
  readonly #buffers: { name: string; bytes: number; role: PlanBuffer['role'] }[] = [];
  readonly #scratch: ScratchTensor[] = [];
  readonly #pending: Pending[] = [];
  readonly #kernels = new Map<KernelSource, number>();
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
        return { place: present(inputs[index], `${label}: input ${index}`), skip };
      }
      if (binding.kind === 'output') return { place: output, skip: 0 };
      const known = own.get(binding.key) ?? this.scratch(binding.bytes);
      own.set(binding.key, known);
      return { place: known, skip: 0 };
    };
    for (const dispatch of dispatches) {
      const { kernel } = dispatch;
      if (!this.#kernels.has(kernel)) this.#kernels.set(kernel, this.#kernels.size);
      this.#pending.push({ label, late, dispatch, operands: dispatch.bindings.map(resolve) });
    }
  }

  /** Orders the dispatches, places scratch memory and gives every dispatch its ranges. */
  finish(program: string): PlanBody {
    const pending = this.#pending;
    const groups = this.#merges
      ? merge(pending.map(this.#mergeable)).map((group) =>
          group.map((i) => present(pending[i], `dispatch ${i}`)),
        )
      : pending.map((one) => [one]);
    const memory = placeScratch(
      this.#scratch,
      groups.map((group) => group.map(scratchUse)),
      limits.maxStorageBufferBindingSize,
    );
    const first = this.#buffers.length;
    memory.arenas.forEach((bytes, i) => this.#buffers.push({ name: `scratch ${i}`, bytes, role: 'scratch' }));
    const rangeOf = ({ place, skip }: Operand): BufferRange => {
      const { buffer, offset, bytes } = isScratch(place) ? scratchRange(place) : place;
      return { buffer, offset: offset + skip, bytes: bytes && bytes - skip };
    };
    const scratchRange = (place: ScratchTensor): BufferRange => {
      const { arena, offset } = present(memory.places.get(place.id), `the place of scratch ${place.id}`);
      return { buffer: first + arena, offset, bytes: place.bytes };
    };
    const kernels = this.#kernels;
    const uniforms = new Uniforms();
    const dispatches = groups.flatMap((group) => {
      const { kernel, words, workgroups } = present(group[0], 'a dispatch').dispatch;
      const instances = group.map(({ label, operands }) => ({ label, ranges: operands.map(rangeOf) }));
      return bindable(instances, kernel, workgroups[2]).map((part): PlanDispatch => {
        const [x, y, z] = workgroups;
        return {
          kernel: present(kernels.get(kernel), kernel.name),
          instances: part,
          blockOffset: uniforms.block(words),
          tableOffset: uniforms.table(kernel.units, part),
          workgroups: [x, y, z * part.length],
        };
      });
    });
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
  #mergeable = ({ dispatch, operands, late }: Pending): Mergeable => {
    const { kernel, words, workgroups } = dispatch;
    const accesses = operands.map(({ place, skip }, k): Access => {
      const writes = kernel.bindings[k] === 'read_write';
      if (isScratch(place)) return { of: `scratch ${place.id}`, begin: skip, end: place.bytes, writes };
      const { buffer, offset, bytes } = place;
      return { of: `${buffer}`, begin: offset + skip, end: bytes === 0 ? Infinity : offset + bytes, writes };
    });
    const written = operands.reduce((sum, { place }, k) => sum + (accesses[k]?.writes ? place.bytes : 0), 0);
    if (written > LARGE) return { signature: undefined, accesses, late };
    const buffers = operands.map(({ place }) => (isScratch(place) ? '' : place.buffer));
    return { signature: [this.#kernels.get(kernel), words, workgroups, buffers].join(';'), accesses, late };
  };
}

/** Instances that one dispatch can have: their ranges are in the same buffers, and the table and z have room. */
function bindable(
  instances: readonly PlanInstance[],
  kernel: KernelSource,
  depth: number,
): readonly (readonly PlanInstance[])[] {
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

function scratchUse({ dispatch, operands, label }: Pending): ScratchUse {
  const reads: number[] = [];
  const writes: number[] = [];
  operands.forEach(({ place }, i) => {
    if (!isScratch(place)) return;
    const access = present(dispatch.kernel.bindings[i], `${label}: the access of binding ${i}`);
    (access === 'read' ? reads : writes).push(place.id);
  });
  return { reads, writes };
}
