/** The mutations of AmoebaNet (Real et al. 2019, section 3.1): in one cell, what a node reads or what it does with it. */
import { answersOf, slotsOf, type Slot } from '../../../compiler/space/algebra/slots.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Random } from '../../../util/random.ts';
import type { StrategySpace } from '../host.ts';
import { mutant } from '../proposals/propose.ts';

/** The slots of one cell: those that choose what is read (the paper's hidden states) and all others (its ops). */
interface CellSlots {
  readonly hiddenStates: readonly Slot[];
  readonly ops: readonly Slot[];
}

/**
 * Picks a cell, each that has slots equally likely; then one of the two mutations, equally likely where the cell has both
 * kinds of slots; then a slot of that kind, and for it an answer that it does not have. Slots outside of cells count as one
 * cell. (The paper draws an op that may be the one there is; such a mutation would be one more identity.)
 */
export function amoebaMutation(space: StrategySpace): (parent: Architecture, random: Random) => Architecture {
  const cells = cellsOf(space.space);
  return (parent, random) => {
    const alive = cells
      .map(({ hiddenStates, ops }) => [there(hiddenStates, parent), there(ops, parent)])
      .map((kinds) => kinds.filter((slots) => slots.length > 0))
      .filter((kinds) => kinds.length > 0);
    if (alive.length === 0) return parent;
    return mutant(space, parent, random, random.pick(random.pick(alive)));
  };
}

/** That a space has nothing for the mutation of hidden states. */
export function fitsAmoeba(strategy: string, { space }: StrategySpace): readonly Diagnostic[] {
  if (space.decisions.some(({ fromList }) => fromList)) return [];
  const problem = 'its mutation `amoeba` changes what a node reads, and no decision chooses that from a list';
  const hint = 'write `mutation: uniform`, or let nodes choose what they read: `choose from [x, ...n]`';
  return [diagnose('strategyUnfit', { strategy, space: space.name, problem }, { hint })];
}

function cellsOf(space: Space): readonly CellSlots[] {
  const cells = new Map<string | undefined, Slot[]>();
  for (const slot of slotsOf(space)) {
    const cell = space.decisions[slot.decisions[0] ?? -1]?.cell;
    cells.set(cell, [...(cells.get(cell) ?? []), slot]);
  }
  const reads = ({ decisions: [id = -1] }: Slot): boolean => space.decisions[id]?.fromList === true;
  return [...cells.values()].map((slots) => ({
    hiddenStates: slots.filter(reads),
    ops: slots.filter((slot) => !reads(slot)),
  }));
}

function there(slots: readonly Slot[], { choices }: Architecture): readonly Slot[] {
  return slots.filter((slot) => answersOf(slot, choices).some((answer) => answer >= 0));
}
