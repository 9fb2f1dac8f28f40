/** Small random changes of an architecture (Real et al. 2019: one decision, uniformly). */
import type { Random } from '../../../util/random.ts';
import type { Architecture } from '../architecture.ts';
import type { Members } from '../members.ts';
import type { DecisionId, Space } from '../space.ts';
import { guided } from './guide.ts';
import { changed } from './neighbours.ts';
import { alternativesOf, slotsOf, type Slot } from './slots.ts';

/** New answers that are drawn for one change before another change is tried. */
const completions = 8;

/**
 * Another member that differs by one answer: a slot, each that has another answer equally likely; then one of its other
 * answers, each equally likely (of a subset: one element in, out or exchanged). Everything else stays as it was where it
 * may; decisions that the change makes exist are answered uniformly. Where no single change leads to a member, later
 * answers give way too, as few as the requirements need going in text order. undefined where no change leads to a member.
 * Only `slots` are changed, where they are named.
 */
export function mutate(
  space: Space,
  members: Members,
  parent: Architecture,
  random: Random,
  slots: readonly Slot[] = slotsOf(space),
): Architecture | undefined {
  const same = parent.choices.join();
  const changes = random
    .shuffled(slots)
    .flatMap((slot) =>
      random.shuffled(alternativesOf(space, slot, parent.choices)).map((answers) => ({ slot, answers })),
    );
  for (const { slot, answers } of changes) {
    for (let turn = 0; turn < completions; turn++) {
      let drawn = false;
      const child = changed(space, parent, slot, answers, (_, options) => {
        drawn ||= options.length > 1;
        return random.pick(options);
      });
      if (members.contains(child)) return child;
      if (!drawn) break; // the same would come again
    }
  }
  for (const { slot, answers } of changes) {
    const child = repaired(members, parent, slot, answers, random);
    if (child.choices.join() !== same && members.contains(child)) return child;
  }
  return undefined;
}

/** The member that a walk with these wishes ends at: the change, then the parent's answers. */
function repaired(
  { ways }: Members,
  parent: Architecture,
  { decisions }: Slot,
  answers: readonly number[],
  random: Random,
): Architecture {
  const wanted = new Map<DecisionId, number>(decisions.map((id, i) => [id, answers[i] ?? -1]));
  const choices = guided(ways, random, (id) => {
    const option = wanted.get(id) ?? parent.choices[id] ?? -1;
    return option < 0 ? undefined : option;
  });
  return { space: parent.space, choices };
}
