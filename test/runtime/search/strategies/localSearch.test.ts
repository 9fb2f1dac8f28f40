/** Local search (White et al. 2020). */
import { describe, expect, it } from 'vitest';
import { distance } from '../../../../compiler/space/algebra/distance.ts';
import { bits, mixed, onesShare, proposed, run } from './helpers.ts';

const space = bits(10);

describe('local search', () => {
  it('tries all neighbours before it moves, and tries nothing twice', () => {
    const outcomes = run('local_search', space, onesShare, { trials: 60 });
    const [start] = outcomes;
    const around = outcomes.slice(1, 11);
    expect(new Set(proposed(around)).size).toBe(10);
    for (const { architecture } of around)
      expect(distance(space.space, start.architecture, architecture)).toBe(1);
    expect(new Set(proposed(outcomes)).size).toBe(60);
    // The next ones surround the best of those; where it came from is known.
    const best = around.reduce((a, b) => (b.fitness > a.fitness ? b : a));
    for (const { architecture } of outcomes.slice(11, 20))
      expect(distance(space.space, best.architecture, architecture)).toBe(1);
  });
  it('reaches the top of a hill in one climb', () => {
    // From the start each step gains one bit, at no more than ten trials a step.
    const outcomes = run('local_search', space, onesShare, { trials: 101 });
    expect(Math.max(...outcomes.map(({ fitness }) => fitness))).toBe(1);
  });
  it('begins anew at a local optimum, until the space is used up', () => {
    const outcomes = run('local_search', bits(6), () => 0.5, { trials: 200 });
    expect(outcomes).toHaveLength(64);
    expect(new Set(proposed(outcomes)).size).toBe(64);
    const { length } = run('local_search', mixed(), (p) => Math.sin(7 * onesShare(p)), { trials: 1000 });
    expect(BigInt(length)).toBe(mixed().members.allowed);
  });
  it('begins at the best of several draws', () => {
    const outcomes = run('local_search', space, onesShare, { trials: 30, args: { draws: 5 } });
    const best = outcomes.slice(0, 5).reduce((a, b) => (b.fitness > a.fitness ? b : a));
    for (const { architecture } of outcomes.slice(5, 13))
      expect(distance(space.space, best.architecture, architecture)).toBe(1);
  });
  it('goes on from the first better neighbour where it is told', () => {
    const outcomes = run('local_search', bits(40), onesShare, { trials: 120, args: { first: true } });
    // Half of the neighbours of a random start are better.
    expect(
      outcomes.slice(0, 12).filter(({ fitness }, i) => fitness > outcomes[Math.max(0, i - 1)].fitness).length,
    ).toBeGreaterThan(2);
    expect(Math.max(...outcomes.map(({ fitness }) => fitness))).toBeGreaterThan(0.8);
  });
});
