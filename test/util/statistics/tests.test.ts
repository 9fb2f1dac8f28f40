/** Tests, corrections, correlations and intervals: against SciPy 1.17, published examples, and counting all cases. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../util/random.ts';
import { drawnTimes, percentileInterval } from '../../../util/statistics/bootstrap.ts';
import { correlate, orderColumns } from '../../../util/statistics/correlations.ts';
import { holm, westfallYoung } from '../../../util/statistics/corrections.ts';
import { mannWhitney } from '../../../util/statistics/mannWhitney.ts';
import { midranks } from '../../../util/statistics/ranks.ts';
import { deviationOf, meanInterval, quantile } from '../../../util/statistics/summary.ts';

test('equal values share the mean of their ranks', () => {
  expect(midranks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
  expect(midranks([])).toEqual([]);
});

describe('Mann-Whitney', () => {
  const few = [0.1, 0.5, 0.7, 0.9, 1.2];
  const others = [0.2, 0.3, 0.8, 0.05, 0.15, 0.35];
  const many = [
    14, 15, 22, 28, 1, 4, 24, 28, 7, 9, 26, 12, 8, 24, 7, 12, 19, 16, 2, 0, 25, 22, 25, 16, 24, 9, 13, 23, 3,
    9, 3, 13, 29, 4, 11, 12, 27, 6, 15, 7,
  ];
  const manyOthers = [
    4, 26, 5, 12, 18, 18, 7, 33, 26, 32, 6, 25, 12, 20, 31, 12, 25, 8, 13, 33, 16, 19, 12, 7, 16, 22, 17, 27,
    14, 22, 27, 31, 16, 5, 25,
  ];
  test.each([
    ['counted', few, others, 23, 0.17748917748917747, 0.08874458874458874],
    [
      'counted, with ties',
      [3, 3, 4, 5, 5],
      [1, 3, 3, 2, 5, 4],
      21.5,
      0.3203463203463203,
      0.16017316017316016,
    ],
    ['normal, with ties', many, manyOthers, 522, 0.0591345309155942, 0.9711403568659048],
  ])('%s', (_, a, b, u, both, greater) => {
    expect(mannWhitney(a, b).u).toBe(u);
    expect(mannWhitney(a, b).p).toBeCloseTo(both, 10);
    expect(mannWhitney(a, b, 'greater').p).toBeCloseTo(greater, 10);
  });

  test('the smallest p of three against three is 1/20 and 1/10', () => {
    expect(mannWhitney([4, 5, 6], [1, 2, 3], 'greater').p).toBeCloseTo(1 / 20, 12);
    expect(mannWhitney([4, 5, Infinity], [-Infinity, 2, 3]).p).toBeCloseTo(1 / 10, 12);
  });

  test('equal samples are not told apart', () => {
    expect(mannWhitney([1, 1, 1], [1, 1]).p).toBe(1);
    expect(mannWhitney(Array(40).fill(1), Array(40).fill(1)).p).toBe(1);
  });
});

describe('correlations', () => {
  test('with ties, as SciPy gives them', () => {
    const x = [6, 10, 5, 4, 0, 5, 7, 9, 10, 2, 7, 9, 3, 4, 10, 6, 6, 8, 6, 11, 9, 0, 1, 6, 9];
    const y = [6, 16, 11, 11, 7, 6, 11, 16, 13, 3, 11, 9, 4, 11, 16, 13, 13, 15, 8, 15, 14, 2, 9, 6, 16];
    const { spearman, kendall } = correlate(orderColumns(x, y));
    expect(spearman).toBeCloseTo(0.775283151645205, 13);
    expect(kendall).toBeCloseTo(0.6256791423399145, 13);
  });

  test('equal a count of all pairs, rows that count several times included', () => {
    const cell = fc.integer({ min: 0, max: 6 });
    const row = fc.tuple(cell, cell, fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 25 }), (rows) => {
        const columns = orderColumns(
          rows.map(([x]) => x),
          rows.map(([, y]) => y),
        );
        const found = correlate(
          columns,
          rows.map(([, , times]) => times),
        );
        const repeated = rows.flatMap(([x, y, times]) => Array.from({ length: times }, () => ({ x, y })));
        near(found.kendall, kendallOfPairs(repeated));
        near(found.spearman, spearmanOfRanks(repeated));
      }),
    );
  });

  test('a column of one value correlates with nothing', () => {
    expect(correlate(orderColumns([1, 1, 1], [1, 2, 3]))).toEqual({ spearman: NaN, kendall: NaN });
  });
});

/** Equal but for rounding; nothing equals nothing. */
function near(value: number, expected: number): void {
  if (Number.isNaN(expected)) expect(value).toBeNaN();
  else expect(value).toBeCloseTo(expected, 10);
}

