/** Successive halving, ASHA and Hyperband, against the tables of their papers. */
import { describe, expect, it } from 'vitest';
import { strategyWarnings } from '../../../../runtime/search/strategies/table.ts';
import { bracketPlans } from '../../../../runtime/search/strategies/hyperband.ts';
import { rungSizes } from '../../../../runtime/search/halving/rungs.ts';
import type { Simulated } from '../../../../runtime/search/simulate.ts';
import { bits, onesShare, run } from './helpers.ts';

const space = bits(12);

/** Share of the epochs that each trial's architecture has had in all when it is done. */
function totals(outcomes: readonly Simulated[]): readonly number[] {
  const had: number[] = [];
  for (const { share = 1, parent } of outcomes) had.push(share + (parent === undefined ? 0 : had[parent]));
  return had;
}

/** How many trials came to each share, as `[trials, 1 / share]`, in the order of the first of them. */
function rungs(
  outcomes: readonly Simulated[],
  from = 0,
  to = outcomes.length,
): readonly (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const total of totals(outcomes).slice(from, to)) {
    const key = Math.round(1 / total);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([inverse, count]) => [count, inverse] as const);
}

describe('successive halving', () => {
  it('halves', () => {
    const outcomes = run('successive_halving', space, onesShare, { trials: 31 });
    expect(rungs(outcomes)).toEqual([
      [16, 16],
      [8, 8],
      [4, 4],
      [2, 2],
      [1, 1],
    ]);
    // Promoted is the better half, with the weights that it has.
    for (const { parent, architecture, trial } of outcomes.slice(16, 24)) {
      expect(outcomes[parent!].architecture).toEqual(architecture);
      expect(parent!).toBeLessThan(trial);
    }
    const promoted = outcomes.slice(16, 24).map(({ fitness }) => fitness);
    const parents = new Set(outcomes.slice(16, 24).map(({ parent }) => parent));
    const left = outcomes.slice(0, 16).filter(({ trial }) => !parents.has(trial));
    expect(Math.min(...promoted)).toBeGreaterThanOrEqual(Math.max(...left.map(({ fitness }) => fitness)));
    // The survivor is the best of all that began.
    expect(outcomes[30].fitness).toBe(Math.max(...outcomes.map(({ fitness }) => fitness)));
    expect(totals(outcomes)[30]).toBe(1);
  });
  it('begins as many as its trials suffice for', () => {
    const outcomes = run('successive_halving', space, onesShare, { trials: 100 });
    const [[first], ...others] = rungs(outcomes);
    // 52 + 26 + 13 + 6 + 3 = 100.
    expect([first, ...others.map(([count]) => count)]).toEqual([52, 26, 13, 6, 3]);
  });
  it('begins anew when a bracket is done', () => {
    const args = { population: 4, halvings: 1 };
    const outcomes = run('successive_halving', space, onesShare, { trials: 12, args });
    expect(outcomes.map(({ parent }) => parent !== undefined)).toEqual(
      [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1].map(Boolean),
    );
  });
  it('takes no failure further', () => {
    const args = { population: 8, halvings: 2 };
    const fails = ({
      architecture: { choices },
    }: {
      architecture: { choices: readonly number[] };
    }): number => (choices[0] + choices[1] + choices[2] < 3 ? NaN : 1);
    const outcomes = run('successive_halving', space, fails, { trials: 60, args });
    const parents = outcomes.flatMap(({ parent }) => parent ?? []);
    expect(parents.length).toBeGreaterThan(4);
    for (const parent of parents) expect(outcomes[parent].status).toBe('done');
    const all = run('successive_halving', space, () => NaN, { trials: 20, args });
    expect(all.every(({ parent }) => parent === undefined)).toBe(true);
  });
});

