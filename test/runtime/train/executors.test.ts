/** The same training on the device and on the reference executor. */
import { afterAll, describe, expect, it } from 'vitest';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import type { OptimizerSpec } from '../../../compiler/optimizers/optimizer.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { trainAndMeasure, type Trained, type Training } from '../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import type { Executor, Tensor, Tensors, TrainingRun } from '../../../runtime/train/executor.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { smallNetwork } from './networks.ts';

const digits = await loadData({ name: 'digits', args: {} });
const device = await openDevice();
afterAll(() => device.destroy());

const channels = 6;
const train = (executor: Executor, changes: Partial<Training> = {}): Promise<Trained> =>
  trainAndMeasure(
    executor,
    {
      training: smallNetwork(64, 'training', { channels }),
      evaluation: smallNetwork(64, 'inference', { channels }),
      dataset: digits,
      trainOn: 'train',
      evaluateOn: 'validation',
      train: {
        epochs: 2,
        batch: 64,
        optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 3e-4 },
        schedule: { name: 'cosine' },
      },
      seed: 3,
      keepTensors: true,
      ...changes,
    },
    () => undefined,
  );

describe('the loop on two executors', () => {
  it('gives the same losses, accuracy and tensors', async () => {
    const ours = await train(webGpuExecutor(device));
    const reference = await train(referenceExecutor());
    // 32 steps of f32 sums in another order; the first epoch has amplified less of it than the second.
    expect(Math.abs(ours.epochLosses[0] - reference.epochLosses[0])).toBeLessThan(1e-4);
    expect(Math.abs(ours.epochLosses[1] - reference.epochLosses[1])).toBeLessThan(1e-3);
    expect(Math.abs(ours.loss - reference.loss)).toBeLessThan(2e-3);
    // Images on the edge between two classes: two of 360.
    expect(Math.abs(ours.accuracy - reference.accuracy)).toBeLessThanOrEqual(2 / 360 + 1e-9);
    for (const [name, { shape, data }] of reference.tensors!) {
      const own = ours.tensors!.get(name)!;
      expect(own.shape).toEqual(shape);
      const largest = Math.max(...data.map(Math.abs));
      data.forEach((value, i) => expect(Math.abs(own.data[i] - value)).toBeLessThan(0.01 * largest));
    }
  });

  it('the first step is the same to rounding, with the padding row by row', async () => {
    // One step, and a measurement whose last batch is filled up: 360 = 5 * 64 + 40.
    const dataset = { ...digits, split: { ...digits.split, train: digits.split.train.slice(0, 64) } };
    const once = { epochs: 1, batch: 64, schedule: { name: 'constant' } } as const;
    const optimizer = { name: 'sgd', lr: 0.01, momentum: 0, nesterov: false, weightDecay: 0 } as const;
    const changes = { dataset, train: { ...once, optimizer } };
    const ours = await train(webGpuExecutor(device), changes);
    const reference = await train(referenceExecutor(), changes);
    expect(Math.abs(ours.epochLosses[0] - reference.epochLosses[0])).toBeLessThan(2e-6);
    expect(Math.abs(ours.loss - reference.loss)).toBeLessThan(1e-5);
    expect(ours.accuracy).toBe(reference.accuracy);
  });

  const some = { ...digits, split: { ...digits.split, train: digits.split.train.slice(0, 256) } };
  const moving: readonly OptimizerSpec[] = [
    { name: 'adam', lr: 0.01, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3 },
    { name: 'adamw', lr: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
    { name: 'rmsprop', lr: 0.003, alpha: 0.9, epsilon: 1e-4, momentum: 0.5, weightDecay: 1e-4 },
    { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 3e-4 },
  ];

  it.each(moving)('trains alike with $name, clipped and warmed up', async (optimizer) => {
    const changes = {
      dataset: some,
      train: { epochs: 2, batch: 64, optimizer, schedule: { name: 'cosine', warmup: 1 }, clip: 1 },
    } as const;
    const ours = await train(webGpuExecutor(device), changes);
    const reference = await train(referenceExecutor(), changes);
    // Eight steps of f32 sums in another order; Adam's quotients amplify them where gradients are near 0.
    ours.epochLosses.forEach((loss, i) =>
      expect(Math.abs(loss - reference.epochLosses[i])).toBeLessThan(2e-4),
    );
    expect(ours.epochLosses[1]).toBeLessThan(ours.epochLosses[0]);
  });

  it('measures with the mean of weights where one is kept', async () => {
    const once = { epochs: 1, batch: 64, schedule: { name: 'constant' }, optimizer: moving[0] } as const;
    const changes = (ema: object) => ({ dataset: some, train: { ...once, ...ema } });
    const last = await train(webGpuExecutor(device), changes({}));
    const mean = await train(webGpuExecutor(device), changes({ ema: 0.9 }));
    const reference = await train(referenceExecutor(), changes({ ema: 0.9 }));
    // The mean does not change how weights move, only which are measured.
    expect(mean.epochLosses).toEqual(last.epochLosses);
    expect(mean.loss).not.toBe(last.loss);
    expect(Math.abs(mean.loss - reference.loss)).toBeLessThan(1e-3);
    for (const [name, { data }] of mean.tensors!) {
      const same = data.every((value, i) => value === last.tensors!.get(name)!.data[i]);
      expect(same, name).toBe(name.endsWith('statistics'));
    }
  });

  it.each([() => webGpuExecutor(device), referenceExecutor])(
    'continues a training bit for bit in another run',
    async (executor) => {
      const graph = smallNetwork(64, 'training', { channels });
      const tensors = new Map<string, Tensor>();
      for (const node of graph.nodes) {
        if (node.kind !== 'parameter' && node.kind !== 'state') continue;
        const { name, shape, init } = node;
        tensors.set(name, { shape, data: initialValues(name, shape, init, 3) });
      }
      const start = (values: Tensors): Promise<TrainingRun> =>
        executor().prepareTraining(
          { graph, dataset: some, batch: 64, capacity: 128, tensors: values },
          { optimizer: moving[0], clip: 1, ema: 0.99 },
        );
      const order = (step: number): Int32Array => some.split.train.subarray(step * 64, (step + 2) * 64);
      const rates = Float32Array.of(0.01, 0.005);
      const whole = await start(tensors);
      await whole.steps(order(0), rates);
      const [then, state] = [await whole.read(), await whole.readOptimizer()];
      const expected = await whole.steps(order(2), rates);
      const other = await start(then);
      other.writeOptimizer(state);
      expect(await other.steps(order(2), rates)).toEqual(expected);
      expect(await other.read()).toEqual(await whole.read());
      expect(await other.readOptimizer()).toEqual(await whole.readOptimizer());
      whole.release();
      other.release();
    },
  );
});
