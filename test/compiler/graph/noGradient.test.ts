/** Ops without a gradient: a loss that is trained through one is refused with the op's name, its place and the reason. */
import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId } from '../../../compiler/graph/graph.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { InvariantError } from '../../../util/invariant.ts';
import { weightedSum } from '../ops/gradientCheck.ts';

/** Declares a parameter. */
type Parameter = (...shape: number[]) => NodeId;

const epsilon = { epsilon: 0.1 };
const pool = { window: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
const mean = { reduction: 'mean' } as const;

/** One use of each op, made of parameters alone where it can be. */
const uses: Readonly<Record<string, (b: GraphBuilder, p: Parameter) => NodeId>> = {
  moments: (b, p) => b.op('moments', [p(2, 3)], {}),
  batch_norm_gradient_sums: (b, p) => b.op('batch_norm_gradient_sums', [p(2, 3), p(2, 3), p(2, 3)], epsilon),
  batch_norm_input_gradient: (b, p) =>
    b.op('batch_norm_input_gradient', [p(2, 3), p(2, 3), p(2, 3), p(3), p(2, 3)], epsilon),
  batch_norm_inference: (b, p) => b.op('batch_norm_inference', [p(2, 3), p(3), p(3), p(2, 3)], epsilon),
  update_statistics: (b, p) => b.op('update_statistics', [p(2, 3), p(2, 3)], { momentum: 0.1, elements: 2 }),
  row: (b, p) => b.op('row', [p(2, 3)], { index: 0 }),
  normalize_rows_gradient: (b, p) => b.op('normalize_rows_gradient', [p(2, 3), p(2, 3)], epsilon),
  softmax_gradient: (b, p) => b.op('softmax_gradient', [p(2, 3), p(2, 3)], {}),
  log_softmax_gradient: (b, p) => b.op('log_softmax_gradient', [p(2, 3), p(2, 3)], {}),
  activation_gradient: (b, p) => b.op('activation_gradient', [p(2, 3), p(2, 3)], { name: 'tanh' }),
  max_pool_gradient: (b, p) => b.op('max_pool_gradient', [p(1, 2, 2, 3), p(1, 3, 3, 3)], pool),
  product_gradient: (b, p) => b.op('product_gradient', [p(1, 3), p(2, 3)], { axes: [0] }),
  embedding_gradient: (b, p) =>
    b.op('embedding_gradient', [b.input('ids', [2], 'i32'), p(2, 3)], { rows: 4 }),
  softmax_cross_entropy_gradient: (b, p) =>
    b.op('softmax_cross_entropy_gradient', [p(2, 3), b.input('labels', [2], 'i32'), p(1)], mean),
  correct: (b, p) => b.op('correct', [p(2, 3), b.input('labels', [2], 'i32')], {}),
};

const names = Object.keys(opTable) as OpName[];

test('every op either has a rule or says why it has none', () => {
  const without = names.filter((op) => 'none' in opTable[op].gradient);
  expect(Object.keys(uses).sort()).toEqual(without.sort());
});

test.each(Object.entries(uses))('%s', (op, build) => {
  const b = new GraphBuilder();
  b.site = 'here';
  let parameters = 0;
  const parameter: Parameter = (...shape) => b.parameter(`p${parameters++}`, shape, { kind: 'he', fanIn: 1 });
  b.outputs.loss = weightedSum(b, build(b, parameter));
  const { gradient } = opTable[op as OpName];
  const reason = 'none' in gradient ? gradient.none : '';
  expect(() => differentiate(b.finish(), 'loss')).toThrow(
    new InvariantError(
      `differentiate: the loss is trained through ${op} at here, which has no gradient: ${reason}`,
    ),
  );
});
