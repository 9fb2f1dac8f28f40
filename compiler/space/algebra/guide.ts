/** Answers that keep to the requirements: a walk through the automaton of the members. */
import type { Random } from '../../../util/random.ts';
import { invariant } from '../../../util/invariant.ts';
import type { Automaton } from './automaton.ts';
import type { DecisionId } from '../space.ts';

/**
 * Walks through the automaton. At each decision `prefer` may name an option; it is taken where a way leads on from it.
 * Elsewhere an option is drawn with the number of ways that lead on from it, so that each completion is equally likely.
 */
export function guided(
  ways: Automaton,
  random: Random,
  prefer: (decision: DecisionId) => number | undefined,
): readonly number[] {
  invariant(ways.total > 0n, 'guide: there is no way');
  const choices: number[] = [];
  let state = 0;
  for (const [layer, { decision, width }] of ways.layers.entries()) {
    const option = ways.exists(layer, state)
      ? chooseOption(ways, layer, state, width, prefer(decision), random)
      : -1;
    choices[decision] = option;
    const after = ways.step(layer, state, option);
    invariant(after !== undefined, 'guide: the way ends');
    state = after;
  }
  return choices;
}

function chooseOption(
  ways: Automaton,
  layer: number,
  state: number,
  width: number,
  preferred: number | undefined,
  random: Random,
): number {
  if (preferred !== undefined && ways.step(layer, state, preferred) !== undefined) return preferred;
  let rest = random.bigBelow(ways.ways(layer, state));
  for (let option = 0; option < width; option++) {
    const after = ways.step(layer, state, option);
    if (after === undefined) continue;
    const share = ways.ways(layer + 1, after);
    if (rest < share) return option;
    rest -= share;
  }
  return -1;
}
