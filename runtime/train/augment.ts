/**
 * How images are changed while a network is trained: the usual augmentation of small images (He et al. 2016a, section 4.2:
 * padded with zeros, cropped at random, turned left to right half of the time) and cutout (DeVries & Taylor 2017). What
 * becomes of an image is a function of (seed, epoch, image) alone, so that a training that is continued sees what it would
 * have seen.
 */
import type { AugmentSpec } from '../../compiler/search/search.ts';
import { AUGMENT_WORDS } from '../../compiler/wgsl/kernels/augment.ts';
import { hashString, philox } from '../../util/random.ts';

/** (height, width, channels) */
type ImageShape = readonly [number, number, number];

/**
 * What becomes of the images of `order` in epoch `epoch` (from 0): {@link AUGMENT_WORDS} numbers to each, see
 * `compiler/wgsl/kernels/augment.ts`. Images are moved by -crop to crop pixels, and the centre of the square is any pixel,
 * each equally likely.
 */
export function changesOf(
  { flip = false, crop = 0, cutout = 0 }: AugmentSpec,
  order: Int32Array,
  [height, width]: ImageShape,
  seed: number,
  epoch: number,
): Int32Array {
  const stream = hashString(`augmentation of epoch ${epoch}`);
  const changes = new Int32Array(order.length * AUGMENT_WORDS);
  order.forEach((row, i) => {
    const [down, right, turned, centre] = philox(
      [row >>> 0, 0, stream, 0],
      [seed >>> 0, Math.floor(seed / 2 ** 32)],
    );
    const at = i * AUGMENT_WORDS;
    changes[at] = below(down, 2 * crop + 1) - crop;
    changes[at + 1] = below(right, 2 * crop + 1) - crop;
    changes[at + 2] = flip ? turned >>> 31 : 0;
    changes[at + 3] = cutout > 0 ? below(centre, height * width) : -1;
  });
  return changes;
}

/** A whole number from 0 to below `limit`; none is likelier than another by more than the share limit / 2^32. */
function below(word: number, limit: number): number {
  return Math.floor((word / 2 ** 32) * limit);
}

/** One image, row-major, as the kernel changes it. */
export function changeImage(
  image: Float32Array,
  [height, width, channels]: ImageShape,
  [down = 0, right = 0, turned = 0, centre = -1]: Int32Array,
  { cutout = 0 }: AugmentSpec,
): Float32Array {
  const changed = new Float32Array(image.length);
  const half = Math.floor(cutout / 2);
  const top = Math.floor(centre / width) - half;
  const left = (centre % width) - half;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const cut = centre >= 0 && row >= top && row < top + cutout && column >= left && column < left + cutout;
      const fromRow = row + down;
      const fromColumn = (turned === 1 ? width - 1 - column : column) + right;
      const isInside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
      if (cut || !isInside) continue;
      const from = (fromRow * width + fromColumn) * channels;
      changed.set(image.subarray(from, from + channels), (row * width + column) * channels);
    }
  }
  return changed;
}
