/** Steps on images: convolutions of all kinds, their transposes, and pools, with odd and even windows. */
import type { NodeId, Shape } from '../../../compiler/graph/graph.ts';
import type { GroupedAttributes, Padding, Pair, PoolAttributes } from '../../../compiler/ops/attributes.ts';
import { axes4 } from '../../../compiler/ops/shapes.ts';
import type { Sketch } from './sketch.ts';
import type { StepRules } from './step.ts';

const areImages = (shape: Shape): boolean => shape.length === 4;

const images = (s: Sketch): NodeId => s.take(areImages, () => s.images());

/** A window along one axis. */
interface Axis {
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

function anyAxis(s: Sketch): Axis {
  return {
    taps: 1 + s.choose(s.sizes.taps),
    stride: 1 + s.choose(3),
    dilation: 1 + s.choose(2),
    before: s.choose(3),
    after: s.choose(3),
  };
}

const covered = ({ taps, dilation }: Axis): number => dilation * (taps - 1) + 1;

/** A window of as many taps as fit. */
function fittingAxis(s: Sketch, size: number): Axis {
  let axis = anyAxis(s);
  while (covered(axis) > size + axis.before + axis.after) axis = { ...axis, taps: axis.taps - 1 };
  return axis;
}

const placesOn = (size: number, axis: Axis): number =>
  Math.floor((size + axis.before + axis.after - covered(axis)) / axis.stride) + 1;

/** A window of a pool, none of whose places is padding alone: it may reach over the end, as with `ceil`. */
function poolAxis(s: Sketch, size: number): Axis {
  const taps = Math.min(1 + s.choose(s.sizes.taps), size + 1);
  let axis: Axis = { taps, stride: 1 + s.choose(3), dilation: 1, before: s.choose(taps), after: s.choose(3) };
  if (size + axis.before + axis.after < taps) axis = { ...axis, after: taps - size - axis.before };
  const lastStart = (): number => (placesOn(size, axis) - 1) * axis.stride - axis.before;
  while (lastStart() >= size) axis = { ...axis, after: axis.after - 1 };
  return axis;
}

const stride = (v: Axis, h: Axis): Pair => [v.stride, h.stride];
const padding = (v: Axis, h: Axis): Padding => [v.before, v.after, h.before, h.after];

function windowOf(v: Axis, h: Axis, groups = 1): GroupedAttributes {
  const dilation: Pair = [v.dilation, h.dilation];
  const spread = v.dilation > 1 || h.dilation > 1 ? { dilation } : {};
  return { stride: stride(v, h), padding: padding(v, h), ...spread, ...(groups > 1 && { groups }) };
}

/** A number of equal parts of so many channels: often one. */
function groupsOf(s: Sketch, channels: number): number {
  const divisors = Array.from({ length: channels }, (_, i) => i + 1).filter((n) => channels % n === 0);
  return s.choose(2) === 0 ? 1 : s.pick(divisors);
}

/** A size along an axis on which a window has so many places; the last elements may be left over. */
function sizeFor(s: Sketch, places: number, axis: Axis): { readonly axis: Axis; readonly size: number } {
  const least = (places - 1) * axis.stride + covered(axis) - axis.before - axis.after;
  if (least >= 1) return { axis, size: least + s.choose(axis.stride) };
  return { axis: { ...axis, before: 0, after: 0 }, size: least + axis.before + axis.after };
}

function poolOn(s: Sketch, [, height, width]: readonly number[]): PoolAttributes {
  const [v, h] = [poolAxis(s, height), poolAxis(s, width)];
  return { window: [v.taps, h.taps], stride: stride(v, h), padding: padding(v, h) };
}

export const imageSteps: StepRules = {
  conv: {
    ops: ['conv'],
    rows: 'always',
    build(s) {
      const x = images(s);
      const [, height, width, channels] = axes4(s.shape(x));
      const [v, h] = [fittingAxis(s, height), fittingAxis(s, width)];
      const groups = groupsOf(s, channels);
      const made = groups > 4 ? groups * (1 + s.choose(2)) : groups * Math.ceil(s.width() / groups);
      const read = channels / groups;
      const w = s.weight([v.taps, h.taps, read, made], v.taps * h.taps * read);
      s.add(s.op('conv', [x, w], windowOf(v, h, groups)));
    },
  },
  transposedConv: {
    ops: ['conv_input_gradient'],
    rows: 'always',
    build(s) {
      const x = images(s);
      const [count, rows, columns, made] = axes4(s.shape(x));
      const [tall, wide] = [sizeFor(s, rows, anyAxis(s)), sizeFor(s, columns, anyAxis(s))];
      const [v, h] = [tall.axis, wide.axis];
      const groups = groupsOf(s, made);
      const read = groups > 1 ? 1 + s.choose(3) : s.width();
      const inputShape = [count, tall.size, wide.size, read * groups];
      if (!s.fits(inputShape)) return;
      const w = s.weight([v.taps, h.taps, read, made], v.taps * h.taps * (made / groups));
      s.add(s.op('conv_input_gradient', [x, w], { ...windowOf(v, h, groups), inputShape }));
    },
  },
  convFilters: {
    ops: ['conv_weight_gradient'],
    rows: 'never',
    build(s) {
      const x = images(s);
      const [count, height, width, channels] = axes4(s.shape(x));
      const [v, h] = [fittingAxis(s, height), fittingAxis(s, width)];
      const groups = groupsOf(s, channels);
      const made = groups * (1 + s.choose(3));
      const dy = s.like([count, placesOn(height, v), placesOn(width, h), made]);
      const kernel: Pair = [v.taps, h.taps];
      if (!s.fits([...kernel, channels / groups, made])) return;
      s.add(s.op('conv_weight_gradient', [x, dy], { ...windowOf(v, h, groups), kernel }));
    },
  },
  depthwise: {
    ops: ['depthwise'],
    rows: 'always',
    build(s) {
      const x = images(s);
      const [, height, width, channels] = axes4(s.shape(x));
      const [v, h] = [fittingAxis(s, height), fittingAxis(s, width)];
      const w = s.weight([v.taps, h.taps, channels], v.taps * h.taps);
      s.add(s.op('depthwise', [x, w], windowOf(v, h)));
    },
  },
  transposedDepthwise: {
    ops: ['depthwise_input_gradient'],
    rows: 'always',
    build(s) {
      const x = images(s);
      const [count, rows, columns, channels] = axes4(s.shape(x));
      const [tall, wide] = [sizeFor(s, rows, anyAxis(s)), sizeFor(s, columns, anyAxis(s))];
      const [v, h] = [tall.axis, wide.axis];
      const inputShape = [count, tall.size, wide.size, channels];
      if (!s.fits(inputShape)) return;
      const w = s.weight([v.taps, h.taps, channels], v.taps * h.taps);
      s.add(s.op('depthwise_input_gradient', [x, w], { ...windowOf(v, h), inputShape }));
    },
  },
  depthwiseFilters: {
    ops: ['depthwise_weight_gradient'],
    rows: 'never',
    build(s) {
      const x = images(s);
      const [count, height, width, channels] = axes4(s.shape(x));
      const [v, h] = [fittingAxis(s, height), fittingAxis(s, width)];
      const dy = s.like([count, placesOn(height, v), placesOn(width, h), channels]);
      s.add(s.op('depthwise_weight_gradient', [x, dy], { ...windowOf(v, h), kernel: [v.taps, h.taps] }));
    },
  },
  maxPool: {
    ops: ['max_pool'],
    rows: 'always',
    build(s) {
      const x = images(s);
      s.add(s.op('max_pool', [x], poolOn(s, s.shape(x))));
    },
  },
  avgPool: {
    ops: ['avg_pool'],
    rows: 'always',
    build(s) {
      const x = images(s);
      s.add(s.op('avg_pool', [x], poolOn(s, s.shape(x))));
    },
  },
  spreadPool: {
    ops: ['avg_pool_gradient'],
    rows: 'always',
    build(s) {
      const inputShape = s.images();
      const attributes = poolOn(s, inputShape);
      const [count, height, width, channels] = axes4(inputShape);
      const places = ([0, 1] as const).map((axis) => {
        const size = [height, width][axis];
        const around = attributes.padding[2 * axis] + attributes.padding[2 * axis + 1];
        return Math.floor((size + around - attributes.window[axis]) / attributes.stride[axis]) + 1;
      });
      const dy = s.like([count, ...places, channels]);
      s.add(s.op('avg_pool_gradient', [dy], { ...attributes, inputShape }));
    },
  },
  globalPool: {
    ops: ['global_avg_pool'],
    rows: 'always',
    build: (s) => s.add(s.op('global_avg_pool', [images(s)], {})),
  },
  spreadGlobally: {
    ops: ['global_avg_pool_gradient'],
    rows: 'always',
    build(s) {
      const x = s.take(
        (shape) => shape.length === 2,
        () => s.matrix(),
      );
      const [count, channels] = s.shape(x);
      const inputShape = [count, 1 + s.choose(4), 1 + s.choose(4), channels];
      if (s.fits(inputShape)) s.add(s.op('global_avg_pool_gradient', [x], { inputShape }));
    },
  },
};
