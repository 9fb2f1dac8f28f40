/**
 * The geometry of windows that slide over images: convolutions and pools. Along one axis a window of `k`
 * elements and stride `s` on `size` elements, padded by `before` and `after`, stands at
 * floor((size + before + after - k) / s) + 1 places.
 */
import type { Shape } from '../graph/graph.ts';
import type { Pair, WindowAttributes } from './attributes.ts';
import type { ShapeProblem } from './op.ts';
import { axes4 } from './shapes.ts';

/** Places of a window (height, width) on an image of `size` (height, width). */
export function windowPlaces(size: Pair, window: Pair, { stride, padding }: WindowAttributes): Pair {
  const [top, bottom, left, right] = padding;
  return [
    Math.floor((size[0] + top + bottom - window[0]) / stride[0]) + 1,
    Math.floor((size[1] + left + right - window[1]) / stride[1]) + 1,
  ];
}

/** What is wrong with a window on images of a size (height, width), if anything. */
export function windowProblem(
  size: Pair,
  window: Pair,
  attributes: WindowAttributes,
): ShapeProblem | undefined {
  const { stride, padding } = attributes;
  if (!window.every(isPositive)) {
    return { problem: `the window is ${window.join('x')}`, expected: 'whole sizes of 1 or more' };
  }
  if (!stride.every(isPositive)) {
    return { problem: `the stride is ${stride.join('x')}`, expected: 'whole steps of 1 or more' };
  }
  if (!padding.every((width) => Number.isInteger(width) && width >= 0)) {
    return { problem: `the padding is ${padding.join(', ')}`, expected: 'whole widths of 0 or more' };
  }
  const [top, bottom, left, right] = padding;
  if (size[0] + top + bottom < window[0] || size[1] + left + right < window[1]) {
    return {
      problem: `a ${window.join('x')} window does not fit an image of ${size.join('x')} with this padding`,
      expected: `an image of at least ${Math.max(1, window[0] - top - bottom)}x${Math.max(1, window[1] - left - right)}, a smaller window or more padding`,
    };
  }
  return undefined;
}

/**
 * Whether some window of a pool would hold nothing but padding: it has no largest element and no mean.
 * Windows only move forward, so the first and the last tell.
 */
export function emptyWindowProblem(
  size: Pair,
  window: Pair,
  attributes: WindowAttributes,
): ShapeProblem | undefined {
  const { stride, padding } = attributes;
  const places = windowPlaces(size, window, attributes);
  const before: Pair = [padding[0], padding[2]];
  for (const axis of [0, 1] as const) {
    const lastStart = (places[axis] - 1) * stride[axis] - before[axis];
    if (window[axis] <= before[axis] || lastStart >= size[axis]) {
      return {
        problem: `with padding ${padding.join(', ')} some ${window.join('x')} window holds only padding`,
        expected: 'padding narrower than the window on every side',
      };
    }
  }
  return undefined;
}

function isPositive(size: number): boolean {
  return Number.isInteger(size) && size >= 1;
}

/** One place of a window: which output it makes and which part of the image it covers, padding cut off. */
export interface WindowPlace {
  readonly image: number;
  /** Offset of the output's first channel. */
  readonly outputOffset: number;
  /** The part of the image that is covered: rows `top` to `bottom` (exclusive), columns likewise. */
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Calls `visit` for every place of a pool's window, in row-major order of the output (NHWC). */
export function visitWindows(
  input: Shape,
  window: Pair,
  attributes: WindowAttributes,
  visit: (place: WindowPlace) => void,
): void {
  const [images, height, width, channels] = axes4(input);
  const [rows, columns] = windowPlaces([height, width], window, attributes);
  const { stride, padding } = attributes;
  let outputOffset = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const y = row * stride[0] - padding[0];
      for (let column = 0; column < columns; column++) {
        const x = column * stride[1] - padding[2];
        visit({
          image,
          outputOffset,
          top: Math.max(0, y),
          bottom: Math.min(height, y + window[0]),
          left: Math.max(0, x),
          right: Math.min(width, x + window[1]),
        });
        outputOffset += channels;
      }
    }
  }
}
