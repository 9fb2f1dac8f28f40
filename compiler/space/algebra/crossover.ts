/** Mixtures of two architectures. */
import type { Random } from '../../../util/random.ts';
import type { Architecture } from '../architecture.ts';
import type { Members } from '../members.ts';
import type { DecisionId, Space } from '../space.ts';
import { guided } from './guide.ts';
import { answersOf, complete, fits, slotsOf, type Slot } from './slots.ts';

/** Mixtures that are drawn before the requirements are given a hand. */
const attempts = 16;

/**
 * A member that takes each answer from one of two parents (uniform crossover, Syswerda 1989). Where a slot exists in
 * both, either parent may answer it; where in one, that parent does, so a body comes with its own answers; a slot that
 * neither has is answered uniformly. Where mixtures keep breaking the requirements, answers give way in text order.
 * undefined only where the members are not counted and no mixture was one.
 */
export function crossover(
  space: Space,
  members: Members,
  a: Architecture,
  b: Architecture,
  random: Random,
): Architecture | undefined {
  const slots = slotsOf(space);
  const at = new Map<DecisionId, Slot>(
    slots.flatMap((slot) => slot.decisions.map((id) => [id, slot] as const)),
  );
  for (let turn = 0; turn < attempts; turn++) {
    const child = mix(space, at, a, b, random);
    if (members.contains(child)) return child;
  }
  const parents = new Map(slots.map((slot) => [slot, random.below(2) === 0 ? a : b]));
  const choices = guided(members.ways, random, (id) => {
    const slot = at.get(id);
    const first = (slot && parents.get(slot)) ?? a;
    const options = [first, first === a ? b : a].map((parent) => parent.choices[id] ?? -1);
    return options.find((option) => option >= 0);
  });
  const child = { space: space.name, choices };
  return members.contains(child) ? child : undefined;
}

function mix(
  space: Space,
  slots: ReadonlyMap<DecisionId, Slot>,
  a: Architecture,
  b: Architecture,
  random: Random,
): Architecture {
  const taken = new Map<DecisionId, number>();
  const decided = new Set<Slot>();
  const choices = complete(space, ({ id }, options, before) => {
    const slot = slots.get(id);
    if (slot && !decided.has(slot)) {
      decided.add(slot);
      for (const parent of random.below(2) === 0 ? [a, b] : [b, a]) {
        const answers = answersOf(slot, parent.choices);
        // A subset comes as a whole, or not at all.
        if (!fits(space, slot, answers, before)) continue;
        slot.decisions.forEach((decision, i) => taken.set(decision, answers[i] ?? -1));
        break;
      }
    }
    const option = taken.get(id) ?? -1;
    return options.includes(option) ? option : random.pick(options);
  });
  return { space: space.name, choices };
}
