/** DropPath: whole examples, the mean, and what decides. */
import { describe, expect, test } from 'vitest';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const EXAMPLES = 20_000;
const LENGTH = 3;

/** The examples that are kept (1) or dropped (0); each must be one or the other as a whole. */
function kept(rate: number, key: number, step: number): Float64Array {
  const x = tensor([EXAMPLES, 1, 1, LENGTH], Array<number>(EXAMPLES * LENGTH).fill(2));
  const y = runOp('drop_path', [x, tensor([1], [key]), tensor([1], [step]), tensor([1], [rate])], {}).data;
  const factor = Math.max(...y);
  expect(factor).toBeCloseTo(2 / (1 - rate), 4);
  const found = Float64Array.from({ length: EXAMPLES }, (_, n) => (y[n * LENGTH] === 0 ? 0 : 1));
  // Every element of an example has the example's fate.
  expect([...y].every((value, i) => value === factor * found[Math.floor(i / LENGTH)])).toBe(true);
  return found;
}

const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('drop_path', () => {
  test.each([0.1, 0.5, 0.9])('drops a share of %d of the examples and keeps the mean', (rate) => {
    // Five deviations of a binomial of 20,000.
    const most = 5 * Math.sqrt((rate * (1 - rate)) / EXAMPLES);
    expect(Math.abs(mean(kept(rate, 5, 3)) - (1 - rate))).toBeLessThan(most);
  });

  test('a rate of 0 changes nothing, to the last bit', () => {
    const values = Array.from({ length: 12 }, (_, i) => Math.fround(Math.sin(i)));
    const one = tensor([1], [0]);
    const y = runOp('drop_path', [tensor([4, 3], values), tensor([1], [9]), one, one], {});
    expect([...y.data]).toEqual(values);
  });

  test('is a function of key, step and place in the batch', () => {
    const agree = (a: Float64Array, b: Float64Array): number =>
      a.filter((v, i) => v === b[i]).length / a.length;
    expect(kept(0.5, 5, 3)).toEqual(kept(0.5, 5, 3));
    // Independent halves agree half the time: other paths and other steps drop other examples.
    expect(agree(kept(0.5, 5, 3), kept(0.5, 5, 4))).toBeCloseTo(0.5, 1);
    expect(agree(kept(0.5, 5, 3), kept(0.5, 6, 3))).toBeCloseTo(0.5, 1);
    const y = kept(0.5, 5, 3);
    expect(agree(y.slice(0, -1), y.slice(1))).toBeCloseTo(0.5, 1);
  });

  test('its gradient drops what it dropped', () => {
    const he = { kind: 'he', fanIn: 1 } as const;
    const errors = opGradientErrors((g) => {
      const [key, step, rate] = [7, 2, 0.4].map((value) => g.constant(value, [1]));
      return g.op('drop_path', [g.parameter('x', [6, 2, 3], he), key, step, rate], {});
    }, 3);
    expect(errors).toEqual([]);
  });

  test('refuses what has no examples', () => {
    expect(refusal('drop_path', [[4], [1], [1], [1]], {})).toContain('drop path reads a list of numbers');
  });
});
