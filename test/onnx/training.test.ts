/** Imported networks can be trained: their gradients against central differences, and on the device. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../compiler/graph/autodiff.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import { simplify } from '../../compiler/graph/passes/simplify.ts';
import { verify } from '../../compiler/graph/passes/verify.ts';
import { importOnnx } from '../../compiler/import/importOnnx.ts';
import type { OnnxModel, OnnxNode } from '../../compiler/import/model.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { planTraining } from '../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../compiler/wgsl/verify.ts';
import { runReference } from '../../runtime/execute/reference.ts';
import { prepare } from '../../runtime/execute/webgpu.ts';
import { feedsFor, gradientErrors } from '../compiler/ops/gradientCheck.ts';
import { poison, profilesOf, relativeError, useDevice } from '../runtime/execute/onDevice.ts';

const device = useDevice();

type Line = readonly [result: string, operator: string, inputs: string, attributes?: OnnxNode['attributes']];

/** A classifier of 3 examples in 4 classes, from its weights' shapes and its nodes; the last makes the scores. */
function classifier(
  input: readonly number[],
  weights: Readonly<Record<string, readonly number[]>>,
  lines: readonly Line[],
): OnnxModel {
  const nodes = [
    ...lines,
    ['loss', 'SoftmaxCrossEntropyLoss', 'scores labels', { ignore_index: 2 }] as const,
  ];
  return {
    opset: { '': 22 },
    inputs: [
      { name: 'x', dtype: 'float32', shape: input },
      { name: 'labels', dtype: 'int64', shape: [3] },
    ],
    initializers: Object.entries(weights).map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      return { name, dtype: 'float32', shape, data: new Float32Array(count) };
    }),
    nodes: nodes.map(([result, operator, inputs, attributes = {}]) => ({
      operator,
      domain: '',
      inputs: inputs.split(' ').map((name) => name.replace('-', '')),
      outputs: result.split(' ').map((name) => name.replace('-', '')),
      attributes,
    })),
    outputs: ['loss'],
  };
}

const networks: Readonly<Record<string, OnnxModel>> = {
  'convolutions, normalised and pooled': classifier(
    [3, 3, 7, 5],
    {
      w: [6, 3, 3, 3],
      b: [6],
      s: [6],
      t: [6],
      m: [6],
      v: [6],
      d: [6, 1, 3, 3],
      g: [4, 3, 1, 2],
      p: [4, 1, 1],
      f: [32, 4],
    },
    [
      ['a', 'Conv', 'x w b', { pads: [1, 1, 1, 1] }],
      ['n', 'BatchNormalization', 'a s t m v', { training_mode: 1 }],
      ['c', 'Conv', 'n d', { group: 6, pads: [1, 1, 1, 1], strides: [2, 1] }],
      [
        'e',
        'AveragePool',
        'c',
        { kernel_shape: [2, 2], ceil_mode: 1, count_include_pad: 1, pads: [1, 1, 0, 0] },
      ],
      ['h', 'Conv', 'e g', { group: 2 }],
      ['i', 'PRelu', 'h p'],
      ['j', 'MaxPool', 'i', { kernel_shape: [2, 1], strides: [2, 1] }],
      ['k', 'Flatten', 'j'],
      ['scores', 'MatMul', 'k f'],
    ],
  ),
  'a sequence through a recurrent layer': classifier(
    [4, 3, 5],
    { w: [1, 12, 5], r: [1, 12, 3], b: [1, 24], l: [3], o: [3], f: [4, 3], c: [4] },
    [
      ['- h', 'LSTM', 'x w r b', { hidden_size: 3 }],
      ['s', 'Squeeze', 'h'],
      ['n', 'LayerNormalization', 's l o'],
      ['z', 'Mish', 'n'],
      ['scores', 'Gemm', 'z f c', { transB: 1 }],
    ],
  ),
  'functions and axes': classifier([3, 2, 5], { a: [2, 1], b: [5], c: [1, 2, 5], f: [4, 4] }, [
    ['d', 'Div', 'x a'],
    ['e', 'Add', 'd b'],
    ['g', 'Gelu', 'e', { approximate: 'tanh' }],
    ['h', 'Max', 'g c'],
    ['i', 'ReduceLogSumExp', 'h axes', { keepdims: 1 }],
    ['j', 'ReduceL2', 'h axes', { keepdims: 1 }],
    ['k', 'Concat', 'i j', { axis: 2 }],
    ['l', 'Reshape', 'k shape'],
    ['scores', 'MatMul', 'l f'],
  ]),
};

/** The whole numbers that nodes read. */
const axes = { name: 'axes', dtype: 'int64', shape: [1], data: [-1] };
const shape = { name: 'shape', dtype: 'int64', shape: [2], data: [3, 4] };

interface Trained {
  readonly graph: Graph;
  readonly given: Readonly<Record<string, CpuTensor>>;
}

function trained(model: OnnxModel): Trained {
  const { value, diagnostics } = importOnnx({ ...model, initializers: [...model.initializers, axes, shape] });
  expect(diagnostics).toEqual([]);
  const states: Record<string, CpuTensor> = {};
  for (const node of value!.graph.nodes) {
    if (node.kind === 'state')
      states[node.name] = { shape: node.shape, data: value!.tensors.get(node.name)! };
  }
  const labels = { shape: [3], data: Int32Array.of(3, 2, 0) };
  return { graph: simplify(verify(value!.graph)), given: { ...states, labels } };
}

describe.each(Object.entries(networks))('%s', (_, model) => {
  it('has the gradients of central differences', () => {
    const { graph, given } = trained(model);
    for (const seed of [1, 2, 3]) expect(gradientErrors(graph, seed, 'awayFromZero', given)).toEqual([]);
  });

  it('has them on the device', async () => {
    const { graph: forward, given } = trained(model);
    const graph = simplify(differentiate(forward, 'loss'));
    const feeds = feedsFor(graph, 1, 'awayFromZero', given);
    const expected = runReference(graph, feeds, { precision: 'f64' });
    // A gradient that is zero but for rounding (a bias before a normalisation) is measured by the largest of all.
    const all = Object.values(expected.gradients).flatMap(({ data }) => [...data]);
    const floor = 0.1 * Math.max(...all.map(Math.abs));
    const floats = ({ data }: CpuTensor): Float32Array => Float32Array.from(data);
    for (const profile of profilesOf(device())) {
      const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
      const execution = await prepare(device(), verifyPlan(planTraining(graph, { profile, optimizer })));
      poison(execution);
      const weights = Object.entries({ ...feeds.parameters, ...feeds.states });
      execution.writeTensors(new Map(weights.map(([name, tensor]) => [name, floats(tensor)])));
      for (const { name } of execution.plan.inputs) {
        const tensor = feeds.inputs[name];
        execution.writeInput(name, tensor.data instanceof Int32Array ? tensor.data : floats(tensor));
      }
      await execution.run('train', [{ learningRate: 0 }]);
      const found = await execution.readGradients();
      expect(found.size).toBe(Object.keys(expected.gradients).length);
      for (const [name, { data }] of Object.entries(expected.gradients)) {
        // Chains of some ten ops in float32, each off by a few roundings of 6e-8.
        expect(relativeError(found.get(name)!, data, floor), `gradient of ${name}`).toBeLessThan(1e-4);
      }
      execution.destroy();
    }
  });
});
