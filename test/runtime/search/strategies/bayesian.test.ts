/** What Bayesian optimisation promises beyond the laws of all strategies. */
import { describe, expect, it } from 'vitest';
import { strategyWarnings } from '../../../../runtime/search/strategies/table.ts';
import type { Proposal } from '../../../../runtime/search/strategy.ts';
import { bits, mixed, proposed, run, single } from './helpers.ts';

/** A sum of products of neighbouring answers: 1 at one architecture of 2^n alone. */
function pairs({ architecture: { choices } }: Proposal): number {
  const wanted = choices.map((choice, i) => choice === i % 2);
  return wanted.filter((right, i) => right && wanted[(i + 1) % wanted.length]).length / choices.length;
}

describe.each(['gp', 'forest'])('with %s', (model) => {
  it('finds better architectures than random search', () => {
    const space = bits(14);
    const best = (name: string, seed: number): number => {
      const args = name === 'bayesian' ? { model } : {};
      return Math.max(...run(name, space, pairs, { trials: 70, seed, args }).map((o) => o.fitness));
    };
    const seeds = [1, 2, 3, 4];
    const [found, random] = ['bayesian', 'random'].map(
      (name) => seeds.reduce((sum, seed) => sum + best(name, seed), 0) / seeds.length,
    );
    expect(found).toBeGreaterThan(random + 0.1);
  });
  it('tries every architecture of a small space once, failures included', () => {
    const outcomes = run(
      'bayesian',
      bits(4),
      (p) => (p.architecture.choices[0] === 0 ? Number.NaN : pairs(p)),
      { trials: 40, args: { model } },
    );
    expect(outcomes).toHaveLength(16);
    expect(new Set(proposed(outcomes)).size).toBe(16);
  });
  it('keeps away from what fails', () => {
    const outcomes = run(
      'bayesian',
      bits(16),
      (p) => (p.architecture.choices[3] === 0 ? Number.NaN : pairs(p)),
      { trials: 60, args: { model } },
    );
    const late = outcomes.slice(30);
    expect(late.filter(({ status }) => status === 'failed').length).toBeLessThan(late.length / 5);
  });
});

describe('Bayesian optimisation', () => {
  it('proposes what the space allows, where decisions may be absent and costs are bounded', () => {
    const space = mixed();
    const outcomes = run('bayesian', space, (p) => p.architecture.choices.length, { trials: 40 });
    for (const { architecture, rank } of outcomes) expect(rank).toBe(space.members.rank(architecture));
  });
  it('ends with a space of one architecture', () => {
    expect(run('bayesian', single(), () => 1, { trials: 5 })).toHaveLength(1);
  });
  it('draws the initial architectures as random search does', () => {
    const [own, random] = ['bayesian', 'random'].map((name) =>
      proposed(run(name, bits(12), pairs, { trials: 10 })),
    );
    expect(own).toEqual(random);
  });
  it('goes on drawing until something works', () => {
    const outcomes = run('bayesian', bits(8), () => Number.NaN, { trials: 30 });
    expect(proposed(outcomes)).toEqual(proposed(run('random', bits(8), pairs, { trials: 30 })));
  });
  it('warns where there is nothing left for the model', () => {
    const warned = (initial: number, trials: number): readonly string[] =>
      strategyWarnings({ name: 'bayesian', args: { initial } }, trials).map(({ code }) => code);
    expect(warned(10, 10)).toEqual(['NAS4511']);
    expect(warned(10, 11)).toEqual([]);
  });
});
