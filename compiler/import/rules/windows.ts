/** The windows of ONNX's convolutions and pools: one or two axes, padding by numbers or by rule. */
import type { Pair, Padding } from '../../ops/attributes.ts';
import { ints, word, type AttributeKind } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { misfit, unsupported, type RuleContext } from '../rule.ts';

type AutoPad = 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';

/** The attributes that all of them share. */
export const windowAttributes: {
  readonly auto_pad: AttributeKind<AutoPad>;
  readonly dilations: typeof ints;
  readonly kernel_shape: typeof ints;
  readonly pads: typeof ints;
  readonly strides: typeof ints;
} = {
  auto_pad: word('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
  dilations: ints,
  kernel_shape: ints,
  pads: ints,
  strides: ints,
};

export interface WrittenWindow {
  readonly auto_pad: AutoPad;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

/** A window along one axis. */
export interface WindowAxis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** Elements behind the padding that a last, incomplete window reaches. */
  readonly extra: number;
  readonly places: number;
}

/** Images with one or two spatial axes as images with two: [N, C, W] as [N, C, 1, W]. */
export function asImages(c: RuleContext, x: Tensor): { readonly images: Tensor; readonly flat: boolean } {
  const rank = x.shape.length;
  if (rank < 3)
    return misfit(c, `its input has ${rank} axes`, 'examples, channels and one or two spatial axes');
  if (rank > 4) return unsupported(c, `its input has ${rank - 2} spatial axes`, 'one or two');
  if (rank === 4) return { images: x, flat: false };
  return { images: c.compose.reshape(x, x.shape.toSpliced(2, 0, 1)), flat: true };
}

/** The result with as many spatial axes as the input had. */
export function fromImages(c: RuleContext, y: Tensor, flat: boolean): Tensor {
  return flat ? c.compose.reshape(y, y.shape.toSpliced(2, 1)) : y;
}

/** The windows of both axes over images [N, C, H, W] with kernels of `taps`. */
export function windowsOf(
  c: RuleContext,
  images: Tensor,
  taps: readonly number[],
  written: WrittenWindow,
  ceil = false,
): readonly [WindowAxis, WindowAxis] {
  const count = taps.length;
  const list = (
    name: string,
    values: readonly number[] | undefined,
    length: number,
    each: number,
  ): readonly number[] => {
    const found = values ?? Array<number>(length).fill(each);
    if (found.length === length && found.every((n) => n >= each)) return found;
    return misfit(c, `\`${name}\` is ${found.join(', ')}`, `${length} whole numbers of ${each} or more`);
  };
  const strides = list('strides', written.strides, count, 1);
  const dilations = list('dilations', written.dilations, count, 1);
  const pads = list('pads', written.auto_pad === 'NOTSET' ? written.pads : undefined, 2 * count, 0);
  if (!taps.every((n) => n >= 1)) return misfit(c, `the window is ${taps.join(' x ')}`, 'sizes of 1 or more');
  const axis = (i: number): WindowAxis => {
    const size = images.shape.at(i - count) ?? 1;
    const [k = 1, stride = 1, dilation = 1] = [taps[i], strides[i], dilations[i]];
    return windowAxis(
      size,
      k,
      stride,
      dilation,
      [pads[i] ?? 0, pads[i + count] ?? 0],
      written.auto_pad,
      ceil,
    );
  };
  if (count === 2) return [axis(0), axis(1)];
  if (count !== 1) return unsupported(c, `its window has ${count} axes`, 'one or two');
  return [windowAxis(1, 1, 1, 1, [0, 0], 'NOTSET', false), axis(0)];
}

function windowAxis(
  size: number,
  taps: number,
  stride: number,
  dilation: number,
  [first, last]: readonly [number, number],
  mode: AutoPad,
  ceil: boolean,
): WindowAxis {
  const covered = dilation * (taps - 1) + 1;
  let [before, after] = [first, last];
  if (mode === 'SAME_UPPER' || mode === 'SAME_LOWER') {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + covered - size);
    const less = Math.floor(total / 2);
    [before, after] = mode === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  }
  const room = size + before + after - covered;
  let places = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  // A last window that begins behind the tensor, in its padding, is dropped.
  if (ceil && (places - 1) * stride >= size + before) places -= 1;
  const extra = Math.max(0, (places - 1) * stride - room);
  return { size, taps, stride, dilation, before, after, extra, places };
}

/** Both axes as the graph's ops write them. */
export function graphWindow([y, x]: readonly [WindowAxis, WindowAxis]): {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
} {
  return {
    window: [y.taps, x.taps],
    stride: [y.stride, x.stride],
    padding: [y.before, y.after + y.extra, x.before, x.after + x.extra],
    dilation: [y.dilation, x.dilation],
  };
}

/** [N, C, H, W] as [N, H, W, C], and back. */
export const channelsLast = [0, 2, 3, 1] as const;
export const channelsSecond = [0, 3, 1, 2] as const;
