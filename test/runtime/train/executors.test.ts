/** The same training on the device and on the reference executor. */
import { afterAll, describe, expect, it } from 'vitest';
import { loadData } from '../../../runtime/data/table.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { trainAndMeasure, type Trained, type Training } from '../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import type { Executor } from '../../../runtime/train/executor.ts';
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
});
