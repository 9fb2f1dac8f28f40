/** Embeddings: rows of a trained table by number, and the gradient of the table. */
import type { OpTable } from './op.ts';
import { two } from './operands.ts';
import { addScaled, doubles } from './rows.ts';
import {
  axes2,
  channelsOf,
  f32,
  fewerAxes,
  firstProblem,
  noMacs,
  notMatrix,
  sameShape,
  shapeText,
  wrongDType,
} from './shapes.ts';

export const embeddingOps: Pick<OpTable, 'embedding' | 'embedding_gradient'> = {
  embedding: {
    doc: 'The row of a table for each id; an id that has none gives zeros.',
    arity: 2,
    shape(inputs) {
      const [ids, table] = two(inputs);
      const problem = firstProblem(wrongDType('the input', ids, 'i32'), notMatrix('the table', table));
      return problem ?? f32([...ids.shape, channelsOf(table.shape)]);
    },
    cost: noMacs,
    reference(inputs, out) {
      const [ids, table] = two(inputs);
      const rows = doubles(table);
      const [count, units] = axes2(table.shape);
      ids.data.forEach((id, i) => {
        if (id >= 0 && id < count) out.data.set(rows.subarray(id * units, (id + 1) * units), i * units);
      });
    },
    gradient({ builder, inputs, dy, wants }) {
      const [ids, table] = two(inputs);
      const [rows] = axes2(builder.shape(table));
      return [undefined, wants(1) ? builder.op('embedding_gradient', [ids, dy], { rows }) : undefined];
    },
  },

  embedding_gradient: {
    doc: 'The gradient of the table of an embedding: for each row, the sum of the gradients where its id stood.',
    arity: 2,
    shape(inputs, { rows }) {
      const [ids, dy] = two(inputs);
      const problem = firstProblem(
        wrongDType('the ids', ids, 'i32'),
        fewerAxes('the gradient', dy, ids.shape.length + 1),
      );
      if (problem) return problem;
      if (!sameShape(ids.shape, dy.shape.slice(0, -1))) {
        return {
          problem: `the ids are ${shapeText(ids.shape)} and the gradient is ${shapeText(dy.shape)}`,
          expected: 'one row of the gradient for each id',
        };
      }
      return f32([rows, channelsOf(dy.shape)]);
    },
    cost: noMacs,
    reference(inputs, out, { rows }) {
      const [ids, dy] = two(inputs);
      const dys = doubles(dy);
      const units = channelsOf(dy.shape);
      const sums = new Float64Array(out.data.length);
      ids.data.forEach((id, i) => {
        if (id >= 0 && id < rows) addScaled(sums, id * units, dys, i * units, 1, units);
      });
      out.data.set(sums);
    },
    gradient: { none: 'second derivatives of embeddings are not needed by any method here' },
  },
};
