/**
 * Slots: what an architecture answers one by one. A decision is a slot; the members of a subset are one slot together,
 * answered by the set of those that are in. Changes, mixtures and distances of architectures go slot by slot.
 */
import { evaluateOpen } from '../open.ts';
import type { Decision, DecisionId, Space, Subset } from '../space.ts';

/** One thing to answer. */
export interface Slot {
  readonly path: string;
  /** One decision, or the members of a subset in order. */
  readonly decisions: readonly DecisionId[];
  readonly subset: Subset | undefined;
}

/** The slots of a space, in the order of their first decisions. */
export function slotsOf(space: Space): readonly Slot[] {
  const subsets = new Map<DecisionId, Subset>();
  for (const subset of space.subsets) for (const member of subset.members) subsets.set(member, subset);
  return space.decisions.flatMap(({ id, path }): Slot[] => {
    const subset = subsets.get(id);
    if (!subset) return [{ path, decisions: [id], subset }];
    return subset.members[0] === id ? [{ path: subset.path, decisions: subset.members, subset }] : [];
  });
}

/** The answers of one slot; -1 where a decision does not exist. */
export function answersOf({ decisions }: Slot, choices: readonly number[]): readonly number[] {
  return decisions.map((id) => choices[id] ?? -1);
}

/** Whether the decision exists and which of its options may be taken, after the answers to those before it. */
export function allowedOptions(
  { exists, options }: Decision,
  choices: readonly number[],
): readonly number[] | undefined {
  if (evaluateOpen(exists, choices) !== true) return undefined;
  return options.flatMap(({ allowed }, option) =>
    allowed === undefined || evaluateOpen(allowed, choices) === true ? [option] : [],
  );
}

/**
 * Answers every decision in text order: `pick` says which of the options that may be taken is. Whatever it picks, the
 * result is a decision sequence of the space.
 */
export function complete(
  space: Space,
  pick: (decision: Decision, options: readonly number[], choices: readonly number[]) => number,
): readonly number[] {
  const choices: number[] = [];
  for (const decision of space.decisions) {
    const options = allowedOptions(decision, choices);
    choices[decision.id] = options ? pick(decision, options, choices) : -1;
  }
  return choices;
}

/**
 * Other answers that a slot may have while everything before it stays: all other options of a decision; of a subset, the
 * sets that differ by one element that comes in, goes out, or is exchanged for another.
 */
export function alternativesOf(
  space: Space,
  slot: Slot,
  choices: readonly number[],
): readonly (readonly number[])[] {
  const current = answersOf(slot, choices);
  if (!slot.subset) {
    const [id] = slot.decisions;
    const decision = id === undefined ? undefined : space.decisions[id];
    const options = decision && allowedOptions(decision, choices.slice(0, id));
    return (options ?? []).filter((option) => option !== current[0]).map((option) => [option]);
  }
  const members = current.flatMap((option, i) => (option < 0 ? [] : [i]));
  const changes = members.flatMap((a, at) => [
    [a],
    ...members.slice(at + 1).flatMap((b) => (current[a] === current[b] ? [] : [[a, b]])),
  ]);
  return changes
    .map((change) => current.map((option, i) => (change.includes(i) ? 1 - option : option)))
    .filter((answers) => fits(space, slot, answers, choices));
}

/** Whether a slot may be answered so, after the answers to the decisions before it. */
export function fits(
  space: Space,
  { decisions }: Slot,
  answers: readonly number[],
  choices: readonly number[],
): boolean {
  const next = [...choices];
  return decisions.every((id, i) => {
    const decision = space.decisions[id];
    const options = decision && allowedOptions(decision, next);
    const answer = answers[i] ?? -1;
    next[id] = answer;
    return options ? options.includes(answer) : answer === -1;
  });
}

/** All answers of a subset that may be given, in text order, up to a limit; for other slots, its options. */
export function answersFor(
  space: Space,
  slot: Slot,
  choices: readonly number[],
  limit: number,
): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  const next = [...choices];
  const visit = (at: number): void => {
    const id = slot.decisions[at];
    const decision = id === undefined ? undefined : space.decisions[id];
    if (id === undefined || !decision) {
      found.push(answersOf(slot, next));
      return;
    }
    for (const option of allowedOptions(decision, next) ?? [-1]) {
      if (found.length >= limit) return;
      next[id] = option;
      visit(at + 1);
    }
  };
  visit(0);
  return found;
}
