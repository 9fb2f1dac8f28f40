/** Members of a space by scores of their answers: drawn by probabilities, or the one that scores highest. */
import type { Automaton } from '../../compiler/space/algebra/automaton.ts';
import { Walk } from '../../compiler/space/algebra/walk.ts';
import type { DecisionId } from '../../compiler/space/space.ts';
import { present } from '../../util/invariant.ts';
import type { Random } from '../../util/random.ts';
import { drawn } from '../search/controllers/draw.ts';

/** A number for each answer. */
export type Scores = (decision: DecisionId, option: number) => number;

/** Draws answers one after the other, each by its weight among those that lead on. */
export function drawWay(ways: Automaton, weight: Scores, random: Random): readonly number[] {
  const walk = new Walk(ways);
  for (let id = walk.decision; id !== undefined; id = walk.decision) {
    const decision = id;
    walk.take(
      present(
        drawn(walk.options(), (option) => weight(decision, option), random),
        'an option',
      ),
    );
  }
  return walk.choices;
}

/** The way whose answers' scores have the largest sum (Viterbi 1967); of equal ones the first. */
export function bestWay(ways: Automaton, score: Scores): readonly number[] {
  const { layers } = ways;
  // From the last layer backwards: the best sum from each state on, and the option that it begins with.
  let after: Float64Array | undefined;
  const options: Int32Array[] = [];
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const { decision, width, exists } = present(layers[layer], 'a layer');
    const sums = new Float64Array(exists.length).fill(-Infinity);
    const taken = new Int32Array(exists.length).fill(-1);
    exists.forEach((there, state) => {
      for (let option = there ? 0 : -1; option < (there ? width : 0); option++) {
        const next = ways.step(layer, state, option);
        if (next === undefined) continue;
        const sum = (there ? score(decision, option) : 0) + (after?.[next] ?? 0);
        if (sum <= (sums[state] ?? 0)) continue;
        sums[state] = sum;
        taken[state] = option;
      }
    });
    after = sums;
    options[layer] = taken;
  }
  const choices: number[] = [];
  let state = 0;
  layers.forEach(({ decision }, layer) => {
    const option = options[layer]?.[state] ?? -1;
    choices[decision] = option;
    state = present(ways.step(layer, state, option), 'a way that leads on');
  });
  return choices;
}
