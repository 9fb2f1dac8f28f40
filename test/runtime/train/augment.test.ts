/** Augmentation and cutout: what becomes of an image, how often, and that a device does the same to the last bit. */
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { AugmentSpec } from '../../../compiler/search/search.ts';
import { AUGMENT_WORDS } from '../../../compiler/wgsl/kernels/augment.ts';
import { planInference } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { changeImage, changesOf } from '../../../runtime/train/augment.ts';
import { profilesOf, useDevice } from '../execute/onDevice.ts';

/** 3 x 4 pixels of one channel, each with its number in reading order, from 1. */
const image = Float32Array.from({ length: 12 }, (_, i) => i + 1);
const shape = [3, 4, 1] as const;

/** The rows of the changed image as texts. */
function changed(change: readonly number[], augment: AugmentSpec = {}): string[] {
  const seen = changeImage(image, shape, Int32Array.from(change), augment);
  return [0, 1, 2].map((row) => seen.subarray(4 * row, 4 * row + 4).join(' '));
}

describe('one image', () => {
  test('stays as it is where nothing is to change', () => {
    expect(changed([0, 0, 0, -1])).toEqual(['1 2 3 4', '5 6 7 8', '9 10 11 12']);
  });

  test('is cropped out of an image with zeros around it', () => {
    expect(changed([1, -1, 0, -1])).toEqual(['0 5 6 7', '0 9 10 11', '0 0 0 0']);
    expect(changed([-2, 2, 0, -1])).toEqual(['0 0 0 0', '0 0 0 0', '3 4 0 0']);
  });

  test('is turned left to right after it was cropped', () => {
    expect(changed([0, 0, 1, -1])).toEqual(['4 3 2 1', '8 7 6 5', '12 11 10 9']);
    expect(changed([0, 1, 1, -1])).toEqual(['0 4 3 2', '0 8 7 6', '0 12 11 10']);
  });

  test('loses a square, which the borders cut off', () => {
    // Of side 2 around pixel (1, 2): rows 0 and 1, columns 1 and 2.
    expect(changed([0, 0, 0, 6], { cutout: 2 })).toEqual(['1 0 0 4', '5 0 0 8', '9 10 11 12']);
    // Around a corner a quarter of it is left.
    expect(changed([0, 0, 0, 0], { cutout: 4 })).toEqual(['0 0 3 4', '0 0 7 8', '9 10 11 12']);
    expect(changed([0, 0, 0, 11], { cutout: 3 })).toEqual(['1 2 3 4', '5 6 0 0', '9 10 0 0']);
    // The square is where it is in what the network sees, not in the image before it was turned.
    expect(changed([0, 0, 1, 0], { cutout: 1 })).toEqual(['0 3 2 1', '8 7 6 5', '12 11 10 9']);
  });
});

describe('what becomes of images', () => {
  const all = { flip: true, crop: 2, cutout: 4 } as const;
  const order = Int32Array.from({ length: 9000 }, (_, i) => i);

  /** The numbers of one kind. */
  const column = (changes: Int32Array, k: number): number[] =>
    [...changes].filter((_, i) => i % AUGMENT_WORDS === k);

  test('each possibility is as likely as the others', () => {
    const changes = changesOf(all, order, [8, 8, 1], 1, 0);
    for (const [k, possible] of [
      [0, [-2, -1, 0, 1, 2]],
      [1, [-2, -1, 0, 1, 2]],
      [2, [0, 1]],
      [3, [...Array(64).keys()]],
    ] as const) {
      const found = column(changes, k);
      const counts = possible.map((value) => found.filter((v) => v === value).length);
      expect(counts.reduce((a, b) => a + b)).toBe(order.length);
      const expected = order.length / possible.length;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // Five deviations above the mean of a chi-square distribution.
      const freedom = possible.length - 1;
      expect(chiSquare).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
    }
  });

  test('follows from seed, epoch and image, whatever the order', () => {
    const rows = order.slice(0, 50);
    const changes = changesOf(all, rows, [8, 8, 1], 1, 3);
    const back = changesOf(all, rows.toReversed(), [8, 8, 1], 1, 3);
    const of = (list: Int32Array, i: number): number[] => [...list.subarray(4 * i, 4 * i + 4)];
    rows.forEach((_, i) => expect(of(back, rows.length - 1 - i)).toEqual(of(changes, i)));
    expect(changesOf(all, rows, [8, 8, 1], 1, 4)).not.toEqual(changes);
    expect(changesOf(all, rows, [8, 8, 1], 2, 3)).not.toEqual(changes);
    expect(changesOf(all, rows, [8, 8, 1], 2 ** 32 + 1, 3)).not.toEqual(changes);
  });

  test('what is not asked for does not happen', () => {
    const changes = changesOf({ crop: 1 }, order, [8, 8, 1], 1, 0);
    expect(new Set(column(changes, 2))).toEqual(new Set([0]));
    expect(new Set(column(changes, 3))).toEqual(new Set([-1]));
    expect(new Set(column(changesOf({ flip: true }, order, [8, 8, 1], 1, 0), 0))).toEqual(new Set([0]));
  });
});

const device = useDevice();

test.each([
  [5, 7, 1, { flip: true }],
  [6, 6, 3, { crop: 3 }],
  [5, 4, 6, { cutout: 3 }],
  [8, 8, 4, { flip: true, crop: 2, cutout: 5 }],
] as const)('images of %i x %i x %i on a device', async (height, width, channels, augment) => {
  const imageShape = [height, width, channels] as const;
  const length = height * width * channels;
  const [images, batch] = [6, 4];
  const x = Float32Array.from({ length: images * length }, (_, i) => 1 + i);
  const b = new GraphBuilder();
  const batchOf = b.input('x', [batch, ...imageShape]);
  b.outputs['y'] = b.op('scale', [batchOf], { factor: 2 });
  const data = uploadData(device(), { x });
  const order = Int32Array.from([3, 0, 5, 1, 4, 2, -1, 0]);
  const changes = changesOf(augment, order, imageShape, 5, 2);
  for (const profile of profilesOf(device())) {
    const feed = { capacity: order.length, augment };
    const execution = await prepare(device(), verifyPlan(planInference(b.finish(), { profile, feed })), data);
    execution.writeIndices(order);
    execution.writeAugmentation(changes);
    for (const offset of [0, batch]) {
      await execution.run('evaluate', [{ offset }]);
      const expected = [...order.subarray(offset, offset + batch)].flatMap((row, i) => {
        if (row < 0) return Array<number>(length).fill(0);
        const change = changes.subarray((offset + i) * AUGMENT_WORDS, (offset + i + 1) * AUGMENT_WORDS);
        const seen = changeImage(x.subarray(row * length, (row + 1) * length), imageShape, change, augment);
        return [...seen].map((value) => 2 * value);
      });
      expect([...(await execution.readOutput('y'))]).toEqual(expected);
    }
    execution.destroy();
  }
  data.destroy();
});
