/** Ops that move elements, those along rows, products of batches, and embeddings. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId } from '../../../compiler/graph/graph.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const count = (n: number): number[] => [...Array(n).keys()];

describe('worked examples', () => {
  const x = tensor([2, 3], count(6));

  test('concat', () => {
    const y = runOp('concat', [x, tensor([2, 1], [8, 9]), x], {});
    expect(y.shape).toEqual([2, 7]);
    expect([...y.data]).toEqual([0, 1, 2, 8, 0, 1, 2, 3, 4, 5, 9, 3, 4, 5]);
  });

  test('slice', () => {
    expect([...runOp('slice', [x], { begin: [0, 1], size: [2, 2] }).data]).toEqual([1, 2, 4, 5]);
  });

  test('pad', () => {
    const y = runOp('pad', [x], { before: [0, 1], after: [1, 0] });
    expect(y.shape).toEqual([3, 4]);
    expect([...y.data]).toEqual([0, 0, 1, 2, 0, 3, 4, 5, 0, 0, 0, 0]);
  });

  test('reshape', () => {
    expect(runOp('reshape', [x], { shape: [3, 1, 2] })).toEqual(tensor([3, 1, 2], count(6)));
  });

  test('transpose', () => {
    expect(runOp('transpose', [x], { axes: [1, 0] })).toEqual(tensor([3, 2], [0, 3, 1, 4, 2, 5]));
  });

  test('softmax, also of large scores, and causal', () => {
    const y = runOp('softmax', [tensor([2, 2], [1000, 1000, 0, Math.log(3)])], {});
    y.data.forEach((v, i) => expect(v).toBeCloseTo([0.5, 0.5, 0.25, 0.75][i], 12));
    const masked = runOp('softmax', [tensor([1, 2, 2], [5, 99, 0, Math.log(3)])], { causal: true });
    masked.data.forEach((v, i) => expect(v).toBeCloseTo([1, 0, 0.25, 0.75][i], 12));
  });

  test('normalize_rows', () => {
    const y = runOp('normalize_rows', [tensor([2, 2], [1, 3, 10, 10])], { epsilon: 1e-9 });
    y.data.forEach((v, i) => expect(v).toBeCloseTo([-1, 1, 0, 0][i], 6));
  });

  test('channel_scale', () => {
    expect([...runOp('channel_scale', [x, tensor([3], [1, 10, -1])], {}).data]).toEqual([
      0, 10, -2, 3, 40, -5,
    ]);
  });

  test('embedding and the gradient of its table', () => {
    const ids = { shape: [1, 4], data: Int32Array.from([2, 0, -1, 2]) };
    const table = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    expect([...runOp('embedding', [ids, table], {}).data]).toEqual([5, 6, 1, 2, 0, 0, 5, 6]);
    const dy = tensor([1, 4, 2], count(8));
    expect([...runOp('embedding_gradient', [ids, dy], { rows: 3 }).data]).toEqual([2, 3, 0, 0, 6, 8]);
  });
});

test('a product of batches is the product of each pair', () => {
  fc.assert(
    fc.property(
      fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 4 }))),
      fc.boolean(),
      fc.boolean(),
      ([batch, m, k, n], transposeA, transposeB) => {
        const a = tensorFor('a', [batch, ...(transposeA ? [k, m] : [m, k])], 1);
        const b = tensorFor('b', [batch, ...(transposeB ? [n, k] : [k, n])], 1);
        const flags = { transposeA, transposeB };
        const y = runOp('batch_matmul', [a, b], flags);
        for (let i = 0; i < batch; i++) {
          const one = { shape: a.shape.slice(1), data: a.data.slice(i * m * k, (i + 1) * m * k) };
          const other = { shape: b.shape.slice(1), data: b.data.slice(i * k * n, (i + 1) * k * n) };
          const part = { shape: [m, n], data: y.data.slice(i * m * n, (i + 1) * m * n) };
          expect(distance(part, runOp('matmul', [one, other], flags))).toBeLessThan(1e-12);
        }
      },
    ),
  );
});

describe('gradients against central differences', () => {
  const ops: Record<string, (g: GraphBuilder) => NodeId> = {
    concat: (g) => {
      const a = g.parameter('a', [2, 3, 2], he);
      return g.op('concat', [a, g.parameter('b', [2, 3, 1], he), a], {});
    },
    slice: (g) =>
      g.op('slice', [g.parameter('a', [2, 4, 3, 3], he)], { begin: [0, 1, 2, 0], size: [2, 2, 1, 3] }),
    pad: (g) =>
      g.op('pad', [g.parameter('a', [2, 2, 1, 3], he)], { before: [0, 1, 2, 0], after: [0, 0, 1, 2] }),
    reshape: (g) => g.op('reshape', [g.parameter('a', [2, 3, 4], he)], { shape: [4, 6] }),
    transpose: (g) => g.op('transpose', [g.parameter('a', [2, 3, 4, 2], he)], { axes: [2, 0, 3, 1] }),
    softmax: (g) => g.op('softmax', [g.parameter('a', [2, 3, 4], he)], {}),
    'causal softmax': (g) => g.op('softmax', [g.parameter('a', [2, 4, 4], he)], { causal: true }),
    normalize_rows: (g) => g.op('normalize_rows', [g.parameter('a', [3, 5], he)], { epsilon: 1e-3 }),
    channel_scale: (g) =>
      g.op('channel_scale', [g.parameter('a', [2, 3, 4], he), g.parameter('s', [4], he)], {}),
    ...Object.fromEntries(
      [false, true].flatMap((transposeA) =>
        [false, true].map((transposeB) => [
          `batch_matmul ${transposeA} ${transposeB}`,
          (g: GraphBuilder) =>
            g.op(
              'batch_matmul',
              [
                g.parameter('a', transposeA ? [2, 4, 3] : [2, 3, 4], he),
                g.parameter('b', transposeB ? [2, 5, 4] : [2, 4, 5], he),
              ],
              { transposeA, transposeB },
            ),
        ]),
      ),
    ),
  };
  test.each(Object.keys(ops))('%s', (name) => {
    for (const seed of [1, 2, 3]) expect(opGradientErrors(ops[name], seed)).toEqual([]);
  });

  test('embedding: the sum over equal ids', () => {
    // y = table[ids] is linear: its gradient is that of the worked example; through the graph it must be built.
    const dy = tensorFor('dy', [2, 3, 4], 1);
    const ids = { shape: [2, 3], data: Int32Array.from([0, 1, 1, 4, 0, 2]) };
    const table = tensorFor('table', [5, 4], 1);
    const y = runOp('embedding', [ids, table], {});
    const product = Float64Array.from(y.data).reduce((sum, v, i) => sum + v * dy.data[i], 0);
    const dtable = runOp('embedding_gradient', [ids, dy], { rows: 5 });
    expect(Float64Array.from(dtable.data).reduce((sum, v, i) => sum + v * table.data[i], 0)).toBeCloseTo(
      product,
      12,
    );
  });
});

describe('refusals', () => {
  test.each([
    [
      'concat',
      [
        [2, 3],
        [3, 3],
      ],
      {},
      'one input is 3 and another is 3',
    ],
    [
      'concat',
      [
        [2, 4, 3],
        [2, 5, 3],
      ],
      {},
      'one input is 4 x 3 and another is 5 x 3',
    ],
    ['slice', [[2, 3]], { begin: [0, 2], size: [2, 2] }, 'a part of 2 x 2 from 0 x 2 is not within 2 x 3'],
    ['pad', [[2, 3]], { before: [0, -1], after: [0, 0] }, 'the padding is 0, -1 and 0, 0'],
    ['reshape', [[2, 3]], { shape: [7] }, '2 x 3 cannot be seen as 7'],
    ['transpose', [[2, 3]], { axes: [0, 0] }, 'the order of axes is 0, 0'],
    ['softmax', [[2, 3, 4]], { causal: true }, 'the matrices are 3 x 4'],
    [
      'batch_matmul',
      [
        [2, 3, 4],
        [2, 5, 6],
      ],
      { transposeA: false, transposeB: false },
      'the matrices are',
    ],
    [
      'batch_matmul',
      [
        [3, 4],
        [4, 6],
      ],
      { transposeA: false, transposeB: false },
      'expected three axes',
    ],
    [
      'embedding',
      [
        [2, 3],
        [5, 4],
      ],
      {},
      'the elements of the input are numbers',
    ],
    ['normalize_rows', [[2, 3]], { epsilon: 0 }, 'epsilon is 0'],
  ] as const)('%s of %j with %j', (op, shapes, attributes, message) => {
    expect(refusal(op, shapes, attributes as never)).toContain(message);
  });
});
