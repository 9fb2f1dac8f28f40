/** How two architectures of one space differ. */
import type { Architecture } from '../architecture.ts';
import type { Space } from '../space.ts';
import { answersOf, slotsOf, type Slot } from './slots.ts';

/** A slot that two architectures answer differently. */
export interface Difference {
  readonly path: string;
  /** How each answers it, as written in an architecture; undefined where it does not exist. */
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/**
 * The number of answers that differ; existing in only one of them is differing, and a subset is one answer. A metric: the
 * Hamming distance of the lists of answers.
 */
export function distance(space: Space, a: Architecture, b: Architecture): number {
  return slotsOf(space).filter((slot) => differ(slot, a, b)).length;
}

/** The answers that differ, in text order. */
export function diff(space: Space, left: Architecture, right: Architecture): readonly Difference[] {
  return slotsOf(space)
    .filter((slot) => differ(slot, left, right))
    .map((slot) => ({
      path: slot.path,
      left: written(space, slot, left),
      right: written(space, slot, right),
    }));
}

function differ(slot: Slot, a: Architecture, b: Architecture): boolean {
  return answersOf(slot, a.choices).join() !== answersOf(slot, b.choices).join();
}

/** How an architecture answers a slot: `sep_3`, `[s0, n[1]]`; undefined where the slot does not exist. */
export function written(space: Space, slot: Slot, { choices }: Architecture): string | undefined {
  const answers = answersOf(slot, choices);
  if (answers.every((answer) => answer < 0)) return undefined;
  if (slot.subset) {
    const { labels } = slot.subset;
    return `[${labels.filter((_, i) => answers[i] === 0).join(', ')}]`;
  }
  const [id] = slot.decisions;
  return id === undefined ? undefined : space.decisions[id]?.options[answers[0] ?? -1]?.label;
}
