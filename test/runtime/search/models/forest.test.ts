import { describe, expect, it } from 'vitest';
import { Forest } from '../../../../runtime/search/models/forest.ts';
import { normalScores } from '../../../../runtime/search/models/normalScores.ts';
import { Random } from '../../../../util/random.ts';

describe('a forest', () => {
  it('learns what depends on two answers together, and is unsure where it has seen nothing', () => {
    const random = new Random(3);
    const points = Array.from({ length: 300 }, () =>
      Int16Array.from({ length: 6 }, () => random.below(4) - 1),
    );
    const value = (p: Int16Array): number => (p[0] === 2 ? 3 : p[1] === -1 ? 1 : 0);
    const forest = new Forest(new Random(1));
    forest.fit(points, points.map(value));
    for (let i = 0; i < 50; i++) {
      const point = Int16Array.from({ length: 6 }, () => random.below(4) - 1);
      expect(Math.abs(forest.predict(point).mean - value(point))).toBeLessThan(0.5);
    }
  });
  it('has the variance of its trees, and of the values in their leaves', () => {
    const forest = new Forest(new Random(1));
    const same = [0, 0, 0, 0].map(() => Int16Array.of(1, 2));
    forest.fit(same, [1, 2, 3, 4]);
    const { mean, deviation } = forest.predict(same[0]);
    expect(mean).toBeGreaterThan(1.5);
    expect(mean).toBeLessThan(3.5);
    expect(deviation).toBeGreaterThan(0.5);
    forest.fit(same, [7, 7, 7, 7]);
    expect(forest.predict(same[0])).toEqual({ mean: 7, deviation: 0 });
  });
});

describe('normal scores', () => {
  it('keep the order, and equal values equal', () => {
    const scores = normalScores([5, -Number.MAX_VALUE, 7, 5, 100]);
    expect(scores[0]).toBe(scores[3]);
    expect(scores[1]).toBeLessThan(scores[0]);
    expect(scores[2]).toBeLessThan(scores[4]);
    expect(scores[4]).toBeCloseTo(-scores[1], 12);
    // The quantile at 9/10.
    expect(scores[4]).toBeCloseTo(1.2815515655446004, 12);
    for (const score of normalScores([3, 3, 3])) expect(score).toBeCloseTo(0, 15);
    expect(normalScores([])).toEqual([]);
  });
});
