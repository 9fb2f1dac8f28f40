/**
 * Weights that several networks share, as those of a supernet: where each of them lies in one buffer, which all plans bind.
 * What an optimiser keeps of them lies at the same places of one buffer for each of its states.
 */
import type { Initializer, Shape } from '../graph/graph.ts';
import { ALIGNMENT, physicalBytes, physicalShape, roundUp } from './layout.ts';
import type { BufferRange, TensorSlot } from './plan.ts';

/** A weight that networks share. */
export interface SharedParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Initializer;
}

/** A shared weight and where it lies. */
export interface SharedSlot extends SharedParameter {
  /** The padded shape in memory: that of weights, which are padded in two axes, for whatever reads it. */
  readonly physicalShape: Shape;
  /** Where it begins, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export interface SharedLayout {
  /** Size of the buffer. */
  readonly bytes: number;
  readonly slots: ReadonlyMap<string, SharedSlot>;
}

/** The name of the buffer of shared weights; those of the optimiser are named as its states are. */
export const SHARED_PARAMETERS = 'parameters';

/** Gives shared weights their places, in the order in which they are listed. */
export function sharedLayout(parameters: readonly SharedParameter[]): SharedLayout {
  const slots = new Map<string, SharedSlot>();
  let offset = 0;
  for (const parameter of parameters) {
    const physical = physicalShape(parameter.shape, true);
    const bytes = physicalBytes(physical);
    slots.set(parameter.name, { ...parameter, physicalShape: physical, offset, bytes });
    offset += roundUp(bytes, ALIGNMENT);
  }
  return { bytes: offset, slots };
}

/** A range of the buffer of weights, and the range of the gradients that moves it. */
export interface MovedRange {
  readonly from: BufferRange;
  readonly to: BufferRange;
}

/** Ranges that follow each other in both buffers, as one: an optimiser takes a dispatch for each. */
export function joined(
  moved: readonly { readonly from: TensorSlot; readonly to: TensorSlot }[],
): readonly MovedRange[] {
  const found: MovedRange[] = [];
  for (const { from, to } of moved) {
    const last = found.at(-1);
    const bytes = roundUp(to.range.bytes, ALIGNMENT);
    if (last && follows(last.from, from.range) && follows(last.to, to.range)) {
      found[found.length - 1] = {
        from: { ...last.from, bytes: last.from.bytes + bytes },
        to: { ...last.to, bytes: last.to.bytes + bytes },
      };
    } else found.push({ from: { ...from.range, bytes }, to: { ...to.range, bytes } });
  }
  return found;
}

function follows(one: BufferRange, next: BufferRange): boolean {
  return one.buffer === next.buffer && one.offset + one.bytes === next.offset;
}
