/** Which rows each epoch trains on. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { epochOrder, evaluationOrder, stepsPerEpoch } from '../../../runtime/train/order.ts';

const rows = Int32Array.from({ length: 100 }, (_, i) => 1000 + 3 * i);

describe('epochOrder', () => {
  it('takes distinct rows in whole batches', () => {
    const order = epochOrder(rows, 32, 1, 0);
    expect(order.length).toBe(96);
    expect(new Set(order).size).toBe(96);
    for (const row of order) expect(rows).toContain(row);
  });
  it('depends on seed and epoch alone', () => {
    expect(epochOrder(rows, 32, 1, 2)).toEqual(epochOrder(rows, 32, 1, 2));
    expect(epochOrder(rows, 32, 1, 2)).not.toEqual(epochOrder(rows, 32, 1, 3));
    expect(epochOrder(rows, 32, 1, 2)).not.toEqual(epochOrder(rows, 32, 2, 2));
  });
  it('leaves out other rows in other epochs', () => {
    const left = (epoch: number): string => {
      const order = new Set(epochOrder(rows, 32, 1, epoch));
      return rows.filter((row) => !order.has(row)).join();
    };
    expect(left(0)).not.toBe(left(1));
  });
  it('refuses a batch larger than the data', () => {
    expect(() => epochOrder(rows, 101, 1, 0)).toThrow(Refusal);
    expect(stepsPerEpoch(100, 100)).toBe(1);
  });
});

describe('evaluationOrder', () => {
  it('fills the last batch up with rows that are not there', () => {
    expect([...evaluationOrder(Int32Array.from([7, 8, 9]), 2)]).toEqual([7, 8, 9, -1]);
    expect([...evaluationOrder(Int32Array.from([7, 8]), 2)]).toEqual([7, 8]);
  });
});
