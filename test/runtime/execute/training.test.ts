/** Whole plans on the device: gradients, training, fusion, poisoned memory, determinism, feeds. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { labelOf } from '../../../compiler/wgsl/printPlan.ts';
import { planInference, planTraining, type TrainingOptions } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { runReference, type NamedTensors } from '../../../runtime/execute/reference.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { printTrace, traceProgram } from '../../../runtime/execute/trace.ts';
import { prepare, type Execution } from '../../../runtime/execute/webgpu.ts';
import {
  batch,
  checkBatch,
  checkNetwork,
  checkParameters,
  learningRate,
  lossOfStep17,
} from '../../fixtures/checkNetwork.ts';
import { noise, poison, profilesOf, relativeError, useDevice } from './onDevice.ts';

const device = useDevice();
const plain = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
const IMAGES = 6;
const CLASSES = 5;

/** A network with every kind of layer, batch statistics included; channels that are no multiples of four. */
function smallNetwork(): Graph {
  const b = new GraphBuilder();
  const constant = (value: number) => ({ kind: 'constant', value }) as const;
  const conv = (name: string, x: NodeId, co: number, stride: number): NodeId => {
    b.site = name;
    const w = b.parameter(`${name}.kernel`, [3, 3, b.shape(x).at(-1)!, co], { kind: 'he', fanIn: 9 });
    return b.op('conv', [x, w], { stride: [stride, stride], padding: [1, 1, 1, 1] });
  };
  const norm = (name: string, x: NodeId): NodeId => {
    b.site = name;
    const c = b.shape(x).at(-1)!;
    const scale = b.parameter(`${name}.scale`, [c], constant(1));
    const shift = b.parameter(`${name}.shift`, [c], constant(0));
    const kept = b.state(`${name}.statistics`, [2, c], { kind: 'rows', values: [0, 1] });
    const moments = b.op('moments', [x], {});
    const rows = elementsOf(b.shape(x)) / c;
    b.update(kept, b.op('update_statistics', [kept, moments], { momentum: 0.1, elements: rows }));
    return b.op('batch_norm_training', [x, scale, shift, moments], { epsilon: 1e-5 });
  };
  const relu = (x: NodeId): NodeId => b.op('relu', [x], {});
  const x = b.input('x', [IMAGES, 9, 7, 3]);
  const stem = relu(norm('bn1', conv('conv1', x, 6, 1)));
  const residual = norm('bn2', conv('conv2', stem, 6, 1));
  const sum = relu(b.op('add', [residual, stem], {}));
  const halved = b.op('max_pool', [sum], { window: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] });
  const deep = relu(norm('bn3', conv('conv3', halved, 34, 2)));
  const pooled = b.op('avg_pool', [deep], { window: [2, 2], stride: [1, 1], padding: [0, 1, 0, 1] });
  b.site = 'head';
  const features = b.op('global_avg_pool', [pooled], {});
  const hidden = b.parameter('hidden.kernel', [34, 10], { kind: 'he', fanIn: 34 });
  const hiddenBias = b.parameter('hidden.bias', [10], constant(0));
  const dense = relu(
    b.op(
      'bias_add',
      [b.op('matmul', [features, hidden], { transposeA: false, transposeB: false }), hiddenBias],
      {},
    ),
  );
  const last = b.parameter('last.kernel', [10, CLASSES], { kind: 'he', fanIn: 10 });
  const bias = b.parameter('last.bias', [CLASSES], constant(0));
  const product = b.op('matmul', [dense, last], { transposeA: false, transposeB: false });
  b.outputs['logits'] = b.op('bias_add', [product, bias], {});
  return withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'mean' });
}

interface Feeds {
  readonly inputs: Record<string, CpuTensor>;
  readonly parameters: Record<string, CpuTensor>;
  readonly states: Record<string, CpuTensor>;
}

function feedsFor(graph: Graph): Feeds {
  const feeds: Feeds = { inputs: {}, parameters: {}, states: {} };
  for (const node of graph.nodes) {
    const { shape } = node;
    if (node.kind === 'input') {
      const labels = Int32Array.from({ length: shape[0] }, (_, i) => (i === 2 ? -1 : (i * 3) % CLASSES));
      const data = node.dtype === 'i32' ? labels : noise(elementsOf(shape), 7);
      feeds.inputs[node.name] = { shape, data };
    } else if (node.kind === 'parameter') {
      const data = noise(elementsOf(shape), node.id + 1, node.name.endsWith('scale') ? 1 : 0, 0.4);
      feeds.parameters[node.name] = { shape, data };
    } else if (node.kind === 'state') {
      const [, c] = shape as [number, number];
      const data = Float32Array.from({ length: 2 * c }, (_, i) => (i < c ? 0 : 1));
      feeds.states[node.name] = { shape, data };
    }
  }
  return feeds;
}

