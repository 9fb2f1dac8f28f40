/** What a step of a trace means to the policy's graphs, when it is sampled and when it is trained on. */
import type { Anchored, Step } from './questions.ts';
import type { Candidate } from './vocabulary.ts';

/** Added to the scores of tokens that may not be taken. */
export const FORBIDDEN = -1e9;

/** The token that is read after a step. */
export function tokenAfter(step: Step): number {
  return step.kind === 'choice' ? step.taken : step.anchor.token;
}

/** The step whose hidden state stands for a candidate: the last one in its body; undefined where its label does. */
export function anchorStep({ body }: Candidate, before: readonly Step[]): number | undefined {
  const at = before.findLastIndex((step) =>
    step.kind === 'choice' ? body.has(step.decision) : step.anchor.members.some((id) => body.has(id)),
  );
  return at < 0 ? undefined : at;
}

/** The weight with which the state of each candidate that is in is passed on to the next step: their sum / (1 + number). */
export function passedWeight({ members }: Pick<Anchored, 'members'>): number {
  return 1 / (1 + members.filter(({ isIn }) => isIn).length);
}
