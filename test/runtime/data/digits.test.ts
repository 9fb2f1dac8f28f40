/** The digits as loaded: what the file promises, and the two splits. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { partRows, type Dataset } from '../../../runtime/data/dataset.ts';
import { dataForm, dataHash, loadData } from '../../../runtime/data/table.ts';

const shuffled = await loadData({ name: 'digits', args: {} });
const writers = await loadData({ name: 'digits', args: { split: 'writers' } });

function digest(rows: Int32Array): string {
  return createHash('sha256')
    .update([...rows].join(','))
    .digest('hex')
    .slice(0, 16);
}

function perClass(data: Dataset, rows: Int32Array): number[] {
  const counts = Array.from({ length: data.classes }, () => 0);
  for (const row of rows) counts[data.labels[row]]++;
  return counts;
}

describe('digits', () => {
  it('holds the images that the README of the data counts', () => {
    const all = Int32Array.from({ length: 1797 }, (_, i) => i);
    expect(perClass(shuffled, all)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(shuffled.images.length).toBe(1797 * 64);
    expect(shuffled.imageShape).toEqual([8, 8, 1]);
  });

  it('scales pixels by fixed constants', () => {
    // The first row of the file begins 0,0,5,13 and ends in the label 0.
    expect([...shuffled.images.subarray(0, 4)]).toEqual([-5 / 6, -5 / 6, 0, 8 / 6].map(Math.fround));
    expect(shuffled.labels[0]).toBe(0);
    let sum = 0;
    let squares = 0;
    const rows = shuffled.split.train;
    for (const row of rows) {
      for (const v of shuffled.images.subarray(row * 64, (row + 1) * 64)) {
        sum += v;
        squares += v * v;
      }
    }
    const mean = sum / (rows.length * 64);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(squares / (rows.length * 64) - mean * mean - 1)).toBeLessThan(0.05);
  });

  it.each([
    ['shuffled', shuffled],
    ['writers', writers],
  ])('%s: the parts have their sizes, do not overlap and leave nothing out', (_, data) => {
    const { train, validation, test } = data.split;
    expect([train.length, validation.length, test.length]).toEqual([1077, 360, 360]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(1797);
    expect(dataForm({ name: 'digits', args: {} }).sizes).toEqual({ train: 1077, validation: 360, test: 360 });
    expect(partRows(data, 'train+validation')).toEqual(Int32Array.from([...train, ...validation]));
  });

  it('shuffled: every part holds the classes in proportion, to within one image', () => {
    const whole = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];
    for (const rows of [shuffled.split.train, shuffled.split.validation, shuffled.split.test]) {
      perClass(shuffled, rows).forEach((count, label) => {
        const exact = (whole[label] * rows.length) / 1797;
        expect(Math.abs(count - exact)).toBeLessThanOrEqual(1);
      });
    }
  });

  it('shuffled: the rows are these and no others, on every machine', () => {
    const { train, validation, test } = shuffled.split;
    expect([train, validation, test].map(digest)).toMatchInlineSnapshot(`
      [
        "f7f0bd2bee952eb7",
        "4a802fcb25e99a5e",
        "ca77025238a5f277",
      ]
    `);
    expect([...validation.subarray(0, 5)]).toMatchInlineSnapshot(`
      [
        13,
        14,
        17,
        23,
        27,
      ]
    `);
  });

  it('writers: file order', () => {
    const { train, validation, test } = writers.split;
    expect([train[0], train.at(-1)]).toEqual([0, 1076]);
    expect([validation[0], validation.at(-1)]).toEqual([1077, 1436]);
    expect([test[0], test.at(-1)]).toEqual([1437, 1796]);
  });

  it('is identified by file and split, without loading', async () => {
    expect(await dataHash({ name: 'digits', args: {} })).toBe(shuffled.hash);
    expect(await dataHash({ name: 'digits', args: { split: 'writers' } })).toBe(writers.hash);
    expect(shuffled.hash).not.toBe(writers.hash);
    expect(shuffled.hash).toMatchInlineSnapshot(
      `"e0ce3431c15b7efec8f327aa129cf4ec48476f311bf4a5855b881b45374a5f65"`,
    );
  });
});