describe('Hyperband', () => {
  it('has the brackets of the paper', () => {
    // Li et al. 2018, table 1 by algorithm 1, for R = 81 and eta = 3: n_i and r_i of s = 4 to 0.
    const plans = bracketPlans({ eta: 3, halvings: 4 });
    const table = plans.map(({ first, ladder }) =>
      rungSizes(first, ladder).map((n, i) => [n, 81 * 3 ** (i - ladder.halvings)]),
    );
    expect(table).toEqual([
      [
        [81, 1],
        [27, 3],
        [9, 9],
        [3, 27],
        [1, 81],
      ],
      [
        [34, 3],
        [11, 9],
        [3, 27],
        [1, 81],
      ],
      [
        [15, 9],
        [5, 27],
        [1, 81],
      ],
      [
        [8, 27],
        [2, 81],
      ],
      [[5, 81]],
    ]);
  });
  it('runs them one after the other, and then again', () => {
    const outcomes = run('hyperband', space, onesShare, { trials: 412 });
    expect(rungs(outcomes, 0, 121)).toEqual([
      [81, 81],
      [27, 27],
      [9, 9],
      [3, 3],
      [1, 1],
    ]);
    expect(rungs(outcomes, 121, 170)).toEqual([
      [34, 27],
      [11, 9],
      [3, 3],
      [1, 1],
    ]);
    expect(outcomes.slice(201, 206).every(({ share, parent }) => share === 1 && parent === undefined)).toBe(
      true,
    );
    expect(outcomes.slice(206).map(({ share }) => share)).toEqual(
      outcomes.slice(0, 206).map(({ share }) => share),
    );
  });
});

describe('ASHA', () => {
  it('promotes as soon as somebody is among the best of a rung', () => {
    // Scores by number of the draw, eta = 2: what algorithm 2 does with one worker, by hand.
    const scores = [0.1, 0.5, 0.3, 0.9];
    let drawn = 0;
    const known = new Map<string, number>();
    const outcomes = run(
      'asha',
      space,
      ({ architecture, parent }) => {
        const key = architecture.choices.join();
        if (parent === undefined) known.set(key, scores[drawn++] ?? 0);
        return known.get(key)!;
      },
      { trials: 7, args: { eta: 2, halvings: 2 } },
    );
    // Trial 2 takes draw 1 up, for it is the best of two. Draw 2 promotes nobody; draw 3 (trial 4) is the best of four, and goes up
    // at once. Two are on the middle rung, and the better one goes to the top.
    expect(outcomes.map(({ parent }) => parent)).toEqual([
      undefined,
      undefined,
      1,
      undefined,
      undefined,
      4,
      5,
    ]);
    expect(totals(outcomes)).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 1]);
    expect(outcomes[6].fitness).toBe(0.9);
  });
  it('promotes nobody twice', () => {
    const outcomes = run('asha', space, onesShare, { trials: 400, args: { eta: 3, halvings: 3 } });
    const parents = outcomes.flatMap(({ parent }) => parent ?? []);
    expect(new Set(parents).size).toBe(parents.length);
    const counts = rungs(outcomes).map(([count]) => count);
    for (let rung = 1; rung < counts.length; rung++)
      expect(counts[rung]).toBeGreaterThan(counts[rung - 1] / 3 - 2);
    expect(counts).toHaveLength(4);
  });
});

describe('budgets that are too short', () => {
  const told = (name: string, trials: number): string | undefined =>
    strategyWarnings({ name, args: {} }, trials)[0]?.message;
  it('are told of', () => {
    expect(told('successive_halving', 20)).toBe(
      'too few trials for the strategy successive_halving: it takes 31 until the first architecture has had all of its epochs, and there are 20',
    );
    expect(told('successive_halving', 31)).toBeUndefined();
    expect(told('hyperband', 205)).toContain('takes 206');
    expect(told('hyperband', 206)).toBeUndefined();
    expect(told('asha', 340)).toContain('takes 341');
    expect(told('asha', 341)).toBeUndefined();
  });
});
