/** The training loop on the reference executor: what it learns, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { loadData } from '../../../runtime/data/table.ts';
import type { Dataset } from '../../../runtime/data/dataset.ts';
import { checkTraining, trainAndMeasure, type Training } from '../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import { smallNetwork, unnormalisedNetwork } from './networks.ts';

const digits = await loadData({ name: 'digits', args: {} });

/** Fewer images, as the reference executor is slow. */
function some(data: Dataset, train: number, validation: number): Dataset {
  const split = {
    ...data.split,
    train: data.split.train.slice(0, train),
    validation: data.split.validation.slice(0, validation),
  };
  return { ...data, split };
}

function task(changes: Partial<Training> = {}): Training {
  return {
    training: smallNetwork(32, 'training', { channels: 4 }),
    evaluation: smallNetwork(32, 'inference', { channels: 4 }),
    dataset: some(digits, 140, 70),
    trainOn: 'train',
    evaluateOn: 'validation',
    train: {
      epochs: 3,
      batch: 32,
      optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
      schedule: { name: 'cosine' },
    },
    seed: 1,
    keepTensors: true,
    ...changes,
  };
}

const run = (t: Training, seen: number[] = []) =>
  trainAndMeasure(referenceExecutor(), t, (_, loss) => void seen.push(loss));

describe('trainAndMeasure', () => {
  it('learns, reports every epoch, and gives back all tensors', async () => {
    const seen: number[] = [];
    const trained = await run(task(), seen);
    expect(trained.epochLosses).toEqual(seen);
    expect(seen).toHaveLength(3);
    expect(seen[2]).toBeLessThan(seen[0]);
    // Three epochs of four steps: far from trained, and far from the 2.303 of a blind guess.
    expect(trained.loss).toBeLessThan(2.3);
    expect(trained.images).toBe(70);
    expect([...trained.tensors!.keys()].sort()).toEqual([
      'dense.bias',
      'dense.kernel',
      'first.kernel',
      'first.scale',
      'first.shift',
      'first.statistics',
      'second.kernel',
      'second.scale',
      'second.shift',
      'second.statistics',
    ]);
    // Running statistics moved away from (0, 1).
    expect(trained.tensors!.get('first.statistics')!.data.every((v) => v !== 0 && v !== 1)).toBe(true);
  });

  it('is a function of its request', async () => {
    const [a, b, c] = [await run(task()), await run(task()), await run(task({ seed: 2 }))];
    expect(b).toEqual(a);
    expect(c.epochLosses).not.toEqual(a.epochLosses);
    expect((await run(task({ keepTensors: false }))).tensors).toBeUndefined();
  });

  it('measures all rows, whatever the batch', async () => {
    const whole = await run(task());
    const other = await run(task({ evaluation: smallNetwork(70, 'inference', { channels: 4 }) }));
    expect(other.accuracy).toBe(whole.accuracy);
    // Sums of 70 losses in f32 in another order.
    expect(Math.abs(other.loss - whole.loss)).toBeLessThan(1e-5);
  });

  it('ends in a diagnostic when a number is none any more', async () => {
    const optimizer = { name: 'sgd', lr: 1e30, momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
    const error: unknown = await run(
      task({
        training: unnormalisedNetwork(32, 'training'),
        evaluation: unnormalisedNetwork(32, 'inference'),
        train: { epochs: 2, batch: 32, optimizer, schedule: { name: 'constant' } },
      }),
    ).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).diagnostics[0].message).toMatch(
      /^`[\w ]+` gave (NaN|-?infinity) at step \d of epoch 1$/,
    );
  });

  it('trains on both parts for the last time', async () => {
    const dataset = some(digits, 32, 32);
    const both = await run(task({ dataset, trainOn: 'train+validation', evaluateOn: 'validation' }));
    const one = await run(task({ dataset }));
    expect(both.loss).toBeLessThan(one.loss);
  });
});

describe('checkTraining', () => {
  const found = (changes: Partial<Training>) =>
    checkTraining(task(changes)).map((d) => `${d.code} ${d.message}`);

  it('finds nothing wrong with a fitting task', () => {
    expect(found({})).toEqual([]);
  });
  it('tells what does not fit', () => {
    expect(found({ training: smallNetwork(32, 'training', { side: 16, classes: 9 }) })).toEqual([
      'NAS4203 the network cannot be trained on digits: its input `x` is image[16, 16, 1], and the images are [8, 8, 1]',
      'NAS4203 the network cannot be trained on digits: its output has 9 numbers, and the data have 10 classes',
    ]);
    expect(found({ dataset: some(digits, 31, 70) })).toEqual([
      'NAS4201 a batch of 32 images is more than the 31 to train on',
    ]);
  });
});

describe('what a search asks for besides', () => {
  const slight = { epochs: 1, optimizer: { ...task().train.optimizer, lr: 1e-12 } } as const;

  it('begins with the tensors that it is given, and draws the others', async () => {
    const first = await run(task());
    const given = new Map([...first.tensors!].slice(0, -1));
    expect(given.size).toBeLessThan(first.tensors!.size);
    const { train, training } = task();
    const parameters = training.nodes.flatMap((n) => (n.kind === 'parameter' ? [n.name] : []));
    const [from, fresh] = await Promise.all([
      run(task({ initial: given, train: { ...train, ...slight } })),
      run(task({ train: { ...train, ...slight } })),
    ]);
    for (const [name, { data }] of from.tensors!) {
      if (!parameters.includes(name)) continue;
      const expected = (given.get(name) ?? fresh.tensors!.get(name))!.data;
      data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
    }
    expect(from.epochLosses[0]).toBeLessThan(fresh.epochLosses[0]);
  });

  it('trains on a share of the images', async () => {
    const { train } = task();
    const quarter = { subset: 0.5, train: { ...train, batch: 32 } };
    // 70 images are two batches, 140 are four.
    const seen: number[] = [];
    const executor = referenceExecutor();
    const counting: typeof executor = {
      ...executor,
      prepareTraining: async (network, update) => {
        seen.push(network.capacity);
        return executor.prepareTraining(network, update);
      },
    };
    await trainAndMeasure(counting, task(quarter), () => undefined);
    expect(seen).toEqual([64]);
    expect(checkTraining(task({ subset: 0.1 })).map((d) => d.code)).toEqual(['NAS4201']);
  });

  it('measures every epoch where it is observed, without changing anything, and stops when told', async () => {
    const plain = await run(task());
    const accuracies: (number | undefined)[] = [];
    const observed = await trainAndMeasure(
      referenceExecutor(),
      task({ observed: true }),
      (_, __, accuracy) => {
        accuracies.push(accuracy);
      },
    );
    expect(observed).toEqual({ ...plain, epochAccuracies: accuracies });
    expect(accuracies.at(-1)).toBe(plain.accuracy);
    const stopped = await trainAndMeasure(
      referenceExecutor(),
      task({ observed: true }),
      (epoch) => epoch < 2,
    );
    expect(stopped.epochLosses).toEqual(plain.epochLosses.slice(0, 2));
    expect(stopped.accuracy).toBe(accuracies[1]);
  });
});
