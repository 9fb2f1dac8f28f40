/** Matrix products and the sums along rows that dense layers need. */
import type { Shape } from '../graph/graph.ts';
import type { OpAttributes } from './attributes.ts';
import type { OpTable } from './op.ts';
import { one, two } from './operands.ts';
import { addScaled, doubles } from './rows.ts';
import {
  axes2,
  channelsOf,
  elementsOf,
  f32,
  fewerAxes,
  firstProblem,
  noMacs,
  notMatrix,
  otherShape,
} from './shapes.ts';

/** (rows, columns) of a matrix as the product sees it. */
function seenAs(shape: Shape, transposed: boolean): readonly [number, number] {
  const [rows, columns] = axes2(shape);
  return transposed ? [columns, rows] : [rows, columns];
}

function flags(transposeA: boolean, transposeB: boolean): OpAttributes['matmul'] {
  return { transposeA, transposeB };
}

export const matrixOps: Pick<OpTable, 'matmul' | 'bias_add' | 'sum_rows'> = {
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
      const as = doubles(a);
      const bs = doubles(b);
      const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1];
      const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let i = 0; i < inner; i++) {
            sum += (as[row * aRow + i * aInner] ?? NaN) * (bs[i * bInner + column * bColumn] ?? NaN);
          }
          out.data[row * columns + column] = sum;
        }
      }
    },
    // y = A B with A = op(a), B = op(b): dA = dy Bt and dB = At dy, transposed again where op is.
    gradient({ builder, node, inputs, dy, wants }) {
      const [a, b] = two(inputs);
      const { transposeA, transposeB } = node.attributes;
      const da = (): number =>
        transposeA
          ? builder.op('matmul', [b, dy], flags(transposeB, true))
          : builder.op('matmul', [dy, b], flags(false, !transposeB));
      const db = (): number =>
        transposeB
          ? builder.op('matmul', [dy, a], flags(true, transposeA))
          : builder.op('matmul', [a, dy], flags(!transposeA, false));
      return [wants(0) ? da() : undefined, wants(1) ? db() : undefined];
    },
  },

  bias_add: {
    doc: 'Adds one number per channel: the second input lies along the last axis of the first.',
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
