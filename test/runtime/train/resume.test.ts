/** Checkpoints: a training that goes on from one ends with the same bits. And what grows from epoch to epoch. */
import { afterAll, describe, expect, test } from 'vitest';
import type { TrainSpec } from '../../../compiler/search/search.ts';
import { DROP_PATH_RATE } from '../../../compiler/space/dropPath.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { evaluationGraph, trainingGraph } from '../../../runtime/search/evaluation/graphs.ts';
import type { Checkpoint, Executor, Tensors } from '../../../runtime/train/executor.ts';
import { trainAndMeasure, type Trained, type Training } from '../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { present } from '../../../util/invariant.ts';
import { compileText } from '../../compiler/space/helpers.ts';

const digits = await loadData({ name: 'digits', args: {} });
const device = await openDevice();
afterAll(() => device.destroy());

/** A residual network with a head in its middle, and dropout, whose masks change from step to step. */
const { space, members } = compileText(`nas 1
space s(c = 6, classes = 10) {
  input x: image[8, 8, 1]
  let mid = x |> conv(c, 3) |> batch_norm |> repeat choose depth {2} { residual(c) }
  output mid |> residual(c) |> dropout(0.1) |> classifier(classes)
  output aux: mid |> relu |> classifier(classes)
}
motif residual(x; c) {
  let y = x |> conv(c, 3) |> batch_norm
  relu(x + y)
}
`);
const architecture = present(members.unrank(0n), 'an architecture');

const final: TrainSpec = {
  epochs: 4,
  batch: 16,
  optimizer: { name: 'adamw', lr: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
  schedule: { name: 'cosine', warmup: 1 },
  clip: 5,
  ema: 0.9,
  auxiliary: 0.4,
  dropPath: 0.2,
  labelSmoothing: 0.1,
  flip: true,
  crop: 1,
  cutout: 4,
};

function task(images: number, changes: Partial<Training> = {}): Training {
  const { batch } = final;
  return {
    training: trainingGraph(space, architecture, batch, final),
    evaluation: evaluationGraph(space, architecture, batch),
    dataset: { ...digits, split: { ...digits.split, train: digits.split.train.slice(0, images) } },
    trainOn: 'train',
    evaluateOn: 'validation',
    train: final,
    seed: 5,
    keepTensors: true,
    checkpointEvery: 1,
    ...changes,
  };
}

const run = async (
  executor: Executor,
  asked: Training,
): Promise<{ readonly trained: Trained; readonly checkpoints: readonly Checkpoint[] }> => {
  const checkpoints: Checkpoint[] = [];
  const trained = await trainAndMeasure(executor, asked, (_, __, ___, checkpoint) => {
    if (checkpoint) checkpoints.push(checkpoint);
  });
  return { trained, checkpoints };
};

/** Tensors as bits: -0 is not 0, and NaN is NaN. */
const bits = (tensors: Tensors | undefined): Record<string, Uint32Array> =>
  Object.fromEntries(
    [...(tensors ?? [])].map(([name, { data }]) => [name, new Uint32Array(data.slice().buffer)]),
  );

describe('on a device', () => {
  const executor = webGpuExecutor(device);

  test('a training with all that a final one has goes on from each of its checkpoints with the same bits', async () => {
    const whole = await run(executor, task(64));
    expect(whole.checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    for (const resume of whole.checkpoints) {
      const { trained, checkpoints } = await run(executor, task(64, { resume }));
      expect(bits(trained.tensors)).toEqual(bits(whole.trained.tensors));
      expect(trained.epochLosses).toEqual(whole.trained.epochLosses);
      expect(trained.loss).toBe(whole.trained.loss);
      expect(checkpoints.map(({ epoch }) => epoch)).toEqual([2, 3, 4].filter((e) => e > resume.epoch));
    }
  });

  test('with what is missing it would not: the optimiser, the state of the network', async () => {
    const whole = await run(executor, task(64));
    const [, resume] = whole.checkpoints;
    const { optimizer, tensors } = resume;
    const still = {
      ...optimizer,
      tensors: new Map([...optimizer.tensors].map(([n, d]) => [n, d.map(() => 0)])),
    };
    const forgotten = new Map([...tensors].filter(([name]) => !name.endsWith('.statistics')));
    for (const broken of [
      { ...resume, optimizer: still },
      { ...resume, optimizer: { ...optimizer, step: 0 } },
      { ...resume, tensors: forgotten },
    ]) {
      const { trained } = await run(executor, task(64, { resume: broken }));
      expect(bits(trained.tensors)).not.toEqual(bits(whole.trained.tensors));
    }
  });

  test('checkpoints come as often as they are asked for, and after the last epoch', async () => {
    const { checkpoints } = await run(executor, task(32, { checkpointEvery: 3 }));
    expect(checkpoints.map(({ epoch }) => epoch)).toEqual([3, 4]);
    expect((await run(executor, task(32, { checkpointEvery: undefined }))).checkpoints).toEqual([]);
  });

  test('the same first step as on the reference executor: images, heads and paths', async () => {
    const first = { train: { ...final, epochs: 2 }, checkpointEvery: undefined };
    const ours = await run(executor, task(16, first));
    const reference = await run(referenceExecutor(), task(16, first));
    // The first loss is before any step; the second after one step of rounding in another order.
    const [[a, b], [c, d]] = [ours.trained.epochLosses, reference.trained.epochLosses];
    expect(Math.abs(a - c)).toBeLessThan(1e-5);
    expect(Math.abs(b - d)).toBeLessThan(2e-2);
  });
});

test('the rate at which paths are dropped grows from 0, epoch by epoch, and goes on where it was', async () => {
  const rates: number[] = [];
  const executor = watched(rates);
  const { checkpoints } = await run(executor, task(16));
  expect(rates).toEqual([0, 0.05, 0.1, 0.15].map(Math.fround));
  rates.length = 0;
  await run(executor, task(16, { resume: checkpoints[1] }));
  expect(rates).toEqual([0.1, 0.15].map(Math.fround));
});

/** Does nothing but to note the rates that it is told. */
function watched(rates: number[]): Executor {
  return {
    ...referenceExecutor(),
    prepareTraining: ({ tensors }) =>
      Promise.resolve({
        steps: (_, { length }) => Promise.resolve({ losses: new Float32Array(length), fault: undefined }),
        read: () => Promise.resolve(tensors),
        write: (given) => rates.push(...(given.get(DROP_PATH_RATE)?.data ?? [])),
        readOptimizer: () => Promise.resolve({ step: 0, tensors: new Map() }),
        writeOptimizer: () => undefined,
        release: () => undefined,
      }),
    prepareEvaluation: () =>
      Promise.resolve({
        measure: () => Promise.resolve({ loss: 1, correct: 1, fault: undefined }),
        release: () => undefined,
      }),
  };
}
