/** Images and windows on them: odd sizes, even windows, strides and padding that differs on every side. */
import * as fc from 'fast-check';
import type { Padding, Pair, PoolAttributes, WindowAttributes } from '../../compiler/ops/attributes.ts';
import type { Shape } from '../../compiler/graph/graph.ts';

/** The shapes of a convolution that fits. */
export interface ConvCase {
  readonly x: Shape;
  readonly w: Shape;
  readonly attributes: WindowAttributes;
}

/** The shapes of a pool that fits and has no window of padding alone. */
export interface PoolCase {
  readonly x: Shape;
  readonly attributes: PoolAttributes;
}

interface Axis {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
}

function axis(maxSize: number): fc.Arbitrary<Axis> {
  return fc.record({
    size: fc.integer({ min: 1, max: maxSize }),
    window: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: 0, max: 3 }),
    after: fc.integer({ min: 0, max: 3 }),
  });
}

const fits = ({ size, window, before, after }: Axis): boolean => size + before + after >= window;

/** The last window starts inside the image and the first one ends inside it. */
const touchesAlways = ({ size, window, stride, before, after }: Axis): boolean =>
  before < window && Math.floor((size + before + after - window) / stride) * stride - before < size;

const channels = fc.integer({ min: 1, max: 5 });
const images = fc.integer({ min: 1, max: 3 });

const pair = (v: Axis, h: Axis, key: 'stride' | 'window'): Pair => [v[key], h[key]];
const padding = (v: Axis, h: Axis): Padding => [v.before, v.after, h.before, h.after];

/** Convolutions on images of up to `maxSize` x `maxSize` (default 7). */
export function convCase(maxSize = 7): fc.Arbitrary<ConvCase> {
  const one = axis(maxSize).filter(fits);
  return fc.tuple(images, one, one, channels, channels).map(([n, v, h, read, made]) => ({
    x: [n, v.size, h.size, read],
    w: [v.window, h.window, read, made],
    attributes: { stride: pair(v, h, 'stride'), padding: padding(v, h) },
  }));
}

/** Pools on images of up to `maxSize` x `maxSize` (default 7). */
export function poolCase(maxSize = 7): fc.Arbitrary<PoolCase> {
  const one = axis(maxSize).filter((a) => fits(a) && touchesAlways(a));
  return fc.tuple(images, one, one, channels).map(([n, v, h, c]) => ({
    x: [n, v.size, h.size, c],
    attributes: { window: pair(v, h, 'window'), stride: pair(v, h, 'stride'), padding: padding(v, h) },
  }));
}
