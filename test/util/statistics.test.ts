import { describe, expect, it, test } from 'vitest';
import { mannWhitney } from '../../util/mannWhitney.ts';
import { Random } from '../../util/random.ts';
import { mean, midranks, normalTail, standardDeviation } from '../../util/statistics.ts';

test('means and deviations', () => {
  expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
  expect(standardDeviation([3])).toBe(0);
  expect(mean([])).toBeNaN();
});

test('ranks are shared by equal values', () => {
  expect(midranks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
});

// Abramowitz & Stegun 1964, table 26.1 (P) and table 26.2 (-log10 Q).
test.each([
  [0, 0.5],
  [0.5, 0.308537538725987],
  [1, 0.158655253931457],
  [1.96, 0.0249978951482205],
  [2.5, 0.00620966532577614],
  [3, 0.00134989803163009],
])('the normal tail above %d', (z, tail) => {
  expect(normalTail(z) / tail).toBeCloseTo(1, 12);
  expect(normalTail(-z)).toBeCloseTo(1 - tail, 14);
});

test('the normal tail far out', () => {
  expect(-Math.log10(normalTail(5))).toBeCloseTo(6.54265, 5);
  expect(-Math.log10(normalTail(10))).toBeCloseTo(23.11805, 5);
  expect(-Math.log10(normalTail(30))).toBeCloseTo(197.30921, 5);
  expect(normalTail(Infinity)).toBe(0);
});

/** The share of the ways to share out the values in which the first sample does at least as well. */
function byHand(first: readonly number[], second: readonly number[]): number {
  const values = [...first, ...second];
  const uOf = (a: readonly number[], b: readonly number[]): number =>
    a.flatMap((x) => b.map((y) => (x > y ? 1 : x === y ? 0.5 : 0))).reduce((s: number, v) => s + v, 0);
  const observed = uOf(first, second);
  let [reached, all] = [0, 0];
  for (let set = 0; set < 1 << values.length; set++) {
    const inside = values.filter((_, i) => (set >> i) & 1);
    if (inside.length !== first.length) continue;
    all++;
    if (
      uOf(
        inside,
        values.filter((_, i) => !((set >> i) & 1)),
      ) >= observed
    )
      reached++;
  }
  return reached / all;
}

describe('Mann and Whitney', () => {
  it('gives the published values', () => {
    // Permeability of the chorioamnion (Hollander & Wolfe 1973, p. 69; the example of R's wilcox.test): W = 35, p = 0.1272.
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p } = mannWhitney(term, early);
    expect(u).toBe(35);
    expect(p).toBeCloseTo(0.1272, 4);
    // The critical values of Mann & Whitney 1947, table I: 3 and 3, U = 0; 5 and 5, U = 2.
    expect(mannWhitney([4, 5, 6], [1, 2, 3]).p).toBeCloseTo(0.05, 12);
    expect(mannWhitney([5, 7, 8, 9, 10], [1, 2, 3, 4, 6]).p).toBeCloseTo(0.008, 3);
  });
  it('is exact with ties', () => {
    const random = new Random(3);
    for (let turn = 0; turn < 60; turn++) {
      const draw = (count: number): number[] => Array.from({ length: count }, () => random.below(6));
      const [a, b] = [draw(1 + random.below(6)), draw(1 + random.below(6))];
      expect(mannWhitney(a, b).p).toBeCloseTo(byHand(a, b), 12);
    }
  });
  it('approximates where there are many values', () => {
    // What SciPy's mannwhitneyu (1.17, alternative 'greater', method 'asymptotic') says of these.
    const a = Array.from({ length: 40 }, (_, i) => ((i * 7) % 13) + (i % 3));
    const b = Array.from({ length: 35 }, (_, i) => (i * 5) % 13);
    const { u, p } = mannWhitney(a, b);
    expect(u).toBe(793.5);
    expect(p).toBeCloseTo(0.16103076925926363, 12);
  });
  it('finds nothing between equal samples', () => {
    const same = Array.from({ length: 40 }, () => 1);
    expect(mannWhitney(same, same)).toEqual({ u: 800, p: 1 });
    expect(mannWhitney([1], [1]).p).toBe(1);
    expect(mannWhitney([], [1]).p).toBeNaN();
  });
});
