/** Activations and dropout: values and derivatives. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activations } from '../../../compiler/ops/activations.ts';
import type { ActivationName } from '../../../compiler/ops/attributes.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const names = Object.keys(activations) as ActivationName[];
const he = { kind: 'he', fanIn: 1 } as const;
const points = [-4, -1, -0.1, 0, 0.1, 1, 7];

// The definitions in their papers, as PyTorch has them, at these points to six decimals.
test.each([
  ['relu6', [0, 0, 0, 0, 0.1, 1, 6]],
  ['leaky_relu', [-0.04, -0.01, -0.001, 0, 0.1, 1, 7]],
  ['elu', [-0.981684, -0.632121, -0.095163, 0, 0.1, 1, 7]],
  ['selu', [-1.725899, -1.111331, -0.167305, 0, 0.10507, 1.050701, 7.354907]],
  ['gelu', [-0.000127, -0.158655, -0.046017, 0, 0.053983, 0.841345, 7]],
  ['sigmoid', [0.017986, 0.268941, 0.475021, 0.5, 0.524979, 0.731059, 0.999089]],
  ['tanh', [-0.999329, -0.761594, -0.099668, 0, 0.099668, 0.761594, 0.999998]],
  ['swish', [-0.071945, -0.268941, -0.047502, 0, 0.052498, 0.731059, 6.993623]],
  ['hard_swish', [0, -0.333333, -0.048333, 0, 0.051667, 0.666667, 7]],
  ['softplus', [0.01815, 0.313262, 0.644397, Math.LN2, 0.744397, 1.313262, 7.000911]],
] as const)('%s', (name, expected) => {
  const y = runOp('activation', [tensor([7], points)], { name });
  y.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
});

test('parameters: the slope of leaky_relu, the depth of elu', () => {
  const x = tensor([2], [-2, 3]);
  expect([...runOp('activation', [x], { name: 'leaky_relu', parameter: 0.25 }).data]).toEqual([-0.5, 3]);
  const y = runOp('activation', [x], { name: 'elu', parameter: 2 }).data;
  expect(y[0]).toBeCloseTo(2 * Math.expm1(-2), 12);
});

test.each(names)('%s is finite far out', (name) => {
  const y = runOp('activation', [tensor([2], [-1e4, 1e4])], { name }).data;
  expect([...y].every(Number.isFinite)).toBe(true);
});

test.each(names)('%s against central differences', (name) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const errors = opGradientErrors(
        (g) => g.op('activation', [g.parameter('x', [3, 5], he)], { name }),
        seed,
        'awayFromZero',
      );
      expect(errors).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

describe('dropout', () => {
  const run = (rate: number, key: number, step: number, count = 100_000): Float64Array =>
    Float64Array.from(
      runOp(
        'dropout',
        [tensor([count], Array<number>(count).fill(2)), tensor([1], [key]), tensor([1], [step])],
        {
          rate,
        },
      ).data,
    );

  test.each([0.1, 0.5, 0.9])('drops a share of %d and keeps the mean', (rate) => {
    const y = run(rate, 5, 3);
    const dropped = y.filter((v) => v === 0).length / y.length;
    // Five deviations of a binomial of 100,000.
    expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / y.length));
    expect(y.find((v) => v !== 0)).toBeCloseTo(2 / (1 - rate), 4);
  });

  test('is a function of key, step and place', () => {
    expect(run(0.5, 5, 3)).toEqual(run(0.5, 5, 3));
    const agree = (a: Float64Array, b: Float64Array): number =>
      a.filter((v, i) => v === b[i]).length / a.length;
    // Independent halves agree half the time.
    expect(agree(run(0.5, 5, 3), run(0.5, 5, 4))).toBeCloseTo(0.5, 1);
    expect(agree(run(0.5, 5, 3), run(0.5, 6, 3))).toBeCloseTo(0.5, 1);
    const y = run(0.5, 5, 3);
    expect(agree(y.slice(0, -1), y.slice(1))).toBeCloseTo(0.5, 1);
  });

  test('its gradient drops what it dropped', () => {
    const errors = opGradientErrors(
      (g) =>
        g.op('dropout', [g.parameter('x', [4, 5], he), g.constant(7, [1]), g.constant(2, [1])], {
          rate: 0.4,
        }),
      3,
    );
    expect(errors).toEqual([]);
  });

  test('refuses a rate of 1', () => {
    expect(refusal('dropout', [[2, 3], [1], [1]], { rate: 1 })).toContain('the rate of dropout is 1');
  });
});
