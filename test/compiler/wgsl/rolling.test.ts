/** Which windows roll, and how lanes hold a row. The kernels themselves are compared with the reference on a device. */
import { describe, expect, it } from 'vitest';
import { chooseRolling, tapsOf, type RollingAxis } from '../../../compiler/wgsl/kernels/rolling.ts';

const lavapipe = { kind: 'cpu', subgroupSize: 8 } as const;

/** An axis padded so that the window's places are the image's, divided by the stride. */
function same(large: number, taps: number, stride = 1, dilation = 1): RollingAxis {
  return { large, small: Math.ceil(large / stride), stride, before: ((taps - 1) / 2) * dilation, dilation };
}

function tuningOf(axis: RollingAxis, taps: number, up = false, profile = lavapipe): unknown {
  return chooseRolling(profile, { images: 2, quads: 2, taps, y: axis, x: axis }, up)?.tuning;
}

describe('lanes', () => {
  it('hold one column each where a row fits them, two where it does not, with a halo where it is longer still', () => {
    expect(tuningOf(same(8, 3), 3)).toMatchObject({ blocks: 1, halo: false });
    expect(tuningOf(same(14, 5), 5)).toMatchObject({ blocks: 2, halo: false });
    expect(tuningOf(same(32, 5), 5)).toMatchObject({ blocks: 2, halo: true });
  });

  it('hold several rows where rows are short', () => {
    const choice = chooseRolling(
      lavapipe,
      { images: 6, quads: 1, taps: 3, y: same(4, 3), x: same(4, 3) },
      false,
    )!;
    expect(choice.values).toMatchObject({ period: 4, pitch: 4, tiles: 3 });
  });

  it('hold the columns in front of the first window that padding leaves out', () => {
    const valid = { large: 8, small: 6, stride: 1, before: 0, dilation: 1 };
    const choice = chooseRolling(lavapipe, { images: 1, quads: 1, taps: 3, y: valid, x: valid }, false)!;
    expect(choice.values).toMatchObject({ firstColumn: -1, sourceOffsetX: 1, pitch: 8 });
  });
});

describe('windows', () => {
  it('roll at stride 1 with any dilation that lanes reach, at stride 2 with dilations of 1 and 2', () => {
    expect(tuningOf(same(16, 5, 1, 2), 5)).toMatchObject({ stride: 1, dilation: 1 });
    expect(tuningOf(same(16, 5, 2, 1), 5)).toMatchObject({ stride: 2, dilation: 1 });
    expect(tuningOf(same(16, 5, 2, 2), 5, true)).toMatchObject({ stride: 2, dilation: 2, up: true });
    expect(tuningOf(same(16, 5, 2, 3), 5)).toBeUndefined();
    expect(tuningOf(same(16, 5, 3, 1), 5)).toBeUndefined();
  });

  it('do not roll without subgroups, over neighbours that no lane has, or with padding wider than the window', () => {
    expect(tuningOf(same(32, 7, 1, 2), 7)).toBeUndefined();
    const wide = { large: 8, small: 12, stride: 1, before: 3, dilation: 1 };
    expect(tuningOf(wide, 3)).toBeUndefined();
    const portable = { kind: 'cpu', subgroupSize: undefined } as const;
    const windows = { images: 1, quads: 1, taps: 3, y: same(8, 3), x: same(8, 3) };
    expect(chooseRolling(portable, windows, false)).toBeUndefined();
  });
});

describe('taps', () => {
  const tuning = { size: 8, stride: 2, dilation: 1, blocks: 1, halo: false };

  it('of stride 2 read both elements of an owner, and upwards write both', () => {
    expect(tapsOf({ ...tuning, taps: 3, up: false })).toEqual([
      { tap: 0, shift: -1, source: 1, target: 0 },
      { tap: 1, shift: 0, source: 0, target: 0 },
      { tap: 2, shift: 0, source: 1, target: 0 },
    ]);
    expect(tapsOf({ ...tuning, taps: 3, up: true })).toEqual([
      { tap: 0, shift: 1, source: 0, target: 1 },
      { tap: 1, shift: 0, source: 0, target: 0 },
      { tap: 2, shift: 0, source: 0, target: 1 },
    ]);
  });
});
