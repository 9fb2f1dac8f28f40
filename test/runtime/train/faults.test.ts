/** Where numbers that are none come from, found and named by every executor, and said in the user's words. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Dataset } from '../../../runtime/data/dataset.ts';
import { loadData } from '../../../runtime/data/table.ts';
import type { Fault } from '../../../runtime/execute/fault.ts';
import type { Executor, Tensor, TrainingRun, UpdateSpec } from '../../../runtime/train/executor.ts';
import { trainAndMeasure } from '../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { profilesOf, useDevice } from '../execute/onDevice.ts';
import { smallNetwork, unnormalisedNetwork } from './networks.ts';

const digits = await loadData({ name: 'digits', args: {} });
const device = useDevice();
const BATCH = 16;
const sgd = { name: 'sgd', lr: 0.1, momentum: 0, nesterov: false, weightDecay: 0 } as const;
const adam = { name: 'adam', lr: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

/** Every executor there is: both kinds of kernels on the device, and the reference. */
const executors: readonly (readonly [string, () => Executor])[] = [
  ['the device', () => webGpuExecutor(device())],
  [
    'the device without subgroups',
    () => webGpuExecutor({ ...device(), profile: profilesOf(device()).at(-1)! }),
  ],
  ['the reference executor', referenceExecutor],
];

/** A dense classifier of 8x8 images; `change` makes of its features what is to go wrong. */
function classifier(change: (b: GraphBuilder, features: NodeId) => NodeId = (_, x) => x): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', [BATCH, 8, 8, 1]);
  b.site = 'body';
  const flat = b.op('reshape', [x], { shape: [BATCH, 64] });
  const w = b.parameter('body.kernel', [64, 12], { kind: 'he', fanIn: 64 });
  const features = b.op('matmul', [flat, w], { transposeA: false, transposeB: false });
  b.site = 'middle';
  const changed = change(b, features);
  b.site = 'head';
  const last = b.parameter('head.kernel', [12, 10], { kind: 'he', fanIn: 12 });
  b.outputs['logits'] = b.op('matmul', [changed, last], { transposeA: false, transposeB: false });
  return differentiate(withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'mean' }), 'loss');
}

interface Case {
  readonly graph: Graph;
  readonly dataset?: Dataset;
  readonly update?: UpdateSpec;
  /** Learning rate of a step. */
  readonly rate?: (step: number) => number;
  readonly batch?: number;
  /** Changes the tensors to begin with. */
  readonly begin?: (tensors: Map<string, Tensor>) => void;
  readonly steps?: number;
}

async function start(executor: Executor, { graph, dataset = digits, update, begin, batch = BATCH }: Case) {
  const tensors = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const { name, shape, init } = node;
    tensors.set(name, { shape, data: initialValues(name, shape, init, 1) });
  }
  begin?.(tensors);
  const network = { graph, dataset, batch, capacity: 60 * batch, tensors };
  return executor.prepareTraining(network, update ?? { optimizer: sgd });
}

async function faultOf(executor: Executor, one: Case): Promise<Fault | undefined> {
  const { batch = BATCH, rate = () => 0.01, steps = 6 } = one;
  const run: TrainingRun = await start(executor, one);
  const rows = digits.split.train.slice(0, steps * batch);
  try {
    return (
      await run.steps(
        rows,
        Float32Array.from({ length: steps }, (_, i) => rate(i)),
      )
    ).fault;
  } finally {
    run.release();
  }
}

/** The data with another number at a pixel of the row that step `step` reads as its image `image`. */
function spoilt(
  step: number,
  image: number,
  value: number,
): { readonly dataset: Dataset; readonly row: number } {
  const row = digits.split.train[step * BATCH + image];
  const images = digits.images.slice();
  images[row * 64 + 27] = value;
  return { dataset: { ...digits, images }, row };
}

const setTo =
  (name: string, value: number) =>
  (tensors: Map<string, Tensor>): void => {
    tensors.get(name)!.data[3] = value;
  };

