/** Reductions, repetition and reversal along axes, and the logarithm of softmax: values and derivatives. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReduceKind } from '../../../compiler/ops/attributes.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const kinds: readonly ReduceKind[] = ['sum', 'max', 'min', 'product'];
const x = tensor([2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

const shapes: fc.Arbitrary<{ shape: number[]; axes: number[] }> = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.record({ shape: fc.constant(shape), axes: fc.subarray(shape.map((_, axis) => axis)) }),
  );

test('sums, largest, smallest and products', () => {
  const run = (kind: ReduceKind, axes: number[]): number[] => [...runOp('reduce', [x], { kind, axes }).data];
  expect(run('sum', [1])).toEqual([9, 12, 27, 30]);
  expect(run('sum', [0, 2])).toEqual([18, 26, 34]);
  expect(run('max', [2])).toEqual([2, 4, 6, 8, 10, 12]);
  expect(run('min', [0, 1, 2])).toEqual([1]);
  expect(run('product', [1])).toEqual([15, 48, 693, 960]);
  expect(runOp('reduce', [x], { kind: 'sum', axes: [0, 2] }).shape).toEqual([1, 3, 1]);
});

test('repetition and reversal', () => {
  const row = tensor([2, 1], [1, 2]);
  expect([...runOp('broadcast', [row], { shape: [2, 2, 3] }).data]).toEqual([
    1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2,
  ]);
  expect([...runOp('reverse', [x], { axes: [1] }).data]).toEqual([5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
  expect([...runOp('reverse', [x], { axes: [0, 2] }).data]).toEqual([8, 7, 10, 9, 12, 11, 2, 1, 4, 3, 6, 5]);
});

test('the logarithm of softmax, far from zero too', () => {
  const { data } = runOp('log_softmax', [tensor([2, 3], [1, 2, 3, 1000, 1001, 1002])], {});
  const expected = [-2.407606, -1.407606, -0.407606];
  [...expected, ...expected].forEach((value, i) => expect(data[i]).toBeCloseTo(value, 6));
});

describe('against central differences', () => {
  test.each(kinds)('%s', (kind) => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1e6 }), ({ shape, axes }, seed) => {
        const errors = opGradientErrors(
          (g) => g.op('reduce', [g.parameter('x', shape, he)], { kind, axes }),
          seed,
          'distinct',
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('a product with zeros in it', () => {
    const errors = opGradientErrors((g) => {
      const whole = g.op('activation', [g.parameter('x', [3, 4], he)], { name: 'round' });
      const sum = g.op('add', [whole, g.op('scale', [g.parameter('y', [3, 4], he)], { factor: 0 })], {});
      return g.op('reduce', [sum], { kind: 'product', axes: [1] });
    }, 1);
    expect(errors).toEqual([]);
  });

  test('broadcast', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1e6 }), ({ shape, axes }, seed) => {
        const from = shape.map((n, axis) => (axes.includes(axis) ? 1 : n)).slice(seed % shape.length);
        const errors = opGradientErrors(
          (g) => g.op('broadcast', [g.parameter('x', from, he)], { shape }),
          seed,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('reverse', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 1e6 }), ({ shape, axes }, seed) => {
        const errors = opGradientErrors(
          (g) => g.op('reverse', [g.parameter('x', shape, he)], { axes }),
          seed,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('log_softmax', () => {
    const errors = opGradientErrors((g) => g.op('log_softmax', [g.parameter('x', [4, 5], he)], {}), 1);
    expect(errors).toEqual([]);
  });
});

test('axes and shapes that do not fit are refused', () => {
  expect(refusal('reduce', [[2, 3]], { kind: 'sum', axes: [2] })).toContain(
    'the axes are 2 and the input is 2 x 3',
  );
  expect(refusal('reduce', [[2, 3]], { kind: 'sum', axes: [0, 0] })).toContain('each once');
  expect(refusal('broadcast', [[2, 3]], { shape: [2, 4] })).toContain('2 x 3 cannot be repeated to 2 x 4');
  expect(refusal('reverse', [[2]], { axes: [-1] })).toContain('some of 0 to 0');
});
