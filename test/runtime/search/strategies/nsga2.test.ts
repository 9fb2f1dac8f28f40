/** NSGA-II (Deb et al. 2002): its sort and its distances by hand and by brute force, and what it finds. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crowdingDistances,
  dominates,
  nonDominatedSort,
} from '../../../../runtime/search/evolution/dominance.ts';
import { survivors } from '../../../../runtime/search/strategies/nsga2.ts';
import type { Proposal } from '../../../../runtime/search/strategy.ts';
import { bits, onesShare, run } from './helpers.ts';

const points = fc.integer({ min: 1, max: 3 }).chain((objectives) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }), {
    maxLength: 25,
  }),
);

describe('the non-dominated sort', () => {
  it('of an example by hand', () => {
    const fronts = nonDominatedSort([
      [1, 5],
      [2, 3],
      [4, 1],
      [1, 3],
      [0, 0],
      [2, 3],
    ]);
    expect(fronts).toEqual([[0, 1, 2, 5], [3], [4]]);
    expect(nonDominatedSort([])).toEqual([]);
    expect(dominates([1, 2], [1, 2])).toBe(false);
    expect(dominates([1, 3], [1, 2])).toBe(true);
  });
  it('peels off what nothing that is left dominates', () => {
    fc.assert(
      fc.property(points, (list) => {
        const fronts = nonDominatedSort(list);
        let left = list.map((_, i) => i);
        for (const front of fronts) {
          const undominated = left.filter((i) => !left.some((j) => dominates(list[j], list[i])));
          expect(front).toEqual(undominated);
          left = left.filter((i) => !front.includes(i));
        }
        expect(left).toEqual([]);
      }),
    );
  });
});

describe('the crowding distance', () => {
  it('of examples by hand', () => {
    const distances = crowdingDistances([
      [5, 4],
      [0, 10],
      [10, 0],
      [2, 6],
    ]);
    expect(distances[1]).toBe(Infinity);
    expect(distances[2]).toBe(Infinity);
    expect(distances[0]).toBeCloseTo((10 - 2) / 10 + (6 - 0) / 10, 12);
    expect(distances[3]).toBeCloseTo((5 - 0) / 10 + (10 - 4) / 10, 12);
    expect(crowdingDistances([[1, 1]])).toEqual([0]);
    expect(
      crowdingDistances([
        [1, 2],
        [1, 2],
      ]),
    ).toEqual([0, 0]);
  });
  it('keeps the ends of a front, and of those between the loneliest', () => {
    const solutions = [0, 1, 2, 3, 9, 10].map((x) => ({
      architecture: { space: 's', choices: [x] },
      fitnesses: [x, 10 - x],
    }));
    const kept = survivors(solutions, 4).map(({ fitnesses: [x] }) => x);
    expect(kept.sort((a, b) => a - b)).toEqual([0, 3, 9, 10]);
  });
});

/** Leading ones and trailing zeros (Laumanns, Thiele & Zitzler 2004): the front is 1...10...0, one more than bits. */
function leadingOnesTrailingZeros({ architecture: { choices } }: Proposal): readonly number[] {
  const zero = choices.indexOf(0);
  const leading = zero < 0 ? choices.length : zero;
  return [leading, choices.length - 1 - choices.lastIndexOf(1)];
}

describe('NSGA-II', () => {
  const space = bits(12);
  it('finds a front that random search does not', () => {
    const found = (name: string, args = {}): number => {
      const outcomes = run(name, space, leadingOnesTrailingZeros, { trials: 1200, args, objectives: 2 });
      const front = outcomes.filter(({ fitnesses: [a, b] }) => a + b === 12);
      return new Set(front.map(({ fitnesses }) => fitnesses.join())).size;
    };
    expect(found('nsga2', { population: 26 })).toBeGreaterThanOrEqual(11);
    expect(found('random')).toBeLessThan(9);
  });
  it('is an evolution where there is one objective', () => {
    const outcomes = run('nsga2', bits(40), onesShare, { trials: 600, args: { population: 20 } });
    expect(Math.max(...outcomes.map(({ fitness }) => fitness))).toBeGreaterThan(0.85);
  });
  it('lets no failure survive', () => {
    const fails = (p: Proposal): number => (p.architecture.choices[0] === 1 ? NaN : onesShare(p));
    const outcomes = run('nsga2', space, fails, { trials: 400, args: { population: 10 } });
    const late = outcomes.slice(200);
    // One mutation in twelve brings the failure back.
    expect(late.filter(({ status }) => status === 'failed').length / late.length).toBeLessThan(0.25);
    expect(Math.max(...late.map(({ fitness }) => fitness))).toBeCloseTo(11 / 12, 12);
  });
});
