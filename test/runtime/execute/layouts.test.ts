/** Tensors laid out as weights where they meet others: what the device makes of them is right all the same. */
import { expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { feedsFor, weightedSum } from '../../compiler/ops/gradientCheck.ts';
import { difference } from '../../arbitraries/differentiable/draws.ts';
import { useDevice } from './onDevice.ts';
import { planVariants } from './planVariants.ts';
import { runTraining } from './runTraining.ts';

const device = useDevice();
const still = { stride: [1, 1], padding: [0, 0, 0, 0] } as const;

/** Declares a parameter. */
type Parameter = (name: string, ...shape: number[]) => NodeId;

/** What each graph computes of its parameters. */
const cases: Readonly<Record<string, (b: GraphBuilder, parameter: Parameter) => NodeId>> = {
  'batch norm of a parameter of three rows': (b, p) => {
    const x = p('x', 3, 5);
    return b.op('batch_norm_training', [x, p('a', 5), p('b', 5), b.op('moments', [x], {})], { epsilon: 0.1 });
  },
  'images that are a parameter': (b, p) => b.op('conv', [p('x', 2, 3, 3, 5), p('w', 2, 2, 5, 3)], still),
  'filters that are computed': (b, p) => {
    const w = b.op(
      'mul',
      [p('v', 2, 2, 5, 3), b.op('activation', [p('w', 2, 2, 5, 3)], { name: 'sigmoid' })],
      {},
    );
    return b.op('conv', [p('x', 2, 3, 3, 5), w], still);
  },
  'filters of each channel that are part of larger ones': (b, p) => {
    const w = b.op('slice', [p('w', 5, 5, 3)], { begin: [1, 1, 0], size: [3, 3, 3] });
    return b.op('depthwise', [p('x', 2, 4, 5, 3), w], still);
  },
  'filters that are regularised where they are used': (b, p) => {
    const w = p('w', 1, 2, 5, 3);
    const y = b.op('conv', [p('x', 1, 1, 3, 5), w], still);
    const squares = b.op('reshape', [b.op('mul', [w, w], {})], { shape: [1, 2, 5, 3] });
    return b.op(
      'concat',
      [b.op('reshape', [y], { shape: [1, 6] }), b.op('reshape', [squares], { shape: [1, 30] })],
      {},
    );
  },
  'gradients of filters that are read as images': (b, p) => {
    const made = b.op('conv_weight_gradient', [p('x', 2, 3, 2, 3), p('y', 2, 2, 2, 1)], {
      ...still,
      kernel: [2, 1],
    });
    return b.op('depthwise', [made, p('w', 1, 1, 1)], still);
  },
};

it.each(Object.entries(cases))('%s', async (_, build) => {
  const b = new GraphBuilder();
  const parameter = (name: string, ...shape: Shape): NodeId =>
    b.parameter(name, shape, { kind: 'he', fanIn: 1 });
  b.outputs['loss'] = weightedSum(b, build(b, parameter));
  const graph = differentiate(b.finish(), 'loss');
  const { inputs, parameters, states } = feedsFor(graph, 1, 'normal');
  const expected = runReference(graph, { inputs, parameters, states }, { precision: 'f64' });
  for (const { name: plan, options } of planVariants(device())) {
    const { gradients } = await runTraining(device(), graph, { inputs, parameters, states }, options);
    expect([...gradients.keys()].sort()).toEqual(Object.keys(parameters).sort());
    for (const [name, { shape, data }] of Object.entries(expected.gradients)) {
      expect(gradients.get(name)).toHaveLength(elementsOf(shape));
      // Sums of a few products; the gradients are near 1.
      expect(difference(gradients.get(name)!, data, 1), `${name}, ${plan}`).toBeLessThan(1e-5);
    }
  }
});
