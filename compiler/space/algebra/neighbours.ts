/** The architectures one change away. */
import type { Architecture } from '../architecture.ts';
import type { Members } from '../members.ts';
import type { Decision, DecisionId, Space } from '../space.ts';
import { alternativesOf, complete, slotsOf, type Slot } from './slots.ts';

/**
 * All members that differ by the answer to one slot (for a subset: one element in, out or exchanged) and by what follows
 * from it: decisions that the change makes exist take the first option they may, and a later answer that it forbids gives
 * way to the first one allowed. In text order of the slot, then of the answer; none twice.
 */
export function* neighbours(space: Space, members: Members, from: Architecture): Generator<Architecture> {
  const seen = new Set([from.choices.join()]);
  for (const slot of slotsOf(space)) {
    for (const answers of alternativesOf(space, slot, from.choices)) {
      const neighbour = changed(space, from, slot, answers, (_, options) => options[0] ?? -1);
      const key = neighbour.choices.join();
      if (seen.has(key) || !members.contains(neighbour)) continue;
      seen.add(key);
      yield neighbour;
    }
  }
}

/** The architecture with other answers to one slot; all others stay where they may, and `pick` answers the rest. */
export function changed(
  space: Space,
  { choices, space: name }: Architecture,
  slot: Slot,
  answers: readonly number[],
  pick: (decision: Decision, options: readonly number[], choices: readonly number[]) => number,
): Architecture {
  const wanted = new Map<DecisionId, number>(slot.decisions.map((id, i) => [id, answers[i] ?? -1]));
  const after = complete(space, (decision, options, before) => {
    const option = wanted.get(decision.id) ?? choices[decision.id] ?? -1;
    return options.includes(option) ? option : pick(decision, options, before);
  });
  return { space: name, choices: after };
}
