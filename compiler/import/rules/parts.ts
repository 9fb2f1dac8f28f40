/** ONNX operators that take tensors apart, join them, or surround them. */
import type { Shape } from '../../graph/graph.ts';
import { elementsOf } from '../../ops/shapes.ts';
import { float, int, ints, optionalInt, word } from '../attributes.ts';
import type { Tensor } from '../compose.ts';
import { axisOf, misfit, rule, unsupported, type OnnxRules, type RuleContext } from '../rule.ts';

/** Which elements along one axis: every `step`-th of `count`, from `begin` on. */
interface Range {
  readonly axis: number;
  readonly begin: number;
  readonly step: number;
  readonly count: number;
}

const within = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), high);

/** The range that ONNX means by a start and an end, either of which may be negative or beyond the axis. */
function rangeOf(axis: number, size: number, start: number, end: number, step: number): Range {
  const place = (n: number): number => (n < 0 ? n + size : n);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const begin = within(place(start), Math.max(low, 0), high);
  const stop = within(place(end), low, high);
  return { axis, begin, step, count: Math.max(0, Math.ceil((stop - begin) / step)) };
}

function slice(c: RuleContext, ranges: readonly Range[]): Tensor | { shape: Shape; dtype: 'float32' } {
  const { shape } = c.value(0);
  const result = ranges.reduce<Shape>((sizes, { axis, count }) => sizes.with(axis, count), shape);
  if (elementsOf(result) === 0) return { shape: result, dtype: 'float32' };
  return ranges.reduce(
    (x, { axis, begin, step, count }) => c.compose.stride(x, axis, begin, step, count),
    c.tensor(0),
  );
}

/** Sizes of the parts of a split: given, or equal but for a smaller last one. */
function partSizes(
  c: RuleContext,
  size: number,
  given: readonly number[] | undefined,
  parts: number,
): readonly number[] {
  const each = Math.ceil(size / parts);
  const sizes = given ?? Array.from({ length: parts }, (_, i) => within(size - i * each, 0, each));
  if (sizes.reduce((sum, n) => sum + n, 0) === size && sizes.every((n) => Number.isInteger(n) && n >= 0))
    return sizes;
  return misfit(c, `parts of ${sizes.join(', ')} do not make up ${size}`, `parts that add up to ${size}`);
}

/** What stands before or behind a tensor along an axis, by the mode of padding. */
function border(
  c: RuleContext,
  x: Tensor,
  axis: number,
  mode: string,
  before: number,
  after: number,
): Tensor {
  const { compose } = c;
  const size = x.shape[axis] ?? 1;
  const most = mode === 'reflect' ? size - 1 : mode === 'wrap' ? size : Infinity;
  if (Math.max(before, after) > most) {
    return unsupported(
      c,
      `padding of ${Math.max(before, after)} by mode ${mode} is more than the tensor gives`,
      `at most ${most}`,
    );
  }
  const copies = (begin: number, count: number): Tensor =>
    compose.repeat(compose.slice(x, axis, begin, 1), axis, count);
  const part = (begin: number, count: number): Tensor => compose.slice(x, axis, begin, count);
  const ends = {
    edge: [() => copies(0, before), () => copies(size - 1, after)],
    reflect: [
      () => compose.reverse(part(1, before), axis),
      () => compose.reverse(part(size - 1 - after, after), axis),
    ],
    wrap: [() => part(size - before, before), () => part(0, after)],
  } as const;
  const [first, last] = ends[mode === 'edge' ? 'edge' : mode === 'wrap' ? 'wrap' : 'reflect'];
  return compose.concat([...(before > 0 ? [first()] : []), x, ...(after > 0 ? [last()] : [])], axis);
}

/** The padding of each axis, before and after; negative where elements are cut off. */
function widths(
  c: RuleContext,
  pads: readonly number[],
  axes: readonly number[],
  rank: number,
): [number, number][] {
  if (pads.length !== 2 * axes.length || !pads.every(Number.isInteger)) {
    return misfit(
      c,
      `the padding is ${pads.join(', ')}`,
      `${2 * axes.length} whole numbers: all before, then all after`,
    );
  }
  return Array.from({ length: rank }, (_, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 ? [0, 0] : [pads[i] ?? 0, pads[i + axes.length] ?? 0];
  });
}

