// From `.nas` text to trained weights: the check network, compiled as any space is and trained on the device, reaches
// the loss that other frameworks reach. The reference executor's own proof is in runtime/execute/referenceTraining.test.ts.
import { expect, test } from 'vitest';
import { checkGraph, compileCheckSpace, seededTensors } from '../bench/peers/checkNetwork.ts';
import { costOf } from '../compiler/graph/cost.ts';
import { costOfArchitecture } from '../compiler/space/members.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import { verifyPlan } from '../compiler/wgsl/verify.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { checkBatch, checkNetwork, learningRate, lossOfStep17 } from './fixtures/checkNetwork.ts';
import { profilesOf, useDevice } from './runtime/execute/onDevice.ts';

const device = useDevice();

test('the space has one architecture, which costs what the network costs', () => {
  const { space, members } = compileCheckSpace();
  expect(members.allowed).toBe(1n);
  const { params, macs } = costOfArchitecture(space, members.unrank(0n));
  // By hand: three kernels, two pairs of scales and shifts, the dense layer.
  expect(params).toBe(27 * 16 + 2 * 16 + 144 * 32 + 2 * 32 + 288 * 32 + 32 * 10 + 10);
  expect({ params, macs }).toEqual(costOf(checkNetwork()));
});

// 1e-4: float32 frameworks differ among themselves by a few 1e-6 after 17 steps.
test('17 steps on the device give the loss of other frameworks, with subgroups and without', async () => {
  const graph = checkGraph(compileCheckSpace(), 'training');
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  const steps = Array.from({ length: 17 }, () => ({ learningRate }));
  for (const profile of profilesOf(device())) {
    const plan = verifyPlan(planTraining(graph, { profile, optimizer }));
    const execution = await prepare(device(), plan);
    execution.writeTensors(seededTensors(plan));
    const { x, labels } = checkBatch();
    execution.writeInput('x', x.data as Float32Array);
    execution.writeInput('labels', labels.data as Int32Array);
    const losses = (await execution.run('train', steps)).get('loss')!;
    execution.destroy();
    expect(Math.abs(losses[16] - lossOfStep17), `${losses[16]}`).toBeLessThan(1e-4);
    expect(losses[16]).toBeLessThan(losses[0]);
  }
});
