/** ONNX operators for matrix products and for softmax. */
import { elementsOf } from '../../ops/shapes.ts';
import { flag, float, ignored, optionalInt } from '../attributes.ts';
import { axisOf, misfit, rule, type OnnxRule, type OnnxRules } from '../rule.ts';

/** Softmax or its logarithm: along an axis, before version 13 along that axis and all behind it. */
function softmax(doc: string, op: 'softmax' | 'log_softmax'): OnnxRule {
  return rule({
    doc,
    inputs: 'X',
    attributes: { axis: optionalInt },
    build: (c, { axis: written }) => {
      const x = c.tensor(0);
      const axis = axisOf(c, written ?? (c.opset < 13 ? 1 : -1), x.shape.length);
      const { builder } = c.compose;
      if (c.opset >= 13) return [c.compose.alongAxis(x, axis, (id) => builder.op(op, [id], {}))];
      const columns = elementsOf(x.shape.slice(axis));
      const flat = c.compose.reshape(x, [elementsOf(x.shape) / columns, columns]);
      return [c.compose.reshape({ shape: flat.shape, id: builder.op(op, [flat.id], {}) }, x.shape)];
    },
  });
}

export const matrixRules: OnnxRules<'MatMul' | 'Gemm' | 'Softmax' | 'LogSoftmax'> = {
  MatMul: rule({
    doc: 'The matrix product over the last two axes.',
    inputs: 'A, B',
    attributes: {},
    build: (c) => {
      const [a, b] = [c.tensor(0), c.tensor(1)];
      if (a.shape.length > 0 && b.shape.length > 0) return [c.compose.matmul(a, b)];
      return misfit(c, 'one of its inputs is a single number', 'vectors, matrices, or batches of matrices');
    },
  }),
  Gemm: rule({
    doc: 'alpha * A B + beta * C, with A and B transposed where told.',
    inputs: 'A, B, C?',
    attributes: {
      alpha: float(1),
      beta: float(1),
      transA: flag(false),
      transB: flag(false),
      broadcast: ignored,
    },
    build: (c, { alpha, beta, transA: transposeA, transB: transposeB }) => {
      const { compose } = c;
      const id = compose.builder.op('matmul', [c.tensor(0).id, c.tensor(1).id], { transposeA, transposeB });
      const product = compose.scale({ shape: compose.builder.shape(id), id }, alpha);
      const sum = c.optional(2);
      return [sum && beta !== 0 ? compose.pair('add', product, compose.scale(sum, beta)) : product];
    },
  }),
  Softmax: softmax('Exponentials along an axis, divided by their sum.', 'softmax'),
  LogSoftmax: softmax('The logarithm of softmax.', 'log_softmax'),
};