function writeFeeds(execution: Execution, { inputs, parameters, states }: Feeds): void {
  execution.writeTensors(
    new Map(Object.entries({ ...parameters, ...states }).map(([n, t]) => [n, t.data as Float32Array])),
  );
  for (const [name, { data }] of Object.entries(inputs)) {
    if (execution.plan.inputs.some((slot) => slot.name === name)) {
      execution.writeInput(name, data as Float32Array | Int32Array);
    }
  }
}

async function training(
  graph: Graph,
  feeds: Feeds,
  options: Partial<TrainingOptions> = {},
): Promise<Execution> {
  const plan = verifyPlan(planTraining(graph, { profile: device().profile, optimizer: plain, ...options }));
  const execution = await prepare(device(), plan);
  poison(execution);
  writeFeeds(execution, feeds);
  return execution;
}

function errors(found: ReadonlyMap<string, Float32Array>, expected: NamedTensors): Record<string, number> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, { data }]) => [name, relativeError(found.get(name)!, data)]),
  );
}

const graph = differentiate(smallNetwork(), 'loss');
const feeds = feedsFor(graph);

describe('a training step of a small network', () => {
  it('has the gradients, statistics and outputs of the float64 reference, for every profile', async () => {
    const expected = runReference(graph, feeds, { precision: 'f64' });
    for (const profile of profilesOf(device())) {
      const execution = await training(graph, feeds, { profile });
      const records = await execution.run('train', [{ learningRate: 0 }]);
      // Batch norm over few rows amplifies float32 roundings; 1e-3 of a tensor's largest entry is the
      // promise, 1e-5 is what is seen.
      const gradients = errors(await execution.readGradients(), expected.gradients);
      expect(Math.max(...Object.values(gradients)), JSON.stringify(gradients)).toBeLessThan(1e-4);
      const states = errors(await execution.readTensors(Object.keys(feeds.states)), expected.states);
      expect(Math.max(...Object.values(states)), JSON.stringify(states)).toBeLessThan(1e-5);
      expect(
        relativeError(await execution.readOutput('logits'), expected.outputs['logits'].data),
      ).toBeLessThan(1e-5);
      expect(records.get('loss')![0]).toBeCloseTo(expected.outputs['loss'].data[0], 5);
      expect(records.get('correct')![0]).toBe(expected.outputs['correct'].data[0]);
      execution.destroy();
    }
  });

  it('is bit-equal when it is repeated, with garbage in scratch memory, and without fusion', async () => {
    const steps = [0.1, 0.05, 0.025].map((rate) => ({ learningRate: rate }));
    const results: Map<string, Float32Array>[] = [];
    for (const fuse of [true, true, false]) {
      const execution = await training(graph, feeds, { fuse, optimizer: { ...plain, momentum: 0.9 } });
      const records = await execution.run('train', steps);
      results.push(new Map([...(await execution.readTensors()), ...records]));
      execution.destroy();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it.each([
    { ...plain, momentum: 0, nesterov: false, weightDecay: 0.01 },
    { ...plain, momentum: 0.9, nesterov: false, weightDecay: 0 },
    { ...plain, momentum: 0.9, nesterov: true, weightDecay: 0.0005 },
  ])('moves parameters as PyTorch does: $momentum $nesterov $weightDecay', async (optimizer) => {
    const execution = await training(graph, feeds, { optimizer });
    const parameters: Record<string, CpuTensor> = { ...feeds.parameters };
    const velocity = new Map<string, Float64Array>();
    let states: NamedTensors = feeds.states;
    for (const rate of [0.1, 0.05]) {
      await execution.run('train', [{ learningRate: rate }]);
      const step = runReference(graph, { ...feeds, parameters, states }, { precision: 'f64' });
      states = step.states;
      for (const [name, { data: gradient, shape }] of Object.entries(step.gradients)) {
        const before = parameters[name].data;
        const v = velocity.get(name) ?? new Float64Array(before.length);
        velocity.set(name, v);
        const after = new Float64Array(before.length);
        for (let i = 0; i < after.length; i += 1) {
          const g = gradient[i] + optimizer.weightDecay * before[i];
          v[i] = optimizer.momentum * v[i] + g;
          after[i] = before[i] - rate * (optimizer.nesterov ? g + optimizer.momentum * v[i] : v[i]);
        }
        parameters[name] = { shape, data: after };
      }
    }
    const moved = errors(await execution.readTensors(Object.keys(parameters)), parameters);
    expect(Math.max(...Object.values(moved)), JSON.stringify(moved)).toBeLessThan(1e-4);
    execution.destroy();
  });

  it('compiles nothing for a second network of known kernels, and holds no memory after it is destroyed', async () => {
    const first = await training(graph, feeds);
    const { compiled } = device().pipelines.counters;
    first.destroy();
    const second = await training(graph, feeds);
    expect(device().pipelines.counters.compiled).toBe(compiled);
    expect(second.bytes).toBe(first.bytes);
    second.destroy();
  });
});

describe('resident data', () => {
  const rows = 9;
  const x = noise(rows * 9 * 7 * 3, 11);
  const labels = Int32Array.from({ length: rows }, (_, i) => i % CLASSES);

  it('feeds batches by row number; a row that is not there takes no part', async () => {
    const data = uploadData(device(), { x, labels });
    const network = smallNetwork();
    const plan = verifyPlan(
      planInference(network, { profile: device().profile, feed: { capacity: 2 * IMAGES } }),
    );
    const execution = await prepare(device(), plan, data);
    writeFeeds(execution, { ...feeds, inputs: {} });
    const order = Int32Array.from([8, 0, 3, 3, 1, 7, 2, 4, 5, 6, -1, 99]);
    execution.writeIndices(order);
    const records = await execution.run('evaluate', [{ offset: 0 }, { offset: IMAGES }]);
    for (const step of [0, 1]) {
      const picked = order.slice(step * IMAGES, (step + 1) * IMAGES);
      const there = (row: number): boolean => row >= 0 && row < rows;
      const size = 9 * 7 * 3;
      const images = new Float32Array(IMAGES * size);
      picked.forEach((row, i) => {
        if (there(row)) images.set(x.subarray(row * size, (row + 1) * size), i * size);
      });
      const inputs = {
        x: { shape: [IMAGES, 9, 7, 3], data: images },
        labels: { shape: [IMAGES], data: Int32Array.from(picked, (row) => (there(row) ? labels[row] : -1)) },
      };
      const { outputs } = runReference(network, { ...feeds, inputs }, { precision: 'f64' });
      expect(records.get('loss')![step]).toBeCloseTo(outputs['loss'].data[0], 5);
      expect(records.get('correct')![step]).toBe(outputs['correct'].data[0]);
    }
    execution.destroy();
    data.destroy();
  });

  it('records every step of a run that is longer than the room for records', async () => {
    const execution = await training(graph, feeds, { recordSlots: 2 });
    const { compiled } = device().pipelines.counters;
    const records = await execution.run(
      'train',
      Array.from({ length: 5 }, () => ({ learningRate: 0 })),
    );
    const losses = [...records.get('loss')!];
    expect(losses).toHaveLength(5);
    expect(new Set(losses).size).toBe(1);
    expect(device().pipelines.counters.compiled).toBe(compiled);
    execution.destroy();
  });
});

describe('the check network', () => {
  it(`has the loss ${lossOfStep17} at step 17, as in other frameworks`, async () => {
    const network = differentiate(checkNetwork(), 'loss');
    const inputs = checkBatch();
    const parameters = checkParameters();
    for (const profile of profilesOf(device())) {
      const execution = await training(network, { inputs, parameters, states: {} }, { profile });
      const records = await execution.run(
        'train',
        Array.from({ length: 17 }, () => ({ learningRate })),
      );
      // Seventeen steps amplify the order of float32 sums; the frameworks agree to 1e-7 among themselves.
      expect(Math.abs(records.get('loss')![16] - lossOfStep17)).toBeLessThan(1e-4);
      execution.destroy();
    }
    expect(inputs.x.shape[0]).toBe(batch);
  });
});

describe('a trace', () => {
  it('has every dispatch of a program with a time', async () => {
    const execution = await training(graph, feeds);
    const times = await traceProgram(execution, 'train', { runs: 1, repeats: 1 });
    expect(times.map(({ label }) => label)).toEqual(execution.plan.programs['train'].map(labelOf));
    expect(printTrace(times)).toContain('conv conv3');
    execution.destroy();
  });
});
