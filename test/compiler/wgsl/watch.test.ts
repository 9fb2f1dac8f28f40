/** What a plan is given so that infinities and NaN are found. */
import { expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { notFiniteDispatch } from '../../../compiler/wgsl/kernels/notFinite.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import type { Profile } from '../../../compiler/wgsl/plan.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { withWatch, workOf } from '../../../compiler/wgsl/watch.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';

const profile: Profile = { kind: 'cpu', subgroupSize: 8 };
const optimizer = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;
const plain = planTraining(differentiate(checkNetwork(), 'loss'), { profile, optimizer, ema: 0.9 });
const plan = verifyPlan(withWatch(plain));
const nameOf = (buffer: number): string => plan.buffers[buffer].name;

it('tests all that is kept, whole, and leaves constants out', () => {
  const tested = plan.programs['check'].flatMap((_, i) =>
    workOf(plan, 'check', i).flatMap(({ reads }) => reads),
  );
  expect(tested.map(({ buffer }) => nameOf(buffer))).toEqual([
    'parameters',
    'gradients',
    'first',
    'second',
    'average',
  ]);
  for (const { buffer, offset, bytes } of tested) {
    expect([offset, bytes]).toEqual([0, plan.buffers[buffer].bytes]);
  }
});

it('has a copy of what a step begins with, and of nothing else', () => {
  expect(plan.watch!.saved.map(({ buffer, copy }) => [nameOf(buffer), nameOf(copy)])).toEqual(
    ['parameters', 'first', 'second', 'average'].map((name) => [name, `copy of ${name}`]),
  );
  for (const { buffer, copy, bytes } of plan.watch!.saved) {
    expect([plan.buffers[buffer].bytes, plan.buffers[copy].bytes]).toEqual([bytes, bytes]);
  }
});

it('leaves the training as it is', () => {
  expect(plan.programs['train']).toEqual(plain.programs['train']);
  expect(plan.uniforms.slice(0, plain.uniforms.length)).toEqual(plain.uniforms);
  expect(plan.buffers.slice(0, plain.buffers.length)).toEqual(plain.buffers);
});

it('is written as it was', async () => {
  const { kernel } = notFiniteDispatch(profile, 4096);
  await expect(kernel.wgsl).toMatchFileSnapshot('goldens/not_finite.wgsl');
});
