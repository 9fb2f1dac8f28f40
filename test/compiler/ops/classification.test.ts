import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { labelsFor, tensorFor } from '../../arbitraries/tensors.ts';
import { gradientErrors } from './gradientCheck.ts';
import { labels, refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const he = { kind: 'he', fanIn: 1 } as const;
const reduction = fc.constantFrom('mean' as const, 'sum' as const);

// exp: 1, 3 and 1, 1: probabilities 1/4, 3/4 and 1/2, 1/2.
const scores = tensor([2, 2], [0, Math.log(3), 5, 5]);

describe('worked examples', () => {
  test('softmax_cross_entropy', () => {
    const total = Math.log(4 / 3) + Math.log(2);
    expect(runOp('softmax_cross_entropy', [scores, labels(1, 0)], { reduction: 'sum' }).data[0]).toBeCloseTo(
      total,
      14,
    );
    expect(runOp('softmax_cross_entropy', [scores, labels(1, 0)], { reduction: 'mean' }).data[0]).toBeCloseTo(
      total / 2,
      14,
    );
  });

  test('its gradient', () => {
    const d = runOp('softmax_cross_entropy_gradient', [scores, labels(1, 0), tensor([1], [8])], {
      reduction: 'mean',
    });
    [1, -1, -2, 2].forEach((expected, i) => expect(d.data[i]).toBeCloseTo(expected, 14));
  });

  test('a label below 0 takes no part, in the divisor either', () => {
    expect(
      runOp('softmax_cross_entropy', [scores, labels(-1, 0)], { reduction: 'mean' }).data[0],
    ).toBeCloseTo(Math.log(2), 14);
    const d = runOp('softmax_cross_entropy_gradient', [scores, labels(-1, 0), tensor([1], [1])], {
      reduction: 'mean',
    });
    [0, 0, -0.5, 0.5].forEach((expected, i) => expect(d.data[i]).toBeCloseTo(expected, 14));
    expect(runOp('correct', [scores, labels(-1, 0)], {}).data[0]).toBe(1);
    expect(runOp('softmax_cross_entropy', [scores, labels(-1, -1)], { reduction: 'mean' }).data[0]).toBe(0);
  });

  test('correct: the first of equal scores is the answer', () => {
    expect(runOp('correct', [scores, labels(1, 0)], {}).data[0]).toBe(2);
    expect(runOp('correct', [scores, labels(1, 1)], {}).data[0]).toBe(1);
    expect(runOp('correct', [scores, labels(0, 1)], {}).data[0]).toBe(0);
  });

  test('smoothed labels: a share of each goes to all classes', () => {
    const attributes = { reduction: 'sum', smoothing: 0.2 } as const;
    const { data } = runOp('softmax_cross_entropy', [scores, labels(1, 0)], attributes);
    expect(data[0]).toBeCloseTo(-0.9 * Math.log(3 / 4) - 0.1 * Math.log(1 / 4) + Math.log(2), 14);
  });

  test('large scores do not overflow', () => {
    const large = tensor([1, 3], [1000, 999, -1000]);
    const loss = runOp('softmax_cross_entropy', [large, labels(1)], { reduction: 'sum' }).data[0];
    expect(loss).toBeCloseTo(1 + Math.log(1 + Math.exp(-1)), 12);
  });

  test('a label that is no class is an internal error', () => {
    expect(() => runOp('softmax_cross_entropy', [scores, labels(0, 2)], { reduction: 'sum' })).toThrow(
      'row 1 has the label 2, but there are 2 classes',
    );
  });
});

test('the loss equals the logarithm of softmax written out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 7 }),
      seed,
      reduction,
      (n, k, s, r) => {
        const logits = tensorFor('logits', [n, k], s);
        const classes = labelsFor(n, k, s);
        const losses = [...classes.data].flatMap((label, i) => {
          const row = Array.from(logits.data.slice(i * k, (i + 1) * k), (z) => Math.exp(z));
          return label < 0 ? [] : [-Math.log(row[label] / row.reduce((a, b) => a + b))];
        });
        const sum = losses.reduce((a, b) => a + b, 0);
        const expected = r === 'sum' || losses.length === 0 ? sum : sum / losses.length;
        expect(runOp('softmax_cross_entropy', [logits, classes], { reduction: r }).data[0]).toBeCloseTo(
          expected,
          12,
        );
      },
    ),
  );
});

test('gradients against central differences, rows without a label included', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 7 }),
      seed,
      reduction,
      fc.constantFrom(0, 0.1, 0.5),
      (n, k, s, r, smoothing) => {
        const b = new GraphBuilder();
        const logits = b.parameter('logits', [n, k], he);
        const loss = b.op('softmax_cross_entropy', [logits, b.input('labels', [n], 'i32')], {
          reduction: r,
          smoothing,
        });
        // A factor makes the gradient that arrives differ from 1.
        b.outputs.loss = b.op('scale', [loss], { factor: 3 });
        const given: Record<string, CpuTensor> = { labels: labelsFor(n, k, s) };
        expect(gradientErrors(b.finish(), s, 'normal', given)).toEqual([]);
      },
    ),
  );
});

test('what does not fit is refused', () => {
  expect(refusal('softmax_cross_entropy', [[4, 10], { i32: [4] }], { reduction: 'mean', smoothing: 1 })).toBe(
    'softmax_cross_entropy: the smoothing of labels is 1; expected a number from 0 to below 1',
  );
  expect(refusal('softmax_cross_entropy', [[4, 10], { i32: [3] }], { reduction: 'mean' })).toBe(
    'softmax_cross_entropy: the shape of the labels is 3; expected one label for each of 4 rows',
  );
  expect(refusal('correct', [[4, 10], [4]], {})).toBe(
    'correct: the elements of the labels are numbers (f32); expected whole numbers (i32)',
  );
  expect(refusal('softmax_cross_entropy_gradient', [[4, 10], { i32: [4] }, [4]], { reduction: 'mean' })).toBe(
    'softmax_cross_entropy_gradient: the shape of the gradient of the loss is 4; expected 1',
  );
});