describe.each(executors)('%s', (_, executor) => {
  it.each([NaN, Infinity, -Infinity])('finds %d in an image, and in which', async (value) => {
    const { dataset, row } = spoilt(3, 5, value);
    expect(await faultOf(executor(), { graph: classifier(), dataset })).toEqual({
      step: 3,
      origin: { kind: 'input', name: 'x', row, value },
    });
  });

  it.each([NaN, Infinity])('finds %d in a weight to begin with', async (value) => {
    const begin = setTo('head.kernel', value);
    const origin = { kind: 'held', tensor: 'head.kernel', value };
    expect(await faultOf(executor(), { graph: classifier(), begin })).toEqual({ step: 0, origin });
  });

  it('finds NaN in a running statistic to begin with', async () => {
    const graph = smallNetwork(BATCH, 'training', { channels: 4 });
    const begin = setTo('second.statistics', NaN);
    const origin = { kind: 'held', tensor: 'second.statistics', value: NaN };
    expect(await faultOf(executor(), { graph, begin, steps: 2 })).toEqual({ step: 0, origin });
  });

  it.each([
    {
      name: 'exp of large numbers',
      label: 'activation(exp) middle',
      value: Infinity,
      change: (b: GraphBuilder, x: NodeId) =>
        b.op('activation', [b.op('scale', [x], { factor: 1e4 })], { name: 'exp' }),
    },
    {
      name: 'a division by 0',
      label: 'div middle',
      value: undefined,
      change: (b: GraphBuilder, x: NodeId) => b.op('div', [x, b.op('scale', [x], { factor: 0 })], {}),
    },
    {
      name: 'the logarithm of 0',
      label: 'activation(log) middle',
      value: -Infinity,
      change: (b: GraphBuilder, x: NodeId) => {
        const none = b.op('scale', [b.op('mul', [x, x], {})], { factor: 0 });
        return b.op('activation', [none], { name: 'log' });
      },
    },
    {
      name: 'an overflow of squares',
      label: 'mul middle',
      value: Infinity,
      change: (b: GraphBuilder, x: NodeId) => {
        const large = b.op('scale', [x], { factor: 1e25 });
        return b.op('mul', [large, large], {});
      },
    },
  ])('finds $name', async ({ label, value, change }) => {
    const fault = await faultOf(executor(), { graph: classifier(change) });
    expect(fault).toMatchObject({ step: 0, origin: { kind: 'op', label } });
    if (value !== undefined) expect(fault!.origin!.value).toBe(value);
  });

  it('finds the step with a learning rate that is far too large', async () => {
    const fault = await faultOf(executor(), { graph: classifier(), rate: (i) => (i === 4 ? 3e38 : 0.01) });
    // What the weights become is finite or not, by chance of the gradient: it overflows there or in the next product.
    expect([4, 5]).toContain(fault!.step);
    expect(['sgd', 'matmul body', 'matmul head']).toContain((fault!.origin as { label: string }).label);
  });

  it('finds an overflow of what the optimiser keeps, which no weight shows', async () => {
    // The second moment of Adam is infinite from a gradient of 1e20 on, and the weight then stands still for ever.
    const change = (b: GraphBuilder, x: NodeId) => b.op('scale', [x], { factor: 1e21 });
    const fault = await faultOf(executor(), { graph: classifier(change), update: { optimizer: adam } });
    expect(fault).toMatchObject({
      step: 0,
      origin: { kind: 'op', label: 'adam', tensor: 'second of head.kernel', value: Infinity },
    });
  });

  it('finds a fault that comes after many steps, at its step', async () => {
    const rate = (i: number): number => (i === 50 ? 3e38 : 1e-3);
    const fault = await faultOf(executor(), { graph: classifier(), rate, steps: 56 });
    expect([50, 51]).toContain(fault!.step);
  });

  it('finds nothing where nothing is wrong', async () => {
    expect(await faultOf(executor(), { graph: classifier(), steps: 56 })).toBeUndefined();
  });
});

// The reference adds squares up in float64, where no norm of gradients overflows.
describe.each(executors.slice(0, 2))('%s', (_, executor) => {
  it('finds a norm of gradients that overflows', async () => {
    const change = (b: GraphBuilder, x: NodeId) => b.op('scale', [x], { factor: 1e24 });
    const fault = await faultOf(executor(), {
      graph: classifier(change),
      update: { optimizer: sgd, clip: 1 },
    });
    expect(fault).toMatchObject({ step: 0, origin: { kind: 'op', label: 'clip', value: Infinity } });
  });
});

describe('a training that is stopped', () => {
  async function diagnosticOf(executor: Executor, changes: object): Promise<Diagnostic> {
    const error: unknown = await trainAndMeasure(
      executor,
      {
        training: unnormalisedNetwork(BATCH, 'training'),
        evaluation: unnormalisedNetwork(BATCH, 'inference'),
        dataset: { ...digits, split: { ...digits.split, train: digits.split.train.slice(0, 6 * BATCH) } },
        trainOn: 'train',
        evaluateOn: 'validation',
        train: { epochs: 3, batch: BATCH, optimizer: sgd, schedule: { name: 'constant' } },
        seed: 1,
        keepTensors: false,
        ...changes,
      },
      () => undefined,
    ).catch((e: unknown) => e);
    if (!(error instanceof Refusal)) throw new Error(`no refusal: ${String(error)}`);
    return error.diagnostics[0];
  }

  it.each(executors)('by %s says which operation it was, when, and what to do', async (_, executor) => {
    const optimizer = { ...sgd, lr: 1e12 };
    const train = { epochs: 3, batch: BATCH, optimizer, schedule: { name: 'constant' } };
    const { code, message, hint, notes } = await diagnosticOf(executor(), { train });
    expect(code).toBe('NAS4205');
    expect(message).toMatch(/^`[\w()]+( \w+)?` gave (NaN|-?infinity) at step \d of epoch 1$/);
    expect(hint).toContain('a smaller learning rate `lr`');
    expect(notes.at(-1)).toMatch(
      /^all numbers that went into it were finite, the largest of them \d\.\d+e\+\d+$/,
    );
  });

  it.each(executors)('by %s says which row of the data holds what is no number', async (_, executor) => {
    const { dataset, row } = spoilt(2, 7, NaN);
    const split = { ...dataset.split, train: dataset.split.train.slice(0, 6 * BATCH) };
    const { code, message, notes } = await diagnosticOf(executor(), { dataset: { ...dataset, split } });
    expect([code, message]).toEqual(['NAS4110', `row ${row} of the data digits, counted from 0, holds NaN`]);
    expect(notes[0]).toMatch(/^it came up at step \d of epoch 1$/);
  });

  it.each(executors)('by %s says so of the data that a network is measured on', async (_, executor) => {
    const row = digits.split.validation[30];
    const images = digits.images.slice();
    images[row * 64 + 20] = Infinity;
    const split = { ...digits.split, train: digits.split.train.slice(0, 2 * BATCH) };
    const { code, message } = await diagnosticOf(executor(), { dataset: { ...digits, images, split } });
    expect([code, message]).toEqual([
      'NAS4110',
      `row ${row} of the data digits, counted from 0, holds infinity`,
    ]);
  });
});
