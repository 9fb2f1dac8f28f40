/** The optimisers' kernels, made of the table of optimisers: one dispatch moves all parameters. */
import type { OptimizerName, OptimizerRule } from '../../optimizers/optimizer.ts';
import { optimizerOf } from '../../optimizers/table.ts';
import { THREADS, walk, walkFields, walkLines } from '../grid.ts';
import type { Profile } from '../plan.ts';
import { dispatch, input, output, type Dispatch } from '../rule.ts';
import { family, kernel, Lines, reads, writes, type KernelSource, type StorageBinding } from '../source.ts';
import { STEP_WORDS, stepBinding } from './step.ts';

const clip: StorageBinding = { name: 'clip', type: 'f32', access: 'read' };

const update = family((name: OptimizerName, clipped: boolean): KernelSource => {
  const { states, fields, wgsl } = optimizerOf(name);
  const word = (at: number): string => `bitcast<f32>(step[${at}])`;
  const usesFactors = wgsl.some((line) => /\bc[01]\b/.test(line));
  return kernel({
    name: clipped ? `${name}_clipped` : name,
    storage: [
      ...reads('gradient'),
      stepBinding,
      ...(clipped ? [clip] : []),
      ...states.map(writes),
      writes('parameter'),
    ],
    fields: { ...walkFields, ...fields },
    workgroupSize: THREADS,
    body: new Lines().add(
      `let rate = ${word(STEP_WORDS.learningRate)};`,
      ...(usesFactors ? STEP_WORDS.factors.map((at, k) => `let c${k} = ${word(at)};`) : []),
      ...(clipped ? ['let factor = clip[0];'] : []),
      ...walkLines(
        'let w = parameter[i];',
        clipped ? 'let d = factor * gradient[i];' : 'let d = gradient[i];',
        ...wgsl,
      ),
    ),
  });
});

/**
 * Moves all parameters of an arena of `bytes`. Inputs: gradient, step, the factor on gradients if `clipped`, then the
 * states; the output is the parameters.
 */
export function optimizerDispatch(
  profile: Profile,
  bytes: number,
  rule: OptimizerRule,
  clipped: boolean,
): Dispatch {
  const optimizer = optimizerOf(rule.name);
  const { values, workgroups } = walk(bytes / 16, profile, 4);
  const inputs = 2 + (clipped ? 1 : 0) + optimizer.states.length;
  return dispatch(
    update(rule.name, clipped),
    [...Array.from({ length: inputs }, (_, k) => input(k)), output],
    { ...values, ...optimizer.constants(rule) },
    workgroups,
  );
}