export const partRules: OnnxRules<'Concat' | 'Split' | 'Slice' | 'Pad' | 'Gather'> = {
  Concat: rule({
    doc: 'One after the other along an axis.',
    inputs: 'X...',
    attributes: { axis: int(1) },
    build: (c, { axis: written }) => {
      const xs = Array.from({ length: c.inputCount }, (_, i) => c.tensor(i));
      const rank = xs[0]?.shape.length ?? 0;
      if (xs.some(({ shape }) => shape.length !== rank))
        return misfit(c, 'its inputs differ in rank', 'equal ranks');
      return [c.compose.concat(xs, axisOf(c, written, rank))];
    },
  }),
  Split: rule({
    doc: 'Parts along an axis, equal ones where no sizes are given.',
    inputs: 'X, split?',
    attributes: { axis: int(0), split: ints, num_outputs: optionalInt },
    build: (c, { axis: written, split, num_outputs: count }) => {
      const { shape } = c.value(0);
      const axis = axisOf(c, written, shape.length);
      if (count !== undefined && count !== c.outputCount) {
        return misfit(c, `\`num_outputs\` is ${count}`, `${c.outputCount}, the number of its results`);
      }
      const sizes = partSizes(c, shape[axis] ?? 0, c.known(1) ?? split, c.outputCount);
      let begin = 0;
      return sizes.map((size) => {
        const range = { axis, begin, step: 1, count: size };
        begin += size;
        return slice(c, [range]);
      });
    },
  }),
  Slice: rule({
    doc: 'A part along some axes, with steps that may be negative: attributes before version 10, inputs since.',
    inputs: 'X, starts?, ends?, axes?, steps?',
    attributes: { starts: ints, ends: ints, axes: ints },
    build: (c, written) => {
      const { shape } = c.value(0);
      const starts = c.known(1) ?? written.starts ?? [];
      const ends = c.known(2) ?? written.ends ?? [];
      const axes = (c.known(3) ?? written.axes ?? starts.map((_, i) => i)).map((axis) =>
        axisOf(c, axis, shape.length),
      );
      const steps = c.known(4) ?? starts.map(() => 1);
      const lengths = [ends.length, axes.length, steps.length];
      if (lengths.some((n) => n !== starts.length) || steps.some((n) => !Number.isInteger(n) || n === 0)) {
        return misfit(
          c,
          'starts, ends, axes and steps do not belong together',
          'as many of each, and steps that are not 0',
        );
      }
      const ranges = axes.map((axis, i) =>
        rangeOf(axis, shape[axis] ?? 0, starts[i] ?? 0, ends[i] ?? 0, steps[i] ?? 1),
      );
      return [slice(c, ranges)];
    },
  }),
  Pad: rule({
    doc: 'With a border: a number, the nearest element, or the tensor mirrored or repeated.',
    inputs: 'X, pads?, constant_value?, axes?',
    attributes: {
      mode: word('constant', 'edge', 'reflect', 'wrap'),
      pads: ints,
      paddings: ints,
      value: float(0),
    },
    build: (c, { mode, pads: written, paddings, value }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const rank = x.shape.length;
      const axes = c.known(3)?.map((axis) => axisOf(c, axis, rank)) ?? x.shape.map((_, axis) => axis);
      const pads = widths(c, c.known(1) ?? written ?? paddings ?? [], axes, rank);
      const cut = pads.reduce((y, [before, after], axis) => {
        const size = (y.shape[axis] ?? 0) + Math.min(before, 0) + Math.min(after, 0);
        if (size < 1) return misfit(c, `nothing is left of axis ${axis}`, 'padding that leaves elements');
        return compose.slice(y, axis, Math.max(-before, 0), size);
      }, x);
      const surround = (y: Tensor): Tensor =>
        pads.reduce(
          (z, [before, after], axis) => compose.pad(z, axis, Math.max(before, 0), Math.max(after, 0)),
          y,
        );
      if (mode !== 'constant') {
        return [
          pads.reduce(
            (y, [before, after], axis) => border(c, y, axis, mode, Math.max(before, 0), Math.max(after, 0)),
            cut,
          ),
        ];
      }
      const padded = surround(cut);
      const filling = c.optional(2) ?? (value === 0 ? undefined : compose.constant(value, []));
      if (!filling) return [padded];
      // Where the border is: x itself is not touched by the number, however large.
      const inside = surround(compose.constant(1, cut.shape));
      return [compose.where(inside, padded, filling)];
    },
  }),
  Gather: rule({
    doc: 'Elements along an axis by their places, which are known or, for whole rows of a first axis, fed.',
    inputs: 'X, indices',
    attributes: { axis: int(0) },
    build: (c, { axis: written }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const axis = axisOf(c, written, x.shape.length);
      const size = x.shape[axis] ?? 1;
      const places = c.value(1);
      const shape = [...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)];
      if (places.data !== undefined) {
        const parts = places.data.map((n) => compose.slice(x, axis, axisOf(c, n, size), 1));
        return [compose.reshape(compose.concat(parts, axis), shape)];
      }
      if (axis !== 0) return unsupported(c, 'its indices are fed', 'indices that are known, or axis 0');
      const rows = compose.reshape(x, [size, elementsOf(x.shape) / size]);
      const id = compose.builder.op('embedding', [c.fed(1), rows.id], {});
      return [compose.reshape({ shape: compose.builder.shape(id), id }, shape)];
    },
  }),
};
