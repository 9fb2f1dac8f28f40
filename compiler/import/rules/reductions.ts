/** ONNX operators that reduce tensors along axes. */
import { elementsOf } from '../../ops/shapes.ts';
import { flag, ints } from '../attributes.ts';
import type { Composer, Tensor } from '../compose.ts';
import { axisOf, rule, type OnnxRule, type OnnxRules } from '../rule.ts';

/** A reduction: what it makes along axes, which stay with size 1, and of no elements at all. */
interface Reduction {
  readonly doc: string;
  readonly ofNone: number;
  readonly make: (compose: Composer, x: Tensor, axes: readonly number[]) => Tensor;
}

const total = (compose: Composer, x: Tensor, axes: readonly number[]): Tensor =>
  compose.reduce('sum', x, axes);

/** Axes are an attribute, or since version 13 or 18 an input; without any it is all of them. */
function reduction({ doc, ofNone, make }: Reduction): OnnxRule {
  return rule({
    doc,
    inputs: 'X, axes?',
    attributes: { axes: ints, keepdims: flag(true), noop_with_empty_axes: flag(false) },
    build: (c, { axes: written, keepdims, noop_with_empty_axes: noop }) => {
      const given = c.known(1) ?? written ?? [];
      const value = c.value(0);
      const { shape } = value;
      if (given.length === 0 && noop) return [make(c.compose, c.tensor(0), [])];
      const axes =
        given.length === 0 ? shape.map((_, i) => i) : given.map((axis) => axisOf(c, axis, shape.length));
      const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
      const result = keepdims ? kept : kept.filter((_, axis) => !axes.includes(axis));
      if (elementsOf(result) === 0) return [{ shape: result, dtype: 'float32' }];
      if (elementsOf(shape) === 0) return [c.compose.constant(ofNone, result)];
      return [c.compose.reshape(make(c.compose, c.tensor(0), axes), result)];
    },
  });
}

/** log of a sum of exponentials: less the largest first, so that nothing overflows. */
function logSumExp(compose: Composer, x: Tensor, axes: readonly number[]): Tensor {
  const largest = compose.reduce('max', x, axes);
  const powers = compose.map(compose.pair('sub', x, largest), 'exp');
  return compose.pair('add', compose.map(total(compose, powers, axes), 'log'), largest);
}

export const reductionRules: OnnxRules<
  | 'ReduceSum'
  | 'ReduceMean'
  | 'ReduceMax'
  | 'ReduceMin'
  | 'ReduceProd'
  | 'ReduceL1'
  | 'ReduceL2'
  | 'ReduceSumSquare'
  | 'ReduceLogSum'
  | 'ReduceLogSumExp'
> = {
  ReduceSum: reduction({ doc: 'Sums.', ofNone: 0, make: total }),
  ReduceMean: reduction({ doc: 'Means.', ofNone: NaN, make: (compose, x, axes) => compose.mean(x, axes) }),
  ReduceMax: reduction({
    doc: 'The largest.',
    ofNone: -Infinity,
    make: (compose, x, axes) => compose.reduce('max', x, axes),
  }),
  ReduceMin: reduction({
    doc: 'The smallest.',
    ofNone: Infinity,
    make: (compose, x, axes) => compose.reduce('min', x, axes),
  }),
  ReduceProd: reduction({
    doc: 'Products.',
    ofNone: 1,
    make: (compose, x, axes) => compose.reduce('product', x, axes),
  }),
  ReduceL1: reduction({
    doc: 'Sums of absolute values.',
    ofNone: 0,
    make: (compose, x, axes) => total(compose, compose.map(x, 'abs'), axes),
  }),
  ReduceL2: reduction({
    doc: 'Roots of sums of squares.',
    ofNone: 0,
    make: (compose, x, axes) => compose.map(total(compose, compose.square(x), axes), 'sqrt'),
  }),
  ReduceSumSquare: reduction({
    doc: 'Sums of squares.',
    ofNone: 0,
    make: (compose, x, axes) => total(compose, compose.square(x), axes),
  }),
  ReduceLogSum: reduction({
    doc: 'Logarithms of sums.',
    ofNone: -Infinity,
    make: (compose, x, axes) => compose.map(total(compose, x, axes), 'log'),
  }),
  ReduceLogSumExp: reduction({
    doc: 'Logarithms of sums of exponentials.',
    ofNone: -Infinity,
    make: logSumExp,
  }),
};
