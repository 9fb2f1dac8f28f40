import { describe, expect, it } from 'vitest';
import { strategyWarnings } from '../../../../runtime/search/strategies/table.ts';
import { meanOf } from '../../../../util/statistics/summary.ts';
import { bits, onesShare, proposed, run } from './helpers.ts';

const spec = (args: Readonly<Record<string, number>> = {}) => ({ name: 'q_learning', args });

describe('q_learning', () => {
  it('proposes better ones as it goes on, and none twice', () => {
    const runs = [1, 2, 3].map((seed) => run('q_learning', bits(12), onesShare, { trials: 500, seed }));
    const mean = (from: number, to: number): number =>
      meanOf(runs.flatMap((outcomes) => outcomes.slice(from, to).map(({ fitness }) => fitness)));
    // Of 4,096 only 299 have nine ones or more; a uniform mean of 150 has a standard error of 0.012.
    expect(mean(0, 200)).toBeLessThan(0.55);
    expect(mean(450, 500)).toBeGreaterThan(0.58);
    for (const outcomes of runs) expect(new Set(proposed(outcomes)).size).toBe(500);
  });
  it('stretches its schedule to the number of trials, unless it is given one', () => {
    const options = { trials: 100, seed: 3 };
    const last = (args: Readonly<Record<string, number>>): number =>
      meanOf(
        run('q_learning', bits(12), onesShare, { ...options, args: { alpha: 0.1, ...args } })
          .slice(-20)
          .map(({ fitness }) => fitness),
      );
    expect(last({})).toBeGreaterThan(last({ networks: 2700 }) + 0.1);
  });
  it('warns where its schedule does not fit the number of trials', () => {
    expect(strategyWarnings(spec(), 2700)).toEqual([]);
    expect(strategyWarnings(spec(), undefined)).toEqual([]);
    expect(strategyWarnings(spec(), 1000)).toEqual([]);
    expect(strategyWarnings(spec(), 100)).toMatchObject([{ code: 'NAS4511' }]);
    expect(strategyWarnings(spec({ networks: 2700 }), 1000)).toMatchObject([{ code: 'NAS4511' }]);
  });
});
