/**
 * The geometry of windows that slide over images: convolutions and pools. Along one axis a window that
 * covers `k` elements, with stride `s` on `size` elements, padded by `before` and `after`, stands at
 * floor((size + before + after - k) / s) + 1 places. Dilated by `d`, `n` taps cover d * (n - 1) + 1 elements.
 */
import type { Shape } from '../graph/graph.ts';
import type { ConvAttributes, Pair, WindowAttributes } from './attributes.ts';
import type { ShapeProblem } from './op.ts';
import { axes4 } from './shapes.ts';

/** Elements that a window of so many taps covers. */
function covered([high, wide]: Pair, { dilation = [1, 1] }: ConvAttributes): Pair {
  return [dilation[0] * (high - 1) + 1, dilation[1] * (wide - 1) + 1];
}

/** Places of a window (height, width) on an image of `size` (height, width). */
export function windowPlaces(size: Pair, window: Pair, attributes: ConvAttributes): Pair {
  const { stride, padding } = attributes;
  const [top, bottom, left, right] = padding;
  const [high, wide] = covered(window, attributes);
  return [
    Math.floor((size[0] + top + bottom - high) / stride[0]) + 1,
    Math.floor((size[1] + left + right - wide) / stride[1]) + 1,
  ];
}

/** What is wrong with a window on images of a size (height, width), if anything. */
export function windowProblem(
  size: Pair,
  window: Pair,
  attributes: ConvAttributes,
): ShapeProblem | undefined {
  const { stride, padding, dilation = [1, 1] } = attributes;
  if (!window.every(isPositive)) {
    return { problem: `the window is ${window.join('x')}`, expected: 'whole sizes of 1 or more' };
  }
  if (!stride.every(isPositive)) {
    return { problem: `the stride is ${stride.join('x')}`, expected: 'whole steps of 1 or more' };
  }
  if (!padding.every((width) => Number.isInteger(width) && width >= 0)) {
    return { problem: `the padding is ${padding.join(', ')}`, expected: 'whole widths of 0 or more' };
  }
  if (!dilation.every(isPositive)) {
    return { problem: `the dilation is ${dilation.join('x')}`, expected: 'whole distances of 1 or more' };
  }
  const [top, bottom, left, right] = padding;
  const [high, wide] = covered(window, attributes);
  if (size[0] + top + bottom < high || size[1] + left + right < wide) {
    const dilated = dilation.some((d) => d > 1) ? `, dilated to ${high}x${wide},` : '';
    return {
      problem: `a ${window.join('x')} window${dilated} does not fit an image of ${size.join('x')} with this padding`,
      expected: `an image of at least ${Math.max(1, high - top - bottom)}x${Math.max(1, wide - left - right)}, a smaller window or more padding`,
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
