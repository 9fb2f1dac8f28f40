import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { opGradientErrors, weightedSum } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const he = { kind: 'he', fanIn: 1 } as const;
const epsilon = 1e-5;
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 1, max: 4 })),
  fc.tuple(
    fc.integer({ min: 2, max: 3 }),
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
  ),
);

// Channel 0 holds 1, 3, 5, 7 (mean 4, variance 5); channel 1 holds 2, 2, 2, 2.
const x = tensor([4, 2], [1, 2, 3, 2, 5, 2, 7, 2]);
const statistics = tensor([2, 2], [4, 2, 5, 0]);

describe('worked examples', () => {
  test('moments', () => {
    expect(runOp('moments', [x], {})).toEqual(statistics);
  });

  test('batch_norm, with statistics of the batch or kept ones', () => {
    const [scale, shift] = [tensor([2], [2, 3]), tensor([2], [10, 20])];
    const third = 10 + 2 / Math.sqrt(6); // (5 - 4) / sqrt(5 + 1), epsilon 1 for round numbers
    for (const op of ['batch_norm_training', 'batch_norm_inference'] as const) {
      const y = runOp(op, [x, scale, shift, statistics], { epsilon: 1 });
      expect(y.data[4]).toBeCloseTo(third, 14);
      expect([y.data[1], y.data[3], y.data[5], y.data[7]]).toEqual([20, 20, 20, 20]);
    }
  });

  test('batch_norm_gradient_sums', () => {
    const dy = tensor([4, 2], [1, 1, 2, 1, 3, 1, 4, 1]);
    // sum dy * (x - 4) = 1 * -3 + 2 * -1 + 3 * 1 + 4 * 3 = 10
    const sums = runOp('batch_norm_gradient_sums', [dy, x, statistics], { epsilon: 4 });
    expect(distance(sums, tensor([2, 2], [10, 4, 10 / 3, 0]))).toBeLessThan(1e-15);
  });

  test('batch_norm_input_gradient', () => {
    const dy = tensor([4, 2], [1, 1, 2, 1, 3, 1, 4, 1]);
    const sums = tensor([2, 2], [10, 4, 10 / 3, 0]);
    const dx = runOp('batch_norm_input_gradient', [dy, x, statistics, tensor([2], [6, 6]), sums], {
      epsilon: 4,
    });
    // First element: 6 / 3 * (1 - 10/4 - (-3/3) * (10/3)/4) = 2 * (-1.5 + 5/6)
    expect(dx.data[0]).toBeCloseTo(2 * (-1.5 + 5 / 6), 14);
    // Second channel: every dy equals the mean of dy.
    expect(dx.data[1]).toBe(0);
  });

  test('update_statistics makes the variance unbiased', () => {
    const next = runOp('update_statistics', [tensor([2, 2], [0, 0, 1, 1]), statistics], {
      momentum: 0.1,
      elements: 4,
    });
    expect(distance(next, tensor([2, 2], [0.4, 0.2, 0.9 + (0.1 * 5 * 4) / 3, 0.9]))).toBeLessThan(1e-15);
  });

  test('row', () => {
    expect(runOp('row', [statistics], { index: 1 })).toEqual(tensor([2], [5, 0]));
    expect(runOp('row', [tensor([2, 1, 2], [1, 2, 3, 4])], { index: 0 })).toEqual(tensor([1, 2], [1, 2]));
  });
});

test('moments equal E[x] and E[x^2] - E[x]^2', () => {
  fc.assert(
    fc.property(shape, seed, (s, n) => {
      const input = tensorFor('x', s, n);
      const channels = s.at(-1) ?? 0;
      const count = input.data.length / channels;
      const means = runOp('scale', [runOp('sum_rows', [input], {})], { factor: 1 / count });
      const squares = runOp('scale', [runOp('sum_rows', [runOp('mul', [input, input], {})], {})], {
        factor: 1 / count,
      });
      const variances = runOp('sub', [squares, runOp('mul', [means, means], {})], {});
      const expected = tensor([2, channels], [...means.data, ...variances.data]);
      expect(distance(runOp('moments', [input], {}), expected)).toBeLessThan(1e-13);
    }),
  );
});

