/** Ops that treat each row along the last axis by itself: softmax, and the normalisation of layer norm. */
import { channelsOf, fewerAxes, noMacs, otherShape, shapeText } from './shapes.ts';
import type { OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { dot, doubles } from './rows.ts';

function badEpsilon(epsilon: number): ShapeProblem | undefined {
  if (epsilon > 0 && Number.isFinite(epsilon)) return undefined;
  return { problem: `epsilon is ${epsilon}`, expected: 'a small number above 0' };
}

/** Calls `visit` with each row. */
function visitRows(
  xs: Float64Array,
  length: number,
  visit: (row: Float64Array, first: number) => void,
): void {
  for (let first = 0; first < xs.length; first += length) visit(xs.subarray(first, first + length), first);
}

const mean = (row: Float64Array): number => row.reduce((sum, x) => sum + x, 0) / row.length;

/** The row less its mean, over its deviation; and one over the deviation. */
function standardized(row: Float64Array, epsilon: number): { xhat: Float64Array; inverse: number } {
  const middle = mean(row);
  const variance = mean(row.map((x) => (x - middle) ** 2));
  const inverse = 1 / Math.sqrt(variance + epsilon);
  return { xhat: row.map((x) => (x - middle) * inverse), inverse };
}

/** Of the gradient of an output, and that output: rows of one shape. */
function likeTheOutput(inputs: readonly TensorType[]): TensorType | ShapeProblem {
  const [dy, y] = two(inputs);
  return fewerAxes('the output', y, 1) ?? otherShape('the gradient', dy, y.shape) ?? y;
}

export const lastAxisOps: Pick<
  OpTable,
  | 'normalize_rows'
  | 'normalize_rows_gradient'
  | 'softmax'
  | 'softmax_gradient'
  | 'log_softmax'
  | 'log_softmax_gradient'
> = {
  normalize_rows: {
    doc: 'Makes each row along the last axis have mean 0 and variance 1.',
    arity: 1,
    shape(inputs, { epsilon }) {
      const x = one(inputs);
      return fewerAxes('the input', x, 1) ?? badEpsilon(epsilon) ?? x;
    },
    cost: noMacs,
    reference(inputs, out, { epsilon }) {
      const x = one(inputs);
      visitRows(doubles(x), channelsOf(x.shape), (row, first) =>
        out.data.set(standardized(row, epsilon).xhat, first),
      );
    },
    gradient({ builder, node, inputs, dy, wants }) {
      return [
        wants(0) ? builder.op('normalize_rows_gradient', [dy, one(inputs)], node.attributes) : undefined,
      ];
    },
  },

  normalize_rows_gradient: {
    doc: 'The gradient of the normalisation of rows, the way through mean and variance included.',
    arity: 2,
    shape(inputs, { epsilon }) {
      const [dy, x] = two(inputs);
      return (
        fewerAxes('the input', x, 1) ?? otherShape('the gradient', dy, x.shape) ?? badEpsilon(epsilon) ?? x
      );
    },
    cost: noMacs,
    // dx = (dy - mean(dy) - xhat * mean(dy * xhat)) / sqrt(variance + epsilon)
    reference(inputs, out, { epsilon }) {
      const [dy, x] = two(inputs);
      const dys = doubles(dy);
      const length = channelsOf(x.shape);
      visitRows(doubles(x), length, (row, first) => {
        const { xhat, inverse } = standardized(row, epsilon);
        const d = dys.subarray(first, first + length);
        const [meanDy, meanDyXhat] = [mean(d), dot(d, 0, xhat, 0, length) / length];
        out.data.set(
          d.map((v, i) => (v - meanDy - (xhat[i] ?? NaN) * meanDyXhat) * inverse),
          first,
        );
      });
    },
    gradient: { none: 'second derivatives of layer normalisation are not needed by any method here' },
  },

  softmax: {
    doc: 'Exponentials of each row along the last axis, divided by their sum.',
    arity: 1,
    shape(inputs, { causal = false }) {
      const x = one(inputs);
      const problem = fewerAxes('the input', x, causal ? 2 : 1);
      if (problem || !causal || x.shape.at(-1) === x.shape.at(-2)) return problem ?? x;
      return {
        problem: `the matrices are ${shapeText(x.shape.slice(-2))}`,
        expected: 'as many rows as columns',
      };
    },
    cost: noMacs,
    reference(inputs, out, { causal = false }) {
      const x = one(inputs);
      const length = channelsOf(x.shape);
      visitRows(doubles(x), length, (row, first) => {
        const seen = row.subarray(0, causal ? ((first / length) % length) + 1 : length);
        const largest = seen.reduce((a, b) => Math.max(a, b), -Infinity);
        const exponentials = seen.map((v) => Math.exp(v - largest));
        const total = exponentials.reduce((a, b) => a + b, 0);
        out.data.set(
          exponentials.map((e) => e / total),
          first,
        );
      });
    },
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('softmax_gradient', [dy, node.id], {}) : undefined];
    },
  },

  softmax_gradient: {
    doc: 'The gradient of softmax, from the gradient of its output and its output.',
    arity: 2,
    shape: likeTheOutput,
    cost: noMacs,
    // dx = y * (dy - sum(dy * y))
    reference(inputs, out) {
      const [dy, y] = two(inputs);
      const dys = doubles(dy);
      const length = channelsOf(y.shape);
      visitRows(doubles(y), length, (row, first) => {
        const sum = dot(dys, first, row, 0, length);
        out.data.set(
          row.map((v, i) => v * ((dys[first + i] ?? NaN) - sum)),
          first,
        );
      });
    },
    gradient: { none: 'second derivatives of softmax are not needed by any method here' },
  },

  log_softmax: {
    doc: 'The logarithm of softmax: each row along the last axis less the logarithm of its sum of exponentials.',
    arity: 1,
    shape(inputs) {
      const x = one(inputs);
      return fewerAxes('the input', x, 1) ?? x;
    },
    cost: noMacs,
    reference(inputs, out) {
      const x = one(inputs);
      visitRows(doubles(x), channelsOf(x.shape), (row, first) => {
        const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
        const total = largest + Math.log(row.reduce((sum, v) => sum + Math.exp(v - largest), 0));
        out.data.set(
          row.map((v) => v - total),
          first,
        );
      });
    },
    gradient({ builder, node, dy, wants }) {
      return [wants(0) ? builder.op('log_softmax_gradient', [dy, node.id], {}) : undefined];
    },
  },

  log_softmax_gradient: {
    doc: 'The gradient of the logarithm of softmax, from the gradient of its output and its output.',
    arity: 2,
    shape: likeTheOutput,
    cost: noMacs,
    // dx = dy - exp(y) * sum(dy)
    reference(inputs, out) {
      const [dy, y] = two(inputs);
      const dys = doubles(dy);
      const length = channelsOf(y.shape);
      visitRows(doubles(y), length, (row, first) => {
        const d = dys.subarray(first, first + length);
        const sum = d.reduce((a, b) => a + b, 0);
        out.data.set(
          d.map((v, i) => v - Math.exp(row[i] ?? NaN) * sum),
          first,
        );
      });
    },
    gradient: { none: 'second derivatives of softmax are not needed by any method here' },
  },
};
