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

  const table = (rates: Float32Array, expected: readonly number[]): void =>
    expect([...rates]).toEqual(expected.map(Math.fround));

  it('cosine to a minimum: min + (lr - min) * (1 + cos(pi t / T)) / 2', () => {
    const half = Math.SQRT1_2;
    const expected = [1, (1 + half) / 2, 0.5, (1 - half) / 2].map((f) => 0.01 + 0.19 * f);
    learningRates({ name: 'cosine', min: 0.01 }, 0.2, 4).forEach((rate, t) => {
      expect(Math.abs(rate - expected[t])).toBeLessThanOrEqual(0.2 * 2 ** -23);
    });
    table(learningRates({ name: 'cosine', min: 0.2 }, 0.2, 3), [0.2, 0.2, 0.2]);
  });

  it('step: lr * gamma^floor(epoch / every)', () => {
    // Two steps are an epoch; five epochs.
    const spec = { name: 'step', every: 2, gamma: 0.5 } as const;
    const [a, b, c] = [0.8, 0.4, 0.2];
    table(learningRates(spec, 0.8, 10, 0, 10, 2), [a, a, a, a, b, b, b, b, c, c]);
    table(learningRates({ ...spec, every: 1, gamma: 0.25 }, 0.8, 4, 0, 4, 2), [0.8, 0.8, 0.2, 0.2]);
    table(learningRates({ ...spec, every: 100 }, 0.8, 4, 0, 4, 2), [0.8, 0.8, 0.8, 0.8]);
  });

  it('warm-up: lr * t / W for t = 1 to W, then the schedule of what is left', () => {
    const rising = [0.1, 0.2, 0.3, 0.4];
    table(learningRates({ name: 'constant', warmup: 2 }, 0.4, 6, 0, 6, 2), [...rising, 0.4, 0.4]);
    const stepped = learningRates({ name: 'step', every: 1, gamma: 0.5, warmup: 2 }, 0.4, 8, 0, 8, 2);
    table(stepped, [...rising, 0.4, 0.4, 0.2, 0.2]);
    const cosine = learningRates({ name: 'cosine', min: 0.1, warmup: 2 }, 0.4, 8, 0, 8, 2);
    const left = learningRates({ name: 'cosine', min: 0.1 }, 0.4, 4);
    table(cosine, [...rising, ...left]);
  });

  it('a warm-up as long as the training, or longer, is all there is', () => {
    table(learningRates({ name: 'cosine', warmup: 1 }, 1, 2, 0, 2, 2), [0.5, 1]);
    table(learningRates({ name: 'cosine', warmup: 2 }, 1, 2, 0, 2, 2), [0.25, 0.5]);
  });

  it('an epoch is what stands there in the whole, warm-up and steps included', () => {
    for (const spec of [
      { name: 'cosine', min: 0.01, warmup: 3 },
      { name: 'step', every: 2, gamma: 0.3, warmup: 1 },
    ] as const) {
      const whole = learningRates(spec, 0.1, 80, 0, 80, 8);
      for (let epoch = 0; epoch < 10; epoch += 1) {
        const part = learningRates(spec, 0.1, 80, epoch * 8, 8, 8);
        expect(part).toEqual(whole.slice(epoch * 8, epoch * 8 + 8));
      }
    }
  });
});