test('a normalised batch has mean shift and, but for epsilon, deviation scale', () => {
  fc.assert(
    fc.property(shape, seed, (s, n) => {
      const input = tensorFor('x', s, n);
      const channels = s.at(-1) ?? 0;
      const [scale, shift] = [tensorFor('scale', [channels], n), tensorFor('shift', [channels], n)];
      const moments = runOp('moments', [input], {});
      const y = runOp('batch_norm_training', [input, scale, shift, moments], { epsilon: 1e-12 });
      const after = runOp('moments', [y], {});
      const variances = [...scale.data].map((v) => v * v);
      expect(distance(after, tensor([2, channels], [...shift.data, ...variances]))).toBeLessThan(1e-9);
    }),
  );
});

function batchNorm(b: GraphBuilder, input: NodeId): NodeId {
  const channels = b.shape(input).at(-1) ?? 0;
  const scale = b.parameter('scale', [channels], he);
  const shift = b.parameter('shift', [channels], he);
  return b.op('batch_norm_training', [input, scale, shift, b.op('moments', [input], {})], { epsilon });
}

test('gradients against central differences, through mean and variance', () => {
  fc.assert(
    fc.property(shape, seed, (s, n) => {
      // `distinct` keeps every channel's variance well above epsilon, where differences are accurate.
      expect(opGradientErrors((b) => batchNorm(b, b.parameter('x', s, he)), n, 'distinct')).toEqual([]);
    }),
  );
});

describe('moments are trained through batch_norm_training alone', () => {
  test('a loss that reads them otherwise is refused', () => {
    const b = new GraphBuilder();
    const input = b.parameter('x', [4, 2], he);
    b.outputs.loss = weightedSum(b, b.op('moments', [input], {}));
    expect(() => differentiate(b.finish(), 'loss')).toThrow(
      /trained through moments at node 1, which has no gradient: batch_norm_training accounts/,
    );
  });

  test('even beside a batch_norm_training that reads them rightly', () => {
    const b = new GraphBuilder();
    const y = batchNorm(b, b.parameter('x', [2, 2], he));
    const moments = b.nodes.findIndex((node) => node.kind === 'op' && node.op === 'moments');
    b.outputs.loss = weightedSum(b, b.op('add', [y, moments], {}));
    expect(() => differentiate(b.finish(), 'loss')).toThrow(/trained through moments/);
  });

  test('moments of another tensor are refused', () => {
    const b = new GraphBuilder();
    const [input, other] = [b.parameter('x', [4, 2], he), b.parameter('other', [4, 2], he)];
    const [scale, shift] = [b.parameter('scale', [2], he), b.parameter('shift', [2], he)];
    const moments = b.op('moments', [other], {});
    const y = b.op('batch_norm_training', [input, scale, shift, moments], { epsilon });
    b.outputs.loss = weightedSum(b, y);
    expect(() => differentiate(b.finish(), 'loss')).toThrow(/its moments are not those of its input/);
  });
});

test('what does not fit is refused', () => {
  expect(refusal('batch_norm_training', [[4, 2], [3], [2], [2, 2]], { epsilon })).toBe(
    'batch_norm_training: the shape of the scale is 3; expected 2',
  );
  expect(refusal('batch_norm_inference', [[4, 2], [2], [2], [2]], { epsilon })).toBe(
    'batch_norm_inference: the shape of the statistics is 2; expected 2 x 2',
  );
  expect(refusal('batch_norm_training', [[4, 2], [2], [2], [2, 2]], { epsilon: 0 })).toBe(
    'batch_norm_training: epsilon is 0; expected a small number above 0',
  );
  expect(refusal('moments', [[4]], {})).toBe(
    'moments: the shape of the input is 4; expected at least 2 axes',
  );
  expect(
    refusal(
      'update_statistics',
      [
        [2, 3],
        [2, 3],
      ],
      { momentum: 0.1, elements: 1 },
    ),
  ).toBe(
    'update_statistics: batch normalisation sees 1 value per channel; expected at least 2: a larger batch or larger images',
  );
  expect(refusal('row', [[2, 3]], { index: 2 })).toBe('row: there is no row 2; expected a row from 0 to 1');
});
