/** Collects buffers and dispatches, then places scratch memory and packs uniform blocks: the Plan's parts. */
import { invariant, present } from '../../util/invariant.ts';
import { ALIGNMENT, roundUp } from './layout.ts';
import { limits } from './limits.ts';
import { placeScratch, type ScratchTensor, type ScratchUse } from './memory.ts';
import type { BufferRange, PlanBuffer, PlanDispatch, PlanKernel } from './plan.ts';
import type { Binding, Dispatch } from './rule.ts';
import type { KernelSource } from './source.ts';

/** Memory that a binding stands for: a range, or a scratch tensor that has no place yet. */
export type Place = BufferRange | ScratchTensor;

interface Pending {
  readonly label: string;
  readonly dispatch: Dispatch;
  readonly places: readonly Place[];
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

  /** Adds the dispatches of one op; `inputs` and `output` are what its bindings mean. */
  add(label: string, dispatches: readonly Dispatch[], inputs: readonly Place[], output: Place): void {
    const own = new Map<string, ScratchTensor>();
    const resolve = (binding: Binding): Place => {
      if (binding.kind === 'input') return present(inputs[binding.index], `${label}: input ${binding.index}`);
      if (binding.kind === 'output') return output;
      const known = own.get(binding.key) ?? this.scratch(binding.bytes);
      own.set(binding.key, known);
      return known;
    };
    for (const dispatch of dispatches) {
      this.#pending.push({ label, dispatch, places: dispatch.bindings.map(resolve) });
    }
  }

  /** Places scratch memory and gives every dispatch its ranges. */
  finish(program: string): PlanBody {
    const memory = placeScratch(this.#scratch, this.#pending.map(scratchUse), limits.maxBufferSize);
    const first = this.#buffers.length;
    memory.arenas.forEach((bytes, i) => this.#buffers.push({ name: `scratch ${i}`, bytes, role: 'scratch' }));
    const rangeOf = (place: Place): BufferRange => {
      if (!isScratch(place)) return place;
      const { arena, offset } = present(memory.places.get(place.id), `the place of scratch ${place.id}`);
      return { buffer: first + arena, offset, bytes: place.bytes };
    };
    const kernels = new Map<KernelSource, number>();
    const blocks = new Map<string, number>();
    const uniforms: number[] = [];
    const dispatches = this.#pending.map(({ label, dispatch, places }): PlanDispatch => {
      const { kernel, words, workgroups } = dispatch;
      if (!kernels.has(kernel)) kernels.set(kernel, kernels.size);
      const key = words.join();
      const known = blocks.get(key);
      const uniformOffset = known ?? uniforms.length * 4;
      if (known === undefined) {
        blocks.set(key, uniformOffset);
        uniforms.push(...words, ...padding(words.length));
      }
      return {
        kernel: present(kernels.get(kernel), kernel.name),
        ranges: places.map(rangeOf),
        uniformOffset,
        uniformBytes: roundUp(words.length * 4, 16),
        workgroups,
        label,
      };
    });
    return {
      buffers: this.#buffers.map((b) => ({ ...b, bytes: b.role === 'resident' ? 0 : Math.max(b.bytes, 16) })),
      kernels: [...kernels.keys()].map(({ name, wgsl, bindings }) => ({ name, wgsl, bindings })),
      uniforms,
      programs: { [program]: dispatches },
    };
  }
}

/** Zeros up to the next aligned block. */
function padding(words: number): number[] {
  const missing = roundUp(words * 4, ALIGNMENT) / 4 - words;
  return Array.from({ length: missing }, () => 0);
}

function scratchUse({ dispatch, places, label }: Pending): ScratchUse {
  const reads: number[] = [];
  const writes: number[] = [];
  places.forEach((place, i) => {
    if (!isScratch(place)) return;
    const access = dispatch.kernel.bindings[i];
    invariant(access === 'read' || access === 'read_write', `${label}: binding ${i} has no access`);
    (access === 'read' ? reads : writes).push(place.id);
  });
  return { reads, writes };
}
