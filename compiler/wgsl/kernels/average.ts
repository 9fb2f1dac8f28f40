/**
 * The running mean of weights (Polyak & Juditsky 1992, with an exponential window as in Tarvainen & Valpola 2017):
 * average = decay average + (1 - decay) w, the first step a copy. Which share the weights have comes with the step.
 */
import { THREADS, walk, walkFields, walkLines, type WalkField } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, output, type Dispatch } from '../rule.ts';
import { kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { STEP_WORDS, stepBinding } from './step.ts';

const average: KernelSource<WalkField> = kernel({
  name: 'average',
  storage: [...reads('parameter'), stepBinding, writes('average')],
  fields: walkFields,
  workgroupSize: THREADS,
  body: new Lines().add(
    `let share = bitcast<f32>(step[${STEP_WORDS.share}]);`,
    ...walkLines('let old = average[i];', 'average[i] = old + share * (parameter[i] - old);'),
  ),
});

/** Averages the parameters of an arena of `bytes` (input 0) at this step (input 1). */
export function averageDispatch(profile: Profile, bytes: number): Dispatch {
  const { values, workgroups } = walk(bytes / 16, profile, 4);
  return dispatch(average, [input(0), input(1), output], values, workgroups);
}
