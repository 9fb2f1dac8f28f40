/** Learning rates against values worked out by hand. */
import { describe, expect, it } from 'vitest';
import { learningRates } from '../../../runtime/train/schedule.ts';

describe('learningRates', () => {
  it('constant', () => {
    expect([...learningRates({ name: 'constant' }, 0.05, 3)]).toEqual([0.05, 0.05, 0.05].map(Math.fround));
  });

  it('cosine: lr * (1 + cos(pi t / T)) / 2', () => {
    // cos of 0, 45, 90 and 135 degrees
    const half = Math.SQRT1_2;
    const expected = [1, (1 + half) / 2, 0.5, (1 - half) / 2].map((f) => 0.2 * f);
    learningRates({ name: 'cosine' }, 0.2, 4).forEach((rate, t) => {
      // One rounding to f32: 2^-24 of the value; cos(pi / 2) is not exactly 0.
      expect(Math.abs(rate - expected[t])).toBeLessThanOrEqual(0.2 * 2 ** -24);
    });
  });

  it('cosine never reaches 0 nor goes up', () => {
    const rates = learningRates({ name: 'cosine' }, 0.1, 80);
    expect(rates[0]).toBe(Math.fround(0.1));
    expect(rates.at(-1)).toBeGreaterThan(0);
    rates.forEach((rate, t) => expect(rate).toBeLessThanOrEqual(rates[Math.max(0, t - 1)]));
  });

  it('a part is what stands there in the whole, whatever the whole would take', () => {
    const whole = learningRates({ name: 'cosine' }, 0.1, 80);
    expect(learningRates({ name: 'cosine' }, 0.1, 80, 16, 8)).toEqual(whole.slice(16, 24));
    const [rate] = learningRates({ name: 'cosine' }, 0.1, 1e13, 5e12, 1);
    expect(rate).toBeCloseTo(0.05, 7);
  });
});
