/** Matrix products and the sums along rows that dense layers need. */
import type { NodeId, Shape } from '../graph/graph.ts';
import type { OpAttributes } from './attributes.ts';
import type { GradientContext, OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { addScaled, doubles } from './rows.ts';
import {
  axes2,
  axes3,
  channelsOf,
  elementsOf,
  f32,
  fewerAxes,
  firstProblem,
  noMacs,
  notMatrix,
  otherShape,
  shapeText,
  wrongDType,
} from './shapes.ts';

/** (rows, columns) of a matrix as the product sees it. */
function seenAs(shape: Shape, transposed: boolean): readonly [number, number] {
  const [rows, columns] = axes2(shape);
  return transposed ? [columns, rows] : [rows, columns];
}

type Transposed = OpAttributes['matmul'];

/** Whether the tensor is anything but a batch of matrices. */
function notMatrices(what: string, found: TensorType): ShapeProblem | undefined {
  const problem = wrongDType(what, found);
  if (problem || found.shape.length === 3) return problem;
  return {
    problem: `the shape of ${what} is ${shapeText(found.shape)}`,
    expected: 'three axes: matrices, rows and columns',
  };
}

function flags(transposeA: boolean, transposeB: boolean): Transposed {
  return { transposeA, transposeB };
}

interface Product extends Transposed {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Adds a product to `out`. Four terms of each sum at a time, in order: results are those of one at a time, twice as soon. */
function product(a: Float64Array, b: Float64Array, sizes: Product, out: Float64Array): void {
  const { rows, inner, columns, transposeA, transposeB } = sizes;
  const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
  const fours = inner - (inner % 4);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    for (let i = 0; i < fours; i += 4) {
      const p = row * aRow + i * aInner;
      const f0 = a[p] ?? NaN;
      const f1 = a[p + aInner] ?? NaN;
      const f2 = a[p + 2 * aInner] ?? NaN;
      const f3 = a[p + 3 * aInner] ?? NaN;
      for (let column = 0; column < columns; column++) {
        const q = i * bInner + column * bColumn;
        let sum = out[start + column] ?? NaN;
        sum += f0 * (b[q] ?? NaN);
        sum += f1 * (b[q + bInner] ?? NaN);
        sum += f2 * (b[q + 2 * bInner] ?? NaN);
        sum += f3 * (b[q + 3 * bInner] ?? NaN);
        out[start + column] = sum;
      }
    }
    for (let i = fours; i < inner; i++) {
      const factor = a[row * aRow + i * aInner] ?? NaN;
      for (let column = 0; column < columns; column++) {
        const term = factor * (b[i * bInner + column * bColumn] ?? NaN);
        out[start + column] = (out[start + column] ?? NaN) + term;
      }
    }
  }
}

/** The gradients of y = A B with A = op(a), B = op(b): dA = dy Bt and dB = At dy, transposed again where op is. */
function productGradients(
  op: 'matmul' | 'batch_matmul',
  { builder, node, inputs, dy, wants }: GradientContext<'matmul' | 'batch_matmul'>,
): readonly (NodeId | undefined)[] {
  const [a, b] = two(inputs);
  const { transposeA, transposeB } = node.attributes;
  const da = (): NodeId =>
    transposeA
      ? builder.op(op, [b, dy], flags(transposeB, true))
      : builder.op(op, [dy, b], flags(false, !transposeB));
  const db = (): NodeId =>
    transposeB
      ? builder.op(op, [dy, a], flags(true, transposeA))
      : builder.op(op, [a, dy], flags(!transposeA, false));
  return [wants(0) ? da() : undefined, wants(1) ? db() : undefined];
}

export const matrixOps: Pick<OpTable, 'matmul' | 'batch_matmul' | 'bias_add' | 'channel_scale' | 'sum_rows'> =
  {
    matmul: {
      doc: 'The product of two matrices, each transposed first where told.',
      arity: 2,
      shape(inputs, { transposeA, transposeB }) {
        const [a, b] = two(inputs);
        const problem = firstProblem(notMatrix('the first matrix', a), notMatrix('the second matrix', b));
        if (problem) return problem;
        const [rows, inner] = seenAs(a.shape, transposeA);
        const [read, columns] = seenAs(b.shape, transposeB);
        if (inner !== read) {
          return {
            problem: `the input has ${inner} features and the weights read ${read}`,
            expected: `weights that read ${inner}`,
          };
        }
        return f32([rows, columns]);
      },
      cost(inputs, output, { transposeA }) {
        const [a] = two(inputs);
        const [, inner] = seenAs(a, transposeA);
        return { macs: elementsOf(output) * inner };
      },
      reference(inputs, out, { transposeA, transposeB }) {
        const [a, b] = two(inputs);
        const [rows, inner] = seenAs(a.shape, transposeA);
        const [, columns] = seenAs(b.shape, transposeB);
        const sizes = { rows, inner, columns, transposeA, transposeB };
        const sums = doubles(out);
        product(doubles(a), doubles(b), sizes, sums);
        if (sums !== out.data) out.data.set(sums);
      },
      gradient: (context) => productGradients('matmul', context),
    },

    batch_matmul: {
      doc: 'The product of two matrices for each pair of a batch, each transposed first where told.',
      arity: 2,
      shape(inputs, { transposeA, transposeB }) {
        const [a, b] = two(inputs);
        const problem = firstProblem(
          notMatrices('the first matrices', a),
          notMatrices('the second matrices', b),
        );
        if (problem) return problem;
        const [[batch, ...left], [others, ...right]] = [axes3(a.shape), axes3(b.shape)];
        const [rows, inner] = seenAs(left, transposeA);
        const [read, columns] = seenAs(right, transposeB);
        if (inner === read && batch === others) return f32([batch, rows, columns]);
        return {
          problem: `the matrices are ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
          expected: 'as many of each, and columns of the first for the rows of the second',
        };
      },
      cost(inputs, output, { transposeA }) {
        const [, ...left] = axes3(two(inputs)[0]);
        return { macs: elementsOf(output) * seenAs(left, transposeA)[1] };
      },
      reference(inputs, out, { transposeA, transposeB }) {
        const [a, b] = two(inputs);
        const [[batch, ...left], [, ...right]] = [axes3(a.shape), axes3(b.shape)];
        const [rows, inner] = seenAs(left, transposeA);
        const [, columns] = seenAs(right, transposeB);
        const [as, bs] = [doubles(a), doubles(b)];
        const sizes = { rows, inner, columns, transposeA, transposeB };
        const sums = doubles(out);
        for (let i = 0; i < batch; i++) {
          const mine = as.subarray(i * rows * inner, (i + 1) * rows * inner);
          const other = bs.subarray(i * inner * columns, (i + 1) * inner * columns);
          product(mine, other, sizes, sums.subarray(i * rows * columns, (i + 1) * rows * columns));
        }
        if (sums !== out.data) out.data.set(sums);
      },
      gradient: (context) => productGradients('batch_matmul', context),
    },

    bias_add: {
      doc: 'Adds one number per channel: the second input lies along the last axis of the first.',
      cheap: true,
      arity: 2,
      shape(inputs) {
        const [x, bias] = two(inputs);
        const problem = fewerAxes('the input', x, 1);
        if (problem) return problem;
        return otherShape('the bias', bias, [channelsOf(x.shape)]) ?? x;
      },
      cost: noMacs,
      reference(inputs, out) {
        const [x, bias] = two(inputs);
        const xs = doubles(x);
        const biases = doubles(bias);
        const channels = biases.length;
        for (let i = 0; i < out.data.length; i++) {
          out.data[i] = (xs[i] ?? NaN) + (biases[i % channels] ?? NaN);
        }
      },
      gradient({ builder, dy, wants }) {
        return [wants(0) ? dy : undefined, wants(1) ? builder.op('sum_rows', [dy], {}) : undefined];
      },
    },

    channel_scale: {
      doc: 'Multiplies by one number per channel: the second input lies along the last axis of the first.',
      cheap: true,
      arity: 2,
      shape(inputs) {
        const [x, scale] = two(inputs);
        const problem = fewerAxes('the input', x, 1);
        if (problem) return problem;
        return otherShape('the scale', scale, [channelsOf(x.shape)]) ?? x;
      },
      cost: noMacs,
      reference(inputs, out) {
        const [x, scale] = two(inputs);
        const xs = doubles(x);
        const scales = doubles(scale);
        for (let i = 0; i < out.data.length; i++) {
          out.data[i] = (xs[i] ?? NaN) * (scales[i % scales.length] ?? NaN);
        }
      },
      gradient({ builder, inputs, dy, wants }) {
        const [x, scale] = two(inputs);
        const products = (): NodeId => builder.op('mul', [dy, x], {});
        return [
          wants(0) ? builder.op('channel_scale', [dy, scale], {}) : undefined,
          wants(1) ? builder.op('sum_rows', [products()], {}) : undefined,
        ];
      },
    },

    sum_rows: {
      doc: 'Sums over all axes but the last.',
      arity: 1,
      shape(inputs) {
        const x = one(inputs);
        return fewerAxes('the input', x, 1) ?? f32([channelsOf(x.shape)]);
      },
      cost: noMacs,
      reference(inputs, out) {
        const x = one(inputs);
        const xs = doubles(x);
        const channels = out.data.length;
        const sums = new Float64Array(channels);
        for (let i = 0; i < xs.length; i += channels) addScaled(sums, 0, xs, i, 1, channels);
        out.data.set(sums);
      },
      // Every row receives dy: a bias on zeros repeats it.
      gradient({ builder, inputs, dy, wants }) {
        const zeros = (): number => builder.constant(0, builder.shape(one(inputs)));
        return [wants(0) ? builder.op('bias_add', [zeros(), dy], {}) : undefined];
      },
    },
  };
