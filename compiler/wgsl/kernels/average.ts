/**
 * The running mean of weights (Polyak & Juditsky 1992, with an exponential window as in Tarvainen & Valpola 2017):
 * average = decay average + (1 - decay) w, the first step a copy. Which share the weights have comes with the step.
 */
import { fold, THREADS, threadsFor } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, output, type Dispatch } from '../rule.ts';
import { kernel, Lines, reads, writes, type KernelSource } from '../source.ts';
import { STEP_WORDS, stepBinding } from './step.ts';

const average: KernelSource<'count' | 'stride' | 'width'> = kernel({
  name: 'average',
  storage: [...reads('parameter'), stepBinding, writes('average')],
  fields: { count: 'i32', stride: 'i32', width: 'i32' },
  workgroupSize: THREADS,
  body: new Lines().add(
    `let share = bitcast<f32>(step[${STEP_WORDS.share}]);`,
    'let first = (i32(group.x) + i32(group.y) * u.width) * 64 + local;',
    'for (var i = first; i < u.count; i += u.stride) {',
    'let old = average[i];',
    'average[i] = old + share * (parameter[i] - old);',
    '}',
  ),
});

/** Averages the parameters of an arena of `bytes` (input 0) at this step (input 1). */
export function averageDispatch(profile: Profile, bytes: number): Dispatch {
  const count = bytes / 16;
  const { width, height } = fold(Math.ceil(threadsFor(count, profile, 4) / THREADS));
  const stride = width * height * THREADS;
  return dispatch(average, [input(0), input(1), output], { count, stride, width }, [width, height, 1]);
}
