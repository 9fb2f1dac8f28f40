import { describe, expect, it } from 'vitest';
import { Baseline, rewards } from '../../../../runtime/search/controllers/rewards.ts';
import { WORST_FITNESS } from '../../../../runtime/search/objective.ts';
import type { Outcome } from '../../../../runtime/search/strategy.ts';

function outcomes(...fitnesses: readonly number[]): readonly Outcome[] {
  return fitnesses.map((fitness) => ({
    architecture: { space: 'any', choices: [] },
    rank: undefined,
    status: Number.isNaN(fitness) ? 'failed' : 'done',
    fitness: Number.isNaN(fitness) ? WORST_FITNESS : fitness,
    fitnesses: [fitness],
    cost: { params: 0, macs: 0 },
  }));
}

describe('the baseline', () => {
  it('begins with the first mean, then keeps a share of itself', () => {
    const baseline = new Baseline(0.9, 'plain');
    expect(baseline.advantages(outcomes(1, 3))).toEqual([-1, 1]);
    // 0.9 * 2 + 0.1 * 12
    const [a, b] = baseline.advantages(outcomes(10, 14))!;
    expect(a).toBeCloseTo(7, 12);
    expect(b).toBeCloseTo(11, 12);
  });
  it('takes a failed trial for the worst one so far', () => {
    const baseline = new Baseline(0.9, 'plain');
    expect(baseline.advantages(outcomes(4, NaN, 2, NaN))).toEqual(
      [1.25, -0.75, -0.75, -0.75].map((x) => x + 0.25),
    );
    const [failed, done] = baseline.advantages(outcomes(NaN, 6))!;
    expect(done - failed).toBeCloseTo(4, 12);
  });
  it('knows nothing while everything failed', () => {
    const baseline = new Baseline(0.9, 'plain');
    expect(baseline.advantages(outcomes(NaN, NaN))).toBeUndefined();
    expect(baseline.advantages(outcomes(1, 1))).toEqual([0, 0]);
  });
});

describe('rewards', () => {
  it('are what the papers take of an accuracy', () => {
    expect(rewards.plain(0.5)).toBe(0.5);
    expect(rewards.cubed(0.5)).toBe(0.125);
    expect(rewards.tan(0.5)).toBeCloseTo(1, 12);
    expect(rewards.tan(1)).toBe(rewards.tan(0.999));
    expect(Number.isFinite(rewards.tan(1))).toBe(true);
  });
});
