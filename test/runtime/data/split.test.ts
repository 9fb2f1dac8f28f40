/** Shares of the images that every network of a search is trained on. */
import { describe, expect, it } from 'vitest';
import { stratifiedShare } from '../../../runtime/data/split.ts';
import { loadData } from '../../../runtime/data/table.ts';

const digits = await loadData({ name: 'digits', args: {} });
const { train } = digits.split;

const counts = (rows: Int32Array): number[] => {
  const found = Array<number>(10).fill(0);
  for (const row of rows) found[digits.labels[row]] += 1;
  return found;
};

describe('a share of the rows', () => {
  it.each([0.01, 0.1, 0.25, 0.5, 0.999])('%f holds the classes in proportion, each row once', (share) => {
    const rows = stratifiedShare(digits, train, share);
    expect(rows.length).toBe(Math.max(1, Math.round(share * train.length)));
    expect(new Set(rows).size).toBe(rows.length);
    expect([...rows].every((row) => train.includes(row))).toBe(true);
    expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
    counts(rows).forEach((count, label) => {
      expect(Math.abs(count - (counts(train)[label] * rows.length) / train.length)).toBeLessThan(1);
    });
  });

  it('is always the same, and a smaller one lies within a larger one but for rounding', () => {
    const half = stratifiedShare(digits, train, 0.5);
    expect(stratifiedShare(digits, train, 0.5)).toEqual(half);
    const quarter = stratifiedShare(digits, train, 0.25);
    expect([...quarter].filter((row) => !half.includes(row))).toEqual([]);
  });

  it('is not simply the first rows', () => {
    const half = stratifiedShare(digits, train, 0.5);
    expect([...half]).not.toEqual(train.slice(0, half.length));
  });
});
