import { describe, expect, it } from 'vitest';
import { limits } from '../../../compiler/wgsl/limits.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { profileOf } from '../../../runtime/device/device.ts';
import { padTensor, unpadTensor } from '../../../runtime/execute/padding.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { noise, useDevice } from './onDevice.ts';

const device = useDevice();

describe('padding', () => {
  it.each([
    { shape: [3], physicalShape: [4] },
    { shape: [2, 3], physicalShape: [2, 4] },
    { shape: [5, 3], physicalShape: [8, 4] },
    { shape: [2, 3, 5, 6], physicalShape: [2, 3, 5, 8] },
    { shape: [3, 3, 3, 10], physicalShape: [3, 3, 4, 12] },
  ])('of $shape to $physicalShape is zero and comes off again', (layout) => {
    const values = noise(
      layout.shape.reduce((a, b) => a * b, 1),
      3,
    );
    const padded = padTensor(layout, values);
    expect(padded).toHaveLength(layout.physicalShape.reduce((a, b) => a * b, 1));
    expect(unpadTensor(layout, padded)).toEqual(values);
    const sum = (of: Float32Array): number => of.reduce((a, b) => a + Math.abs(b), 0);
    expect(sum(padded)).toBe(sum(values));
  });

  it('worked example: a 1 x 2 x 3 image', () => {
    const layout = { shape: [1, 2, 3], physicalShape: [1, 2, 4] };
    expect([...padTensor(layout, Int32Array.from([1, 2, 3, 4, 5, 6]))]).toEqual([1, 2, 3, 0, 4, 5, 6, 0]);
  });

  it('refuses a wrong number of elements as an internal error', () => {
    expect(() => padTensor({ shape: [3], physicalShape: [4] }, new Float32Array(2))).toThrow(
      'internal error',
    );
  });
});

describe('resident data', () => {
  it('that does not fit a binding is refused with the limit', () => {
    const bytes = limits.maxStorageBufferBindingSize + 4;
    expect(() => uploadData(device(), { x: new Float32Array(bytes / 4) })).toThrow(Refusal);
    expect(() => uploadData(device(), { x: new Float32Array(bytes / 4) })).toThrow(
      'the data of x needs 134217732',
    );
  });
});

describe('profileOf', () => {
  it('tells software adapters from hardware', () => {
    expect(profileOf({ type: 'cpu', subgroupSize: 8 })).toEqual({ kind: 'cpu', subgroupSize: 8 });
    expect(profileOf({ type: 'unknown', subgroupSize: undefined })).toEqual({
      kind: 'gpu',
      subgroupSize: undefined,
    });
  });
});
