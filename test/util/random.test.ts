import { describe, expect, test } from 'vitest';
import { fillNormal, hashString, normalAt, permutation, philox, uniformAt } from '../../util/random.ts';

describe('philox', () => {
  // Known answers for philox4x32 with 10 rounds from the authors' Random123 library, file kat_vectors.
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('counter %j key %j', (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });
});

test('a tensor is filled with what each index has', () => {
  for (const [seed, stream] of [
    [0, 0],
    [17, 0xffffffff],
    [2 ** 53 - 1, 2 ** 40 + 3],
  ] as const) {
    const values = new Float32Array(1000);
    fillNormal(values, 0.25, seed, stream);
    expect(values).toEqual(Float32Array.from(values, (_, i) => 0.25 * normalAt(seed, stream, i)));
  }
  expect(() => fillNormal(new Float32Array(1), 1, -1, 0)).toThrow('must not be negative');
});

describe('hashString', () => {
  // Test vectors of draft-eastlake-fnv, 32-bit FNV-1a.
  test.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ] as const)('%j', (text, expected) => {
    expect(hashString(text)).toBe(expected);
  });
});

const N = 40_000;
const draws = (f: (index: number) => number): number[] => Array.from({ length: N }, (_, i) => f(i));
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe('uniformAt', () => {
  const xs = draws((i) => uniformAt(7, hashString('u'), i));

  test('stays in [0, 1)', () => {
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThan(1);
  });

  // Five standard errors: sqrt(1/12/N) for the mean, sqrt(1/180/N) for the variance.
  test('has mean 1/2 and variance 1/12', () => {
    expect(Math.abs(mean(xs) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / N));
    expect(Math.abs(mean(xs.map((x) => (x - 1 / 2) ** 2)) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / N));
  });

  test('is the same number for the same place, and another for any other', () => {
    expect(uniformAt(1, 2, 3)).toBe(uniformAt(1, 2, 3));
    const near = [uniformAt(1, 2, 3), uniformAt(2, 2, 3), uniformAt(1, 3, 3), uniformAt(1, 2, 4)];
    const far = [uniformAt(1 + 2 ** 32, 2, 3), uniformAt(1, 2 + 2 ** 32, 3), uniformAt(1, 2, 3 + 2 ** 32)];
    expect(new Set([...near, ...far]).size).toBe(7);
  });

  test('refuses what is no place', () => {
    expect(() => uniformAt(-1, 0, 0)).toThrow(/negative/);
    expect(() => uniformAt(0, 0.5, 0)).toThrow(/whole/);
  });
});

describe('normalAt', () => {
  const xs = draws((i) => normalAt(7, hashString('n'), i));

  // Five standard errors: 1/sqrt(N), sqrt(2/N); fourth moment 3 with variance 96/N.
  test('has the moments of the normal distribution', () => {
    expect(Math.abs(mean(xs))).toBeLessThan(5 / Math.sqrt(N));
    expect(Math.abs(mean(xs.map((x) => x ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / N));
    expect(Math.abs(mean(xs.map((x) => x ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / N));
  });

  test('neighbours and streams are not correlated', () => {
    const next = xs.slice(1).map((x, i) => x * (xs[i] ?? NaN));
    const other = xs.map((x, i) => x * normalAt(7, hashString('m'), i));
    expect(Math.abs(mean(next))).toBeLessThan(5 / Math.sqrt(N));
    expect(Math.abs(mean(other))).toBeLessThan(5 / Math.sqrt(N));
  });
});

describe('permutation', () => {
  test('holds every number once', () => {
    expect([...permutation(1000, 3, 4)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
    expect([...permutation(0, 3, 4)]).toEqual([]);
    expect([...permutation(1, 3, 4)]).toEqual([0]);
  });

  test('depends on seed and stream alone', () => {
    expect(permutation(50, 3, 4)).toEqual(permutation(50, 3, 4));
    expect(permutation(50, 3, 4)).not.toEqual(permutation(50, 4, 4));
    expect(permutation(50, 3, 4)).not.toEqual(permutation(50, 3, 5));
  });

  // 6000 draws of 6 orders: chi-squared with 5 degrees of freedom, 25.7 at one in ten thousand.
  test('every order is as likely as the others', () => {
    const counts = new Map<string, number>();
    for (let stream = 0; stream < 6000; stream++) {
      const order = permutation(3, 11, stream).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chi2).toBeLessThan(25.7);
  });
});
