/** Strategies: uniform sampling without repetition, and the table of strategies. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import type { StrategySpace } from '../../../runtime/search/host.ts';
import { retrainSeed, strategyKey, trialSeed } from '../../../runtime/search/seeds.ts';
import { Shuffle, uniformBelow } from '../../../runtime/search/shuffle.ts';
import { checkStrategy, createStrategy, strategies } from '../../../runtime/search/strategies/table.ts';
import type { StrategyKind, StrategyTask } from '../../../runtime/search/strategy.ts';
import { fakeHost } from './fakes.ts';

function task(space: StrategySpace): StrategyTask {
  return { space, key: strategyKey(1), trials: 10, objectives: 1 };
}

function draws(size: bigint, seed: number, count: number): (bigint | undefined)[] {
  const shuffle = new Shuffle(size, strategyKey(seed));
  return Array.from({ length: count }, () => shuffle.next());
}

/** Sum of (observed - expected)^2 / expected over equally likely cells. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

/** 99.99 % quantile of the chi-square distribution (Wilson & Hilferty 1931); seeds are fixed, so it never flickers. */
function bound(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + 3.72 * Math.sqrt(spread)) ** 3;
}

describe('the shuffle', () => {
  it.each([1, 2, 3, 7, 64, 1000])('draws each of %i numbers once, then says that none is left', (size) => {
    const all = draws(BigInt(size), 3, size + 2);
    expect(new Set(all.slice(0, size)).size).toBe(size);
    for (const n of all.slice(0, size)) expect(n! >= 0n && n! < BigInt(size)).toBe(true);
    expect(all.slice(size)).toEqual([undefined, undefined]);
  });
  it('draws nothing from an empty space', () => {
    expect(draws(0n, 1, 2)).toEqual([undefined, undefined]);
  });
  it('gives the same sequence for the same seed and another for another', () => {
    expect(draws(10n ** 30n, 5, 50)).toEqual(draws(10n ** 30n, 5, 50));
    expect(draws(10n ** 30n, 5, 50)).not.toEqual(draws(10n ** 30n, 6, 50));
  });
  it('draws every number equally often at every place', () => {
    const size = 5;
    const runs = 6000;
    const counts = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
    for (let seed = 0; seed < runs; seed++) {
      for (const [place, n] of draws(BigInt(size), seed, size).entries()) counts[place][Number(n)]++;
    }
    for (const place of counts) expect(chiSquare(place, runs)).toBeLessThan(bound(size - 1));
  });
  it('makes every order equally often', () => {
    const runs = 12_000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < runs; seed++) {
      const order = draws(4n, seed, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], runs)).toBeLessThan(bound(23));
  });
  it.each([2n ** 53n + 1n, 2n ** 64n, 3n * 2n ** 64n + 1n, 10n ** 40n])(
    'is uniform over %i numbers',
    (size) => {
      const runs = 4000;
      const cells = Array.from({ length: 16 }, () => 0);
      const low = Array.from({ length: 16 }, () => 0);
      for (const n of draws(size, 11, runs)) {
        cells[Number((n! * 16n) / size)]++;
        low[Number(n! % 16n)]++;
      }
      expect(chiSquare(cells, runs)).toBeLessThan(bound(15));
      expect(chiSquare(low, runs)).toBeLessThan(bound(15));
    },
  );
  it('is without bias just above a power of two, where a remainder would favour small numbers', () => {
    const counts = Array.from({ length: 3 }, () => 0);
    const limit = 3n * 2n ** 62n; // 64 bits modulo this would draw the first third half as often again
    for (let i = 0n; i < 9000n; i++) counts[Number(uniformBelow(limit, [1, 2], i) / 2n ** 62n)]++;
    expect(chiSquare(counts, 9000)).toBeLessThan(bound(2));
  });
});

describe('seeds', () => {
  it('separates strategy, trials and retraining', () => {
    const seeds = [trialSeed(1, 0), trialSeed(1, 1), trialSeed(2, 0), retrainSeed(1, 0), retrainSeed(1, 1)];
    expect(new Set([...seeds, ...strategyKey(1)]).size).toBe(7);
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
  it('stays the same from version to version', () => {
    expect([trialSeed(1, 0), retrainSeed(1, 0), ...strategyKey(1)]).toMatchInlineSnapshot(`
      [
        269733104,
        1081016233,
        3839746333,
        2851221913,
      ]
    `);
    expect(draws(10n ** 25n, 1, 3)).toMatchInlineSnapshot(`
      [
        4899590087486347931344688n,
        2502299368622563153150459n,
        9333966495276740182394296n,
      ]
    `);
  });
});

describe('random search', () => {
  it('proposes every architecture once, with its rank', () => {
    const host = fakeHost(9n);
    const strategy = createStrategy({ name: 'random', args: {} }, task(host));
    const seen = new Set<string>();
    for (let i = 0; i < 9; i++) {
      const proposal = strategy.ask()!;
      expect(host.members.unrank(proposal.rank!)).toEqual(proposal.architecture);
      seen.add(host.encode(proposal.architecture));
      const cost = { params: 1, macs: 1 };
      strategy.tell({ ...proposal, status: 'failed', fitness: -i, fitnesses: [-i], cost });
    }
    expect(seen.size).toBe(9);
    expect(strategy.ask()).toBeUndefined();
  });
});

describe('the table of strategies', () => {
  const tuned: StrategyKind = {
    doc: 'For this test.',
    arguments: {
      population: {
        doc: 'How many.',
        otherwise: 10,
        expected: 'a whole number from 2',
        accepts: (v) => typeof v === 'number' && Number.isInteger(v) && v >= 2,
      },
    },
    create: (args) => {
      expect(args).toEqual({ population: 10 });
      return { ask: () => undefined, tell() {} };
    },
  };
  const table = { ...strategies, evolution: tuned };

  it('accepts what exists', () => {
    expect(checkStrategy({ name: 'random', args: {} })).toEqual([]);
    expect(checkStrategy({ name: 'evolution', args: { population: 2 } }, table)).toEqual([]);
  });
  it('suggests a strategy of a similar name', () => {
    expect(checkStrategy({ name: 'randon', args: {} })).toMatchObject([
      { code: 'NAS4501', message: 'no search strategy is called `randon`', hint: 'did you mean `random`?' },
    ]);
    expect(checkStrategy({ name: 'constructor', args: {} })).toMatchObject([{ code: 'NAS4501' }]);
  });
  it('names every argument that is unknown or out of range', () => {
    const problems = checkStrategy({ name: 'evolution', args: { populaton: 3, population: 1.5 } }, table);
    expect(problems).toMatchObject([
      { code: 'NAS4502', hint: 'did you mean `population`?' },
      { code: 'NAS4503', expected: 'a whole number from 2' },
    ]);
    expect(checkStrategy({ name: 'random', args: { n: 3 } })).toMatchObject([
      { code: 'NAS4502', hint: 'write `random` alone' },
    ]);
  });
  it('fills in defaults, and refuses what does not check', () => {
    createStrategy({ name: 'evolution', args: {} }, task(fakeHost()), table);
    expect(() => createStrategy({ name: 'random', args: { n: 3 } }, task(fakeHost()))).toThrow(Refusal);
    expect(() => createStrategy({ name: 'x', args: {} }, task(fakeHost()))).toThrow(Refusal);
  });
});
