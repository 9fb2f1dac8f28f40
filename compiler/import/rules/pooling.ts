/** ONNX's pools, of one or two spatial axes. */
import { flag, ignored } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { atMost, misfit, rule, type OnnxRule, type OnnxRules, type RuleContext } from '../rule.ts';
import {
  asImages,
  channelsLast,
  channelsSecond,
  fromImages,
  graphWindow,
  windowAttributes,
  windowsOf,
  type WindowAxis,
  type WrittenWindow,
} from './windows.ts';

interface WrittenPool extends WrittenWindow {
  readonly kernel_shape: readonly number[] | undefined;
  readonly ceil_mode: boolean;
}

type Windows = readonly [WindowAxis, WindowAxis];

/** Less than every number that a pool may meet: padding never wins. */
const lowest = -3.4028234663852886e38;

/** The graph's own pool, over channels that lie last. */
function plain(c: RuleContext, op: 'max_pool' | 'avg_pool', images: Tensor, windows: Windows): Tensor {
  const { compose } = c;
  const { window, stride, padding } = graphWindow(windows);
  const x = compose.transpose(images, channelsLast);
  const id = compose.builder.op(op, [x.id], { window, stride, padding });
  return compose.transpose({ shape: compose.builder.shape(id), id }, channelsSecond);
}

/** Images with their padding written out as `filling`. */
function padded(c: RuleContext, images: Tensor, [y, x]: Windows, filling: number): Tensor {
  const { compose } = c;
  const surround = (t: Tensor): Tensor =>
    compose.pad(compose.pad(t, 2, y.before, y.after + y.extra), 3, x.before, x.after + x.extra);
  const zeros = surround(images);
  if (filling === 0 || zeros === images) return zeros;
  return compose.where(surround(compose.constant(1, images.shape)), zeros, compose.constant(filling, []));
}

/** Each tap of dilated windows as a tensor of its own, put together two by two. */
function byTaps(c: RuleContext, wide: Tensor, [y, x]: Windows, op: 'add' | 'maximum'): Tensor {
  const { compose } = c;
  atMost(c, y.taps * x.taps, 1024, 'taps in a dilated window');
  atMost(c, y.places * x.places, 1_000_000, 'places of a dilated window');
  const taps: Tensor[] = [];
  for (let row = 0; row < y.taps; row++) {
    const rows = compose.stride(wide, 2, row * y.dilation, y.stride, y.places);
    for (let column = 0; column < x.taps; column++) {
      taps.push(compose.stride(rows, 3, column * x.dilation, x.stride, x.places));
    }
  }
  return taps.reduce((sum, tap) => compose.pair(op, sum, tap));
}

/** How many taps of the window at each place are counted along an axis. */
function counts(
  { size, taps, stride, dilation, before, after, places }: WindowAxis,
  padding: boolean,
): number[] {
  const [low, high] = padding ? [-before, size + after] : [0, size];
  return Array.from({ length: places }, (_, place) => {
    const first = place * stride - before;
    return Array.from({ length: taps }, (__, tap) => first + tap * dilation).filter(
      (at) => at >= low && at < high,
    ).length;
  });
}

function average(c: RuleContext, images: Tensor, windows: Windows, countsPadding: boolean): Tensor {
  const { compose } = c;
  const [y, x] = windows;
  if (windows.every(({ dilation }) => dilation === 1)) {
    if (!countsPadding) return plain(c, 'avg_pool', images, windows);
    // Padding that counts is part of the image; what lies behind it is not.
    const inside: Windows = [
      { ...y, extra: 0 },
      { ...x, extra: 0 },
    ];
    const left = (axis: WindowAxis): WindowAxis => ({ ...axis, before: 0, after: 0 });
    return plain(c, 'avg_pool', padded(c, images, inside, 0), [left(y), left(x)]);
  }
  const sum = byTaps(c, padded(c, images, windows, 0), windows, 'add');
  const [high, wide] = [counts(y, countsPadding), counts(x, countsPadding)];
  const areas = high.flatMap((rows) => wide.map((columns) => rows * columns));
  return compose.pair('div', sum, c.numbers(areas, [1, 1, y.places, x.places]));
}

function largest(c: RuleContext, images: Tensor, windows: Windows): Tensor {
  if (windows.every(({ dilation }) => dilation === 1)) return plain(c, 'max_pool', images, windows);
  return byTaps(c, padded(c, images, windows, lowest), windows, 'maximum');
}

function pool(
  c: RuleContext,
  written: WrittenPool,
  make: (images: Tensor, windows: Windows) => Tensor,
): Tensor {
  const { images, flat } = asImages(c, c.tensor(0));
  const taps = written.kernel_shape ?? [];
  if (taps.length !== (flat ? 1 : 2)) {
    return misfit(c, `\`kernel_shape\` is ${taps.join(', ') || 'missing'}`, flat ? 'one size' : 'two sizes');
  }
  return fromImages(c, make(images, windowsOf(c, images, taps, written, written.ceil_mode)), flat);
}

/** Over all spatial axes at once. */
function global(doc: string, make: (c: RuleContext, x: Tensor, axes: readonly number[]) => Tensor): OnnxRule {
  return rule({
    doc,
    inputs: 'X',
    attributes: {},
    build: (c) => {
      const x = c.tensor(0);
      return [
        make(
          c,
          x,
          x.shape.map((_, axis) => axis).filter((axis) => axis >= 2),
        ),
      ];
    },
  });
}

export const poolingRules: OnnxRules<'AveragePool' | 'MaxPool' | 'GlobalAveragePool' | 'GlobalMaxPool'> = {
  AveragePool: rule({
    doc: 'Means of windows; padding is counted or not, a last window may be incomplete.',
    inputs: 'X',
    attributes: { ...windowAttributes, ceil_mode: flag(false), count_include_pad: flag(false) },
    build: (c, written) => [
      pool(c, written, (images, windows) => average(c, images, windows, written.count_include_pad)),
    ],
  }),
  MaxPool: rule({
    doc: 'The largest of windows; a last window may be incomplete.',
    inputs: 'X',
    attributes: { ...windowAttributes, ceil_mode: flag(false), storage_order: ignored },
    build: (c, written) => [
      pool(c, written, (images, windows) => largest(c, images, windows)),
      {
        unsupported:
          'holds the places of the largest elements as whole numbers, which a graph cannot compute',
      },
    ],
  }),
  GlobalAveragePool: global('Means over all spatial axes.', (c, x, axes) => c.compose.mean(x, axes)),
  GlobalMaxPool: global('The largest over all spatial axes.', (c, x, axes) =>
    c.compose.reduce('max', x, axes),
  ),
};
