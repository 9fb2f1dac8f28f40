/** Published sizes of spaces, counted without a listing, and large spaces under requirements against closed forms. */
import { describe, expect, test } from 'vitest';
import { broken, cellNames, countCell, membersOf } from '../../../compiler/space/members.ts';
import { fixed } from '../../../compiler/space/diagrams.ts';
import { Random } from '../../../util/random.ts';
import { SpaceMaker } from '../../arbitraries/spaceObjects.ts';
import { chain, darts, deep, enasMacro, nasbench101, nasnet } from './published.ts';

describe('free', () => {
  test('DARTS: 180 * 7^8 for each of two cells', () => {
    const space = darts();
    const cell = 180n * 7n ** 8n;
    expect(membersOf(space).value!.free).toBe(cell ** 2n);
    expect(cellNames(space)).toEqual(['normal', 'reduce']);
    for (const name of cellNames(space)) {
      expect(countCell(space, name).value).toEqual({ free: cell, allowed: cell });
    }
  });

  test('NASNet: a product over blocks', () => {
    const cell = [2n, 3n, 4n, 5n, 6n].reduce((product, ins) => product * ins ** 2n * 13n ** 2n * 2n, 1n);
    expect(cell).toBe(2_286_906_949_584_691_200n);
    expect(membersOf(nasnet()).value!.free).toBe(cell ** 2n);
  });

  test('ENAS, macro: 6^12 * 2^66', () => {
    expect(membersOf(enasMacro()).value!.free).toBe(6n ** 12n * 2n ** 66n);
  });

  test('NAS-Bench-101: matrices of at most nine edges', () => {
    const choose = (n: number, k: number): bigint => {
      let result = 1n;
      for (let i = 0; i < k; i++) result = (result * BigInt(n - i)) / BigInt(i + 1);
      return result;
    };
    const matrices = Array.from({ length: 10 }, (_, k) => choose(21, k)).reduce((a, b) => a + b);
    const members = membersOf(nasbench101()).value!;
    expect(members.free).toBe(2n ** 21n * 3n ** 5n);
    expect(members.allowed).toBe(matrices * 3n ** 5n);
  });

  test('thousands of decisions', () => {
    expect(membersOf(chain(3_000)).value!.free).toBe(8n ** 3_000n);
    // Each layer of kind `a` has one of three kernels, of kind `b` none: four ways.
    const layers = Array.from({ length: 300 }, (_, i) => 4n ** BigInt(i + 1)).reduce((a, b) => a + b);
    expect(membersOf(deep(300)).value!.free).toBe(layers);
  });
});

describe('allowed', () => {
  /** `sizes.length` decisions; option `o` of decision `i` costs `sizes[i][o]`. At most, at least. */
  function bounded(sizes: readonly (readonly number[])[], least: number, most: number): bigint | undefined {
    const maker = new SpaceMaker();
    sizes.forEach((costs, i) => {
      const id = maker.choose(
        `d${i}`,
        costs.map((_, o) => o),
      );
      costs.forEach((params, o) => {
        maker.apply('conv', [0], { exists: maker.is(id, o), cost: fixed({ params, macs: 0 }) });
      });
    });
    const compare = (operator: '<=' | '>=', bound: number): void => {
      const right = { kind: 'value', value: fixed(bound) } as const;
      maker.require({ kind: 'binary', operator, left: { kind: 'cost', cost: 'params' }, right });
    };
    compare('<=', most);
    compare('>=', least);
    return membersOf(maker.finish()).value?.allowed;
  }

  /** The textbook's table over sums. */
  function bySums(sizes: readonly (readonly number[])[], least: number, most: number): bigint {
    let ways = new Map([[0, 1n]]);
    for (const costs of sizes) {
      const next = new Map<number, bigint>();
      for (const [sum, n] of ways) for (const c of costs) next.set(sum + c, (next.get(sum + c) ?? 0n) + n);
      ways = next;
    }
    return [...ways].reduce((total, [sum, n]) => (sum >= least && sum <= most ? total + n : total), 0n);
  }

  test('of 40 decisions with eight costs each, against a table over sums', () => {
    const random = new Random(7);
    const sizes = Array.from({ length: 40 }, () => Array.from({ length: 8 }, () => 16 * random.below(60)));
    for (const [least, most] of [
      [0, 12_000],
      [15_000, 19_000],
      [18_880, 18_880],
    ] as const) {
      expect(bounded(sizes, least, most)).toBe(bySums(sizes, least, most));
    }
  });

  test('where the sums take too many values, a bracket is told, and samples are drawn by rejection', () => {
    const space = chain(20, 200_000);
    const { value: members, diagnostics } = membersOf(space);
    expect(diagnostics.map((d) => d.code)).toEqual(['NAS3006']);
    const { allowed, least, places, free } = members!;
    expect(allowed).toBeUndefined();
    expect(least).toBeGreaterThan(0n);
    expect(places).toBeLessThan(free);
    // They are near each other, so few draws are rejected.
    expect(Number(least) / Number(places)).toBeGreaterThan(0.7);
    const random = new Random(2);
    let attempts = 0;
    for (let i = 0; i < 200; i++) {
      const draw = members!.sample(random);
      attempts += draw.attempts;
      expect(broken(space, draw.architecture!)).toBeUndefined();
      expect(members!.unrank(members!.rank(draw.architecture!)!)).toEqual(draw.architecture);
    }
    expect(attempts).toBeLessThan(300);
  });
});
