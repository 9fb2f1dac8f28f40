/** Levels of motifs, read off a space, and the mutation of hierarchical genotypes (Liu et al. 2018, section 3.1). */
import { changed } from '../../../compiler/space/algebra/neighbours.ts';
import {
  allowedOptions,
  alternativesOf,
  answersOf,
  slotsOf,
  type Slot,
} from '../../../compiler/space/algebra/slots.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Space } from '../../../compiler/space/space.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';
import { drawMember } from '../proposals/propose.ts';

/**
 * The slots of a space: by level, by motif of the level, by node of the motif. A cell is a motif, and cells of one family
 * (`level2[0]`, `level2[1]`, ...) are a level; what stands outside of cells is a level of one motif. A node is what a path
 * names before its last name: of `level2[0].g[1].h[x]`, `level2[0].g[1]`.
 */
export type Hierarchy = readonly (readonly (readonly (readonly Slot[])[])[])[];

/** Reads it off a space, in text order. */
export function hierarchyOf(space: Space): Hierarchy {
  const cellOf = ({ decisions: [id = -1] }: Slot): string => space.decisions[id]?.cell ?? '';
  const levels = groups(slotsOf(space), (slot) => cellOf(slot).replace(/\[\d+\]$/, ''));
  return levels.map((level) =>
    groups(level, cellOf).map((motif) =>
      groups(motif, ({ path }) => path.replace(/\.?[A-Za-z_][A-Za-z0-9_]*(\[[^.]*\])?$/, '')),
    ),
  );
}

function groups<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const byKey = new Map<string, T[]>();
  for (const item of items) byKey.set(key(item), [...(byKey.get(key(item)) ?? []), item]);
  return [...byKey.values()];
}

/** Mutations by level. */
export class HierarchicalMutation {
  readonly #space: StrategySpace;
  readonly #hierarchy: Hierarchy;
  /** Whether every decision exists, with all its options, whatever the others are. */
  readonly #independent: boolean;

  constructor(space: StrategySpace) {
    this.#space = space;
    this.#hierarchy = hierarchyOf(space.space);
    this.#independent = space.space.decisions.every(
      ({ kind, exists, options }) =>
        kind !== 'member' && exists.kind === 'fixed' && options.every(({ allowed }) => allowed === undefined),
    );
  }

  /**
   * A level, a motif of it, a node of that and one of its slots, each equally likely at every step among those that exist; then
   * any answer to it, the present one included. What comes of it meets the conditions on decisions, but need not meet the
   * requirements of the space.
   */
  step(parent: Architecture, random: Random): Architecture {
    const slot = this.#pick(parent, random);
    if (slot === undefined) return parent;
    const [id = -1] = slot.decisions;
    if (this.#independent) {
      const options = this.#space.space.decisions[id]?.options.length ?? 1;
      return { space: parent.space, choices: parent.choices.with(id, random.below(options)) };
    }
    const answers = random.pick(this.#answers(slot, parent));
    return changed(this.#space.space, parent, slot, answers, (_, options) => random.pick(options));
  }

  /** A member after one mutation: one that is none is drawn again, from the same parent. */
  mutate(parent: Architecture, random: Random): Architecture {
    for (let turn = 0; turn < attempts; turn++) {
      const child = this.step(parent, random);
      if (this.#space.members.contains(child)) return child;
    }
    return parent;
  }

  /** A member after at least so many mutations, one after the other: as many more as it takes to meet the requirements. */
  diversify(start: Architecture, mutations: number, random: Random): Architecture | undefined {
    let genotype = start;
    for (let turn = 0; turn < mutations; turn++) genotype = this.step(genotype, random);
    for (let turn = 0; turn < attempts; turn++) {
      if (this.#space.members.contains(genotype)) return genotype;
      genotype = this.step(genotype, random);
    }
    return drawMember(this.#space, random);
  }

  #pick(parent: Architecture, random: Random): Slot | undefined {
    if (this.#independent && this.#hierarchy.length > 0) {
      return random.pick(random.pick(random.pick(random.pick(this.#hierarchy))));
    }
    const exists = (slot: Slot): boolean => answersOf(slot, parent.choices).some((answer) => answer >= 0);
    const alive = (motif: readonly (readonly Slot[])[]): boolean => motif.some((node) => node.some(exists));
    const levels = this.#hierarchy.filter((level) => level.some(alive));
    if (levels.length === 0) return undefined;
    const motif = random.pick(random.pick(levels).filter(alive));
    return random.pick(random.pick(motif.filter((node) => node.some(exists))).filter(exists));
  }

  #answers(slot: Slot, { choices }: Architecture): readonly (readonly number[])[] {
    const { space } = this.#space;
    if (slot.subset) return [answersOf(slot, choices), ...alternativesOf(space, slot, choices)];
    const [id = -1] = slot.decisions;
    const decision = space.decisions[id];
    return ((decision && allowedOptions(decision, choices)) ?? []).map((option) => [option]);
  }
}

/** Mutations that are drawn in search of one that meets the requirements. */
const attempts = 1000;
