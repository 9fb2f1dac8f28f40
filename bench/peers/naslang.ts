/** A process of `npm run bench:peers`: the check network here. */
import { planInference, planTraining } from '../../compiler/wgsl/lower.ts';
import { openDevice } from '../../runtime/device/device.ts';
import { prepare } from '../../runtime/execute/webgpu.ts';
import { checkBatch, learningRate } from '../../test/fixtures/checkNetwork.ts';
import { checkGraph, compileCheckSpace, seededTensors } from './checkNetwork.ts';
import { serve } from './protocol.ts';

await serve(async () => {
  const device = await openDevice();
  const { profile, info } = device;
  const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
  const compiled = compileCheckSpace();
  const training = await prepare(
    device,
    planTraining(checkGraph(compiled, 'training'), { profile, optimizer }),
  );
  const inference = await prepare(device, planInference(checkGraph(compiled, 'inference'), { profile }));
  const { x, labels } = checkBatch();
  const images = Float32Array.from(x.data);
  training.writeInput('x', images);
  training.writeInput('labels', Int32Array.from(labels.data));
  inference.writeInput('x', images);
  return {
    info,
    seed: () => {
      for (const execution of [training, inference]) execution.writeTensors(seededTensors(execution.plan));
    },
    train: async () => (await training.run('train', [{ learningRate }])).get('loss')?.[0] ?? NaN,
    infer: async () => {
      await inference.run('evaluate', [{}]);
      return inference.readOutput('logits');
    },
  };
});
