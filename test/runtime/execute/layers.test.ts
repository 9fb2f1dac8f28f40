/** Networks of many kinds of layers, trained on the device: gradients and states are those of the reference. */
import { describe, expect, it } from 'vitest';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import type { ActivationName } from '../../../compiler/ops/attributes.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { Network } from '../../compiler/ops/build.ts';
import { noise, poison, profilesOf, relativeError, useDevice } from './onDevice.ts';

const device = useDevice();
const BATCH = 4;
const CLASSES = 5;
const SEED = 11;

/** Cells of every operation that an image can go through; widths that are no multiples of four. */
function convolutional(): Graph {
  const net = new Network('training', BATCH);
  const norm = (x: NodeId): NodeId => net.apply('batch_norm', x);
  const stem = norm(net.apply('conv', net.input([9, 9, 3]), { filters: 6, k: 3 }));
  const separable = net.apply('relu', stem);
  const deep = norm(
    net.apply('conv', net.apply('depthwise', separable, { k: 5, stride: 2 }), { filters: 6 }),
  );
  const dilated = net.apply('conv', net.apply('depthwise', separable, { k: 3, stride: 2, dilation: 2 }), {
    filters: 6,
  });
  const wide = net.apply('conv', stem, { filters: 6, k: [3, 1], dilation: 2, stride: 2 });
  const grouped = net.apply('conv', stem, { filters: 6, k: 3, groups: 3, stride: 2, bias: true });
  const shifted = net.apply('shift', stem, { dy: 1, dx: 1 });
  const halves = [stem, shifted].map((x) => net.apply('conv', x, { filters: 3, stride: 2 }));
  const reduced = net.apply('batch_norm', net.apply('concat', halves), { affine: false });
  const pooled = net.apply('avg_pool', stem, { k: 2, stride: 2, padding: 'valid', ceil: true });
  const summed = net.apply('add', [deep, dilated, wide, grouped, reduced, pooled]);
  const names: ActivationName[] = [
    'relu6',
    'selu',
    'gelu',
    'sigmoid',
    'tanh',
    'swish',
    'hard_swish',
    'softplus',
  ];
  const bent = net.apply('mean', [
    ...names.map((name) => net.apply(name, summed)),
    net.apply('leaky_relu', summed, { slope: 0.2 }),
    net.apply('elu', summed),
    net.apply('zero', summed),
  ]);
  const gated = net.apply('mul', [
    bent,
    net.apply('split_part', net.apply('concat', [bent, summed]), { index: 1, parts: 2 }),
  ]);
  const small = net.apply('max_pool', gated, { k: 3, stride: 3, ceil: true });
  const all = net.apply('concat', [net.apply('first_channels', gated, { n: 5 }), small], { pad: true });
  const features = net.apply('concat', [
    net.apply('global_max_pool', all),
    net.apply('global_avg_pool', net.apply('layer_norm', all)),
    net.apply('flatten', small),
  ]);
  const kept = net.apply('dropout', features, { rate: 0.3 });
  net.builder.outputs['logits'] = net.apply('dense', kept, { units: CLASSES });
  return net.builder.finish();
}

/** A transformer block on tokens. */
function transformer(): Graph {
  const net = new Network('training', BATCH);
  const x = net.apply('embedding', net.input([7], 'i32'), { vocabulary: 9, units: 6 });
  const seen = net.apply('attention', net.apply('layer_norm', x), { heads: 2, causal: true });
  const once = net.apply('add', [x, net.apply('dropout', seen, { rate: 0.2 })]);
  const wide = net.apply('gelu', net.apply('dense', net.apply('layer_norm', once), { units: 10 }));
  const twice = net.apply('add', [once, net.apply('dense', wide, { units: 6 })]);
  const flat = net.apply('flatten', net.apply('softmax', twice));
  net.builder.outputs['logits'] = net.apply('dense', flat, { units: CLASSES });
  return net.builder.finish();
}

type Feeds = Record<'inputs' | 'parameters' | 'states', Record<string, CpuTensor>>;

function feedsFor(graph: Graph): Feeds {
  const feeds: Feeds = { inputs: {}, parameters: {}, states: {} };
  for (const node of graph.nodes) {
    const { shape } = node;
    if (node.kind === 'input') {
      const whole = Int32Array.from({ length: elementsOf(shape) }, (_, i) => (i * 3) % CLASSES);
      feeds.inputs[node.name] = { shape, data: node.dtype === 'i32' ? whole : noise(elementsOf(shape), 7) };
    } else if (node.kind === 'parameter' || node.kind === 'state') {
      const kind = node.kind === 'parameter' ? 'parameters' : 'states';
      feeds[kind][node.name] = { shape, data: initialValues(node.name, shape, node.init, SEED) };
    }
  }
  return feeds;
}

describe.each([
  ['layers of images', convolutional],
  ['a transformer block', transformer],
])('%s', (_, build) => {
  const graph = runGraphPasses(withClassificationLoss(build(), { logits: 'logits', reduction: 'mean' }), {
    loss: 'loss',
    verify: true,
  });

  it('have the gradients, states and outputs of the float64 reference, two steps on', async () => {
    const feeds = feedsFor(graph);
    const first = runReference(graph, feeds, { precision: 'f64' });
    const second = runReference(graph, { ...feeds, states: first.states }, { precision: 'f64' });
    expect(graph.gradients.length).toBe(graph.nodes.filter((node) => node.kind === 'parameter').length);
    for (const profile of profilesOf(device())) {
      const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
      const execution = await prepare(device(), verifyPlan(planTraining(graph, { profile, optimizer })));
      try {
        poison(execution);
        const named = Object.entries({ ...feeds.parameters, ...feeds.states });
        execution.writeTensors(new Map(named.map(([name, { data }]) => [name, data as Float32Array])));
        for (const [name, { data }] of Object.entries(feeds.inputs)) {
          execution.writeInput(name, data as Float32Array | Int32Array);
        }
        const records = await execution.run('train', [{ learningRate: 0 }, { learningRate: 0 }]);
        expect(records.get('loss')![0]).toBeCloseTo(first.outputs['loss'].data[0], 4);
        expect(records.get('loss')![1]).toBeCloseTo(second.outputs['loss'].data[0], 4);
        const gradients = await execution.readGradients();
        const states = await execution.readTensors(Object.keys(feeds.states));
        const largest = Math.max(
          ...Object.values(second.gradients).map(({ data }) => Math.max(...data.map(Math.abs))),
        );
        for (const [name, { data }] of Object.entries(second.gradients)) {
          // Relative to a hundredth of the largest gradient: some are zero but for roundings.
          expect(relativeError(gradients.get(name)!, data, largest / 100), name).toBeLessThan(1e-3);
        }
        for (const [name, { data }] of Object.entries(second.states)) {
          expect(relativeError(states.get(name)!, data), name).toBeLessThan(1e-4);
        }
      } finally {
        execution.destroy();
      }
    }
  });
});

it('dropout drops otherwise in the next step, and the losses tell', () => {
  const graph = withClassificationLoss(transformer(), { logits: 'logits', reduction: 'mean' });
  const feeds = feedsFor(graph);
  const first = runReference(graph, feeds, { precision: 'f64' });
  const second = runReference(graph, { ...feeds, states: first.states }, { precision: 'f64' });
  expect(second.outputs['loss'].data[0]).not.toBe(first.outputs['loss'].data[0]);
});
