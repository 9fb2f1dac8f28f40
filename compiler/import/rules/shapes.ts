/** ONNX operators that see the same elements in other shapes and orders, or repeat them. */
import type { Shape } from '../../graph/graph.ts';
import { elementsOf, shapeText } from '../../ops/shapes.ts';
import { flag, floats, int, ints, optionalFloat, optionalInt, tensor } from '../attributes.ts';
import { commonShape } from '../compose.ts';
import type { OnnxTensor } from '../model.ts';
import {
  axisOf,
  misfit,
  rule,
  unsupported,
  type OnnxRules,
  type Results,
  type RuleContext,
} from '../rule.ts';

/** Input 0 in another shape: of known whole numbers as of tensors. */
function reshaped(c: RuleContext, shape: Shape): Results {
  const value = c.value(0);
  if (elementsOf(shape) !== elementsOf(value.shape)) {
    return misfit(c, `${shapeText(value.shape)} cannot be seen as ${shapeText(shape)}`, 'as many elements');
  }
  const { dtype, data } = value;
  if (elementsOf(shape) === 0) return [{ shape, dtype }];
  if (data !== undefined && dtype !== 'float32') return [{ shape, dtype, data }];
  return [c.compose.reshape(c.tensor(0), shape)];
}

/** What a shape with 0 (as in the input) and -1 (what remains) means. */
function resolve(c: RuleContext, wanted: readonly number[], from: Shape, zeroIsZero: boolean): Shape {
  const sizes = wanted.map((n, axis) => (n === 0 && !zeroIsZero ? (from[axis] ?? 0) : n));
  const open = sizes.filter((n) => n === -1).length;
  if (open > 1 || sizes.some((n) => !Number.isInteger(n) || n < -1)) {
    return misfit(c, `the new shape is ${wanted.join(' x ')}`, 'sizes of 0 or more, at most one of them -1');
  }
  const rest = sizes.reduce((product, n) => (n === -1 ? product : product * n), 1);
  return sizes.map((n) => (n === -1 ? elementsOf(from) / rest : n));
}

/** Axes of an attribute or of input 1. */
function axes(
  c: RuleContext,
  written: readonly number[] | undefined,
  rank: number,
): readonly number[] | undefined {
  return (c.known(1) ?? written)?.map((axis) => axisOf(c, axis, rank));
}

const scalar = (dtype: string, value: number): OnnxTensor => ({ dtype, shape: [], data: [value] });
const list = (dtype: string, data: readonly number[]): OnnxTensor => ({ dtype, shape: [data.length], data });

export const shapeRules: OnnxRules<
  'Constant' | 'Reshape' | 'Flatten' | 'Squeeze' | 'Unsqueeze' | 'Transpose' | 'Expand' | 'Tile'
> = {
  Constant: rule({
    doc: 'A tensor that stands in the model.',
    inputs: '',
    attributes: {
      value: tensor,
      value_float: optionalFloat,
      value_int: optionalInt,
      value_floats: floats,
      value_ints: ints,
    },
    build: (c, { value, value_float: x, value_int: n, value_floats: xs, value_ints: ns }) => {
      const found =
        value ??
        (x === undefined ? undefined : scalar('float32', x)) ??
        (n === undefined ? undefined : scalar('int64', n)) ??
        (xs && list('float32', xs)) ??
        (ns && list('int64', ns));
      return [found ? c.constant(found) : unsupported(c, 'it has no value that is understood', 'numbers')];
    },
  }),
  Reshape: rule({
    doc: 'The same elements in another shape.',
    inputs: 'X, shape?',
    attributes: { shape: ints, allowzero: flag(false) },
    build: (c, { shape: written, allowzero }) => {
      const wanted = c.known(1) ?? written;
      if (wanted === undefined) return misfit(c, 'it has no shape', 'the input or the attribute `shape`');
      return reshaped(c, resolve(c, wanted, c.value(0).shape, allowzero));
    },
  }),
  Flatten: rule({
    doc: 'A matrix: the axes before one, and the others.',
    inputs: 'X',
    attributes: { axis: int(1) },
    build: (c, { axis: written }) => {
      const { shape } = c.value(0);
      const axis = written === shape.length ? written : axisOf(c, written, shape.length + 1);
      const from = written < 0 ? written + shape.length : axis;
      return reshaped(c, [elementsOf(shape.slice(0, from)), elementsOf(shape.slice(from))]);
    },
  }),
  Squeeze: rule({
    doc: 'Without axes of size 1: all, or those named.',
    inputs: 'X, axes?',
    attributes: { axes: ints },
    build: (c, { axes: written }) => {
      const { shape } = c.value(0);
      const gone = axes(c, written, shape.length) ?? shape.flatMap((n, axis) => (n === 1 ? [axis] : []));
      return reshaped(
        c,
        shape.filter((_, axis) => !gone.includes(axis)),
      );
    },
  }),
  Unsqueeze: rule({
    doc: 'With new axes of size 1.',
    inputs: 'X, axes?',
    attributes: { axes: ints },
    build: (c, { axes: written }) => {
      const { shape } = c.value(0);
      const rank = shape.length + (c.known(1) ?? written ?? []).length;
      const fresh = axes(c, written, rank) ?? [];
      if (new Set(fresh).size < fresh.length)
        return misfit(c, 'an axis is named twice', 'each new axis once');
      const rest = [...shape];
      return reshaped(
        c,
        Array.from({ length: rank }, (_, axis) => (fresh.includes(axis) ? 1 : (rest.shift() ?? 1))),
      );
    },
  }),
  Transpose: rule({
    doc: 'The axes in another order, the reverse where none is given.',
    inputs: 'X',
    attributes: { perm: ints },
    build: (c, { perm }) => {
      const x = c.tensor(0);
      const order = perm ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
      if (order.length !== x.shape.length || !x.shape.every((_, axis) => order.includes(axis))) {
        return misfit(
          c,
          `the order of axes is ${order.join(', ')}`,
          `each of 0 to ${x.shape.length - 1} once`,
        );
      }
      return [c.compose.transpose(x, order)];
    },
  }),
  Expand: rule({
    doc: 'Stretched to a shape, and the shape to it.',
    since: 8,
    inputs: 'X, shape',
    attributes: {},
    build: (c) => {
      const x = c.tensor(0);
      return [c.compose.spread(x, commonShape([x.shape, c.known(1) ?? []]))];
    },
  }),
  Tile: rule({
    doc: 'Repeated along each axis.',
    since: 6,
    inputs: 'X, repeats',
    attributes: {},
    build: (c) => {
      const x = c.tensor(0);
      const times = c.known(1) ?? [];
      if (times.length !== x.shape.length || times.some((n) => !Number.isInteger(n) || n < 1)) {
        return misfit(
          c,
          `it repeats ${times.join(', ')} times`,
          `${x.shape.length} whole numbers of 1 or more`,
        );
      }
      return [times.reduce((y, n, axis) => c.compose.repeat(y, axis, n), x)];
    },
  }),
};
