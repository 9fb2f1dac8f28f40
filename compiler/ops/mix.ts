/** Weighted sums of tensors whose weights are tensors themselves: what a relaxed choice computes. */
import { invariant, present } from '../../util/invariant.ts';
import type { CpuTensor, OpTable, ShapeProblem, TensorType } from './op.ts';
import { doubles } from './rows.ts';
import { firstProblem, noMacs, otherShape, sameShape, shapeText, wrongDType } from './shapes.ts';

interface Operands<T> {
  readonly first: T;
  readonly others: readonly T[];
}

function apart<T>(inputs: readonly T[]): Operands<T> {
  const [first, ...others] = inputs;
  invariant(first !== undefined, 'a mixture has weights');
  return { first, others };
}

/** Tensors of one shape, as many as there are columns. */
function alike(others: readonly TensorType[], columns: readonly number[]): TensorType | ShapeProblem {
  const [x] = others;
  if (x === undefined || others.length !== columns.length) {
    return {
      problem: `there are ${others.length} tensors for ${columns.length} weights`,
      expected: 'one or more tensors, each with a weight',
    };
  }
  const wrong = firstProblem(...others.map((other) => wrongDType('a tensor', other)));
  const odd = others.find((other) => !sameShape(other.shape, x.shape));
  if (wrong) return wrong;
  if (!odd) return x;
  return {
    problem: `one tensor is ${shapeText(x.shape)} and another is ${shapeText(odd.shape)}`,
    expected: 'tensors of one shape',
  };
}

/** Why a weight does not stand in a matrix of this shape. */
function outside(
  shape: readonly number[],
  row: number,
  columns: readonly number[],
): ShapeProblem | undefined {
  const [rows = 0, width = 0] = shape;
  const isIn = (n: number, end: number): boolean => Number.isInteger(n) && n >= 0 && n < end;
  if (shape.length === 2 && isIn(row, rows) && columns.every((column) => isIn(column, width)))
    return undefined;
  return {
    problem: `the weights are ${shapeText(shape)}, the row is ${row}, the columns ${columns.join(', ')}`,
    expected: 'a matrix that has them',
  };
}

const at = (weights: CpuTensor, row: number, column: number): number =>
  weights.data[row * (weights.shape[1] ?? 0) + column] ?? NaN;

export const mixOps: Pick<OpTable, 'mix' | 'mix_weight_gradient'> = {
  mix: {
    doc: 'The sum of tensors of one shape, each times a weight of its own out of one row of a matrix.',
    cheap: true,
    arity: 'many',
    shape(inputs, { row, columns }) {
      const { first: weights, others } = apart(inputs);
      return (
        firstProblem(wrongDType('the weights', weights), outside(weights.shape, row, columns)) ??
        alike(others, columns)
      );
    },
    cost: noMacs,
    reference(inputs, out, { row, columns }) {
      const { first: weights, others } = apart(inputs);
      const { data } = out;
      const sums = new Float64Array(data.length);
      others.forEach((other, k) => {
        const weight = at(weights, row, present(columns[k], 'the column of a tensor'));
        const x = doubles(other);
        for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? NaN) + weight * (x[i] ?? NaN);
      });
      data.set(sums);
    },
    gradient({ builder, node, inputs, dy, wants }) {
      const { first: weights, others } = apart(inputs);
      const { row, columns } = node.attributes;
      const [rows, width] = builder.shape(weights);
      const shape = [rows ?? 0, width ?? 0] as const;
      return [
        wants(0)
          ? builder.op('mix_weight_gradient', [dy, ...others], { row, columns, weights: shape })
          : undefined,
        ...others.map((_, k) =>
          wants(k + 1)
            ? builder.op('mix', [weights, dy], { row, columns: [present(columns[k], 'a column')] })
            : undefined,
        ),
      ];
    },
  },

  mix_weight_gradient: {
    doc: 'The gradient of a mixture for its weights: the inner product of dy and each tensor, in its place of the matrix.',
    arity: 'many',
    shape(inputs, { row, columns, weights }) {
      const { first: dy, others } = apart(inputs);
      const x = outside(weights, row, columns) ?? alike(others, columns);
      if ('problem' in x) return x;
      return otherShape('dy', dy, x.shape) ?? { shape: weights, dtype: 'f32' };
    },
    cost: noMacs,
    reference(inputs, out, { row, columns, weights }) {
      const { first: dy, others } = apart(inputs);
      const d = doubles(dy);
      others.forEach((other, k) => {
        const x = doubles(other);
        let sum = 0;
        for (let i = 0; i < d.length; i++) sum += (d[i] ?? NaN) * (x[i] ?? NaN);
        const place = row * weights[1] + present(columns[k], 'the column of a tensor');
        out.data[place] = (out.data[place] ?? NaN) + sum;
      });
    },
    // `dy` here is the gradient that reaches the matrix: it mixes the tensors as weights do.
    gradient({ builder, node, inputs, dy: matrix, wants }) {
      const { first: dy, others } = apart(inputs);
      const { row, columns } = node.attributes;
      return [
        wants(0) ? builder.op('mix', [matrix, ...others], { row, columns }) : undefined,
        ...others.map((_, k) =>
          wants(k + 1)
            ? builder.op('mix', [matrix, dy], { row, columns: [present(columns[k], 'a column')] })
            : undefined,
        ),
      ];
    },
  },
};
