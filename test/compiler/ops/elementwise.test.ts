import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../compiler/graph/graph.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const he = { kind: 'he', fanIn: 1 } as const;
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 })),
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 2 }),
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
);

test('worked examples', () => {
  const a = tensor([4], [-2, -0, 3, 0.5]);
  const b = tensor([4], [5, 6, -7, 8]);
  expect([...runOp('relu', [a], {}).data]).toEqual([0, 0, 3, 0.5]);
  expect([...runOp('relu_gradient', [b, runOp('relu', [a], {})], {}).data]).toEqual([0, 0, -7, 8]);
  expect([...runOp('add', [a, b], {}).data]).toEqual([3, 6, -4, 8.5]);
  expect([...runOp('sub', [a, b], {}).data]).toEqual([-7, -6, 10, -7.5]);
  expect([...runOp('mul', [a, b], {}).data]).toEqual([-10, -0, -21, 4]);
  expect([...runOp('scale', [b], { factor: -0.5 }).data]).toEqual([-2.5, -3, 3.5, -4]);
});

test('relu lets a number that is none show', () => {
  expect(runOp('relu', [tensor([1], [NaN])], {}).data[0]).toBeNaN();
});

describe('gradients against central differences', () => {
  test.each(['add', 'sub', 'mul'] as const)('%s', (op) => {
    fc.assert(
      fc.property(shape, seed, (s, n) => {
        const errors = opGradientErrors(
          (g) => g.op(op, [g.parameter('a', s, he), g.parameter('b', s, he)], {}),
          n,
        );
        expect(errors).toEqual([]);
      }),
    );
  });

  test.each(['add', 'sub', 'mul'] as const)('%s of a tensor with itself', (op) => {
    const errors = opGradientErrors((g) => {
      const a = g.parameter('a', [2, 3], he);
      return g.op(op, [a, a], {});
    }, 5);
    expect(errors).toEqual([]);
  });

  // Values stay 0.1 off the kink, more than ten thousand steps of the difference quotient.
  test('relu', () => {
    fc.assert(
      fc.property(shape, seed, (s, n) => {
        expect(
          opGradientErrors((g) => g.op('relu', [g.parameter('a', s, he)], {}), n, 'awayFromZero'),
        ).toEqual([]);
      }),
    );
  });

  test('relu_gradient, flat in the output of relu', () => {
    fc.assert(
      fc.property(shape, seed, (s, n) => {
        const errors = opGradientErrors(
          (g) => g.op('relu_gradient', [g.parameter('dy', s, he), g.parameter('y', s, he)], {}),
          n,
          'awayFromZero',
        );
        expect(errors).toEqual([]);
      }),
    );
  });

  test('scale', () => {
    fc.assert(
      fc.property(shape, seed, fc.double({ min: -3, max: 3, noNaN: true }), (s, n, factor) => {
        expect(opGradientErrors((g) => g.op('scale', [g.parameter('a', s, he)], { factor }), n)).toEqual([]);
      }),
    );
  });
});

test('what does not fit is refused', () => {
  expect(
    refusal(
      'add',
      [
        [1, 8, 8, 16],
        [1, 4, 4, 16],
      ],
      {},
    ),
  ).toBe(
    'add: one input is 1 x 8 x 8 x 16 and the other is 1 x 4 x 4 x 16; expected two inputs of one shape',
  );
  expect(refusal('relu', [{ i32: [3] }], {})).toBe(
    'relu: the elements of the input are whole numbers (i32); expected numbers (f32)',
  );
  expect(refusal('scale', [[3]], { factor: Infinity })).toBe(
    'scale: the factor is Infinity; expected a finite number',
  );
});