type Pair = { readonly x: number; readonly y: number };

/** Tau-b by its definition. */
function kendallOfPairs(rows: readonly Pair[]): number {
  let [score, untiedX, untiedY] = [0, 0, 0];
  rows.forEach((a, i) => {
    for (const b of rows.slice(i + 1)) {
      score += Math.sign(a.x - b.x) * Math.sign(a.y - b.y);
      untiedX += Number(a.x !== b.x);
      untiedY += Number(a.y !== b.y);
    }
  });
  return untiedX * untiedY > 0 ? score / Math.sqrt(untiedX * untiedY) : NaN;
}

/** The product-moment correlation of midranks. */
function spearmanOfRanks(rows: readonly Pair[]): number {
  const [x, y] = [midranks(rows.map((row) => row.x)), midranks(rows.map((row) => row.y))];
  const middle = (rows.length + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - middle) * ((b[i] ?? 0) - middle), 0);
  const size = product(x, x) * product(y, y);
  return size > 0 ? product(x, y) / Math.sqrt(size) : NaN;
}

describe('corrections', () => {
  test("Holm's, in the order of the tests", () => {
    // By hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 raised to the one before.
    const expected = [0.03, 0.06, 0.06, 0.02];
    holm([0.01, 0.04, 0.03, 0.005]).forEach((p, i) => expect(p).toBeCloseTo(expected[i] ?? NaN, 12));
    expect(holm([0.3, 0.9])).toEqual([0.6, 0.9]);
    expect(holm([0.01], 10)).toEqual([0.1]);
    expect(holm([])).toEqual([]);
  });

  test("Westfall & Young's: steps down, and is never smaller for a smaller statistic", () => {
    const permuted = [
      [1, 5, 1],
      [6, 1, 2],
      [2, 2, 2],
    ];
    // The largest statistic (7) is above every maximum; the next (4) against maxima of the others; the last alone.
    expect(westfallYoung([7, 4, 1.5], permuted)).toEqual([1 / 4, 2 / 4, 3 / 4]);
    expect(westfallYoung([1, 1, 0], permuted)).toEqual([1, 1, 1]);
  });

  test("Westfall & Young's p-values keep their level when nothing is there", () => {
    const random = new Random(11);
    const draw = (): number[] => Array.from({ length: 8 }, () => random.next() ** 2);
    let claimed = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const permuted = Array.from({ length: 199 }, draw);
      if (Math.min(...westfallYoung(draw(), permuted)) <= 0.05) claimed++;
    }
    // Binomial with p = 0.05: 20 expected, 4.4 deviation.
    expect(claimed).toBeGreaterThan(5);
    expect(claimed).toBeLessThan(38);
  });
});

describe('intervals', () => {
  test("Student's own: the sleep data (1908), ten differences", () => {
    const extra = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const { low, high } = meanInterval(extra);
    // R's t.test(sleep): 0.7001142 to 2.4598858.
    expect(low).toBeCloseTo(0.7001142, 6);
    expect(high).toBeCloseTo(2.4598858, 6);
    expect(deviationOf(extra)).toBeCloseTo(1.229995, 6);
  });

  test('quantiles between values', () => {
    expect(quantile([1, 2, 4], 0.75)).toBe(3);
    expect(quantile([1, 2, 4], 1)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
    const { low, high } = percentileInterval([NaN, ...Array.from({ length: 101 }, (_, i) => i)]);
    expect(low).toBeCloseTo(2.5, 12);
    expect(high).toBeCloseTo(97.5, 12);
  });

  test('a bootstrap sample draws as many rows as there are, each as often as another', () => {
    const totals = new Float64Array(7);
    for (let index = 0; index < 2000; index++) {
      const times = drawnTimes(7, 5, index);
      expect(times.reduce((a, b) => a + b, 0)).toBe(7);
      times.forEach((n, row) => (totals[row] = (totals[row] ?? 0) + n));
    }
    // 2000 of each expected, 41 deviation.
    for (const total of totals) expect(Math.abs(total - 2000)).toBeLessThan(170);
    expect(drawnTimes(9, 5, 1)).toEqual(drawnTimes(9, 5, 1));
    expect(drawnTimes(9, 5, 1)).not.toEqual(drawnTimes(9, 5, 2));
  });
});
