/** The kernels of optimisers: as written, few of them, and one dispatch where nothing is clipped. */
import { expect, it } from 'vitest';
import { optimizerNames, optimizerOf, parametersOf } from '../../../compiler/optimizers/table.ts';
import type { OptimizerRule } from '../../../compiler/optimizers/optimizer.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import type { Plan } from '../../../compiler/wgsl/plan.ts';
import { labelOf } from '../../../compiler/wgsl/printPlan.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { fedGradients } from '../../runtime/train/fedGradients.ts';

const profile = { kind: 'cpu', subgroupSize: 8 } as const;

function planOf(name: (typeof optimizerNames)[number], clip?: number): Plan {
  const defaults = parametersOf(name).map(([key, parameter]) => [key, parameter.default] as const);
  const optimizer = { name, ...Object.fromEntries(defaults) } as unknown as OptimizerRule;
  const graph = fedGradients({ w: [5, 3] });
  return verifyPlan(planTraining(graph, { profile, optimizer, ...(clip === undefined ? {} : { clip }) }));
}

it.each(optimizerNames)('%s: constants are those of the kernel, states those of the plan', (name) => {
  const { fields, states } = optimizerOf(name);
  const plan = planOf(name);
  expect(Object.keys(fields)).toEqual(Object.keys(fieldsOf(plan, name)));
  expect(plan.optimizer!.states.map((state) => state.name)).toEqual(states);
});

function fieldsOf(
  { optimizer }: Plan,
  name: (typeof optimizerNames)[number],
): Readonly<Record<string, number>> {
  return optimizerOf(name).constants(optimizer!.rule);
}

it.each(optimizerNames)('read as written: %s', async (name) => {
  const wgsl = (plan: Plan): string => plan.kernels.at(-1)!.wgsl;
  await expect(wgsl(planOf(name))).toMatchFileSnapshot(`goldens/${name}.wgsl`);
  expect(wgsl(planOf(name, 1))).toContain('let d = factor * gradient[gradient_at + i];');
});

it('reads as written: clipping', async () => {
  const { kernels, programs } = planOf('sgd', 1);
  expect(programs['train'].map(labelOf).slice(-3)).toEqual(['clip', 'clip', 'sgd']);
  const [squares, factor] = kernels.slice(-3, -1);
  await expect(squares.wgsl).toMatchFileSnapshot('goldens/squares.wgsl');
  await expect(factor.wgsl).toMatchFileSnapshot('goldens/clip_factor.wgsl');
});

it('reads as written: the mean of weights', async () => {
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  const { kernels } = verifyPlan(planTraining(fedGradients({ w: [5, 3] }), { profile, optimizer, ema: 0.9 }));
  await expect(kernels.at(-1)!.wgsl).toMatchFileSnapshot('goldens/average.wgsl');
});
