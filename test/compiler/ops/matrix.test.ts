import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opTable } from '../../../compiler/ops/table.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { distance, refusal, runOp, tensor } from './runOp.ts';

const seed = fc.integer({ min: 0, max: 1e6 });
const size = fc.integer({ min: 1, max: 6 });
const he = { kind: 'he', fanIn: 1 } as const;
const straight = { transposeA: false, transposeB: false };

describe('matmul', () => {
  const a = [1, 2, 3, 4, 5, 6]; // 2x3
  const b = [7, 8, 9, 10, 11, 12]; // 3x2
  const product = tensor([2, 2], [58, 64, 139, 154]);

  test('a worked example, in all four transpositions', () => {
    const at = [1, 4, 2, 5, 3, 6];
    const bt = [7, 9, 11, 8, 10, 12];
    expect(runOp('matmul', [tensor([2, 3], a), tensor([3, 2], b)], straight)).toEqual(product);
    expect(
      runOp('matmul', [tensor([3, 2], at), tensor([3, 2], b)], { transposeA: true, transposeB: false }),
    ).toEqual(product);
    expect(
      runOp('matmul', [tensor([2, 3], a), tensor([2, 3], bt)], { transposeA: false, transposeB: true }),
    ).toEqual(product);
    expect(
      runOp('matmul', [tensor([3, 2], at), tensor([2, 3], bt)], { transposeA: true, transposeB: true }),
    ).toEqual(product);
  });

  test('is associative', () => {
    fc.assert(
      fc.property(size, size, size, size, seed, (m, k, l, n, s) => {
        const [x, y, z] = [tensorFor('x', [m, k], s), tensorFor('y', [k, l], s), tensorFor('z', [l, n], s)];
        const left = runOp('matmul', [runOp('matmul', [x, y], straight), z], straight);
        const right = runOp('matmul', [x, runOp('matmul', [y, z], straight)], straight);
        expect(distance(left, right)).toBeLessThan(1e-12);
      }),
    );
  });

  test('gradients against central differences, in all four transpositions', () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        seed,
        (m, k, n, transposeA, transposeB, s) => {
          const errors = opGradientErrors((builder) => {
            const x = builder.parameter('a', transposeA ? [k, m] : [m, k], he);
            const y = builder.parameter('b', transposeB ? [n, k] : [k, n], he);
            return builder.op('matmul', [x, y], { transposeA, transposeB });
          }, s);
          expect(errors).toEqual([]);
        },
      ),
    );
  });

  test('costs rows x columns x inner', () => {
    expect(
      opTable.matmul.cost(
        [
          [2, 3],
          [3, 5],
        ],
        [2, 5],
        straight,
      ),
    ).toEqual({ macs: 30 });
    expect(
      opTable.matmul.cost(
        [
          [3, 2],
          [3, 5],
        ],
        [2, 5],
        { transposeA: true, transposeB: false },
      ),
    ).toEqual({ macs: 30 });
  });

  test('refuses what does not fit', () => {
    expect(
      refusal(
        'matmul',
        [
          [4, 24],
          [16, 10],
        ],
        straight,
      ),
    ).toBe('matmul: the input has 24 features and the weights read 16; expected weights that read 24');
    expect(
      refusal(
        'matmul',
        [
          [4, 2, 2, 6],
          [24, 10],
        ],
        straight,
      ),
    ).toBe('matmul: the shape of the first matrix is 4 x 2 x 2 x 6; expected two axes: rows and columns');
    expect(refusal('matmul', [[4, 24], { i32: [24, 10] }], straight)).toMatch(
      /the elements of the second matrix are whole numbers/,
    );
  });
});

describe('bias_add', () => {
  test('a worked example', () => {
    expect(runOp('bias_add', [tensor([2, 2], [1, 2, 3, 4]), tensor([2], [10, 20])], {})).toEqual(
      tensor([2, 2], [11, 22, 13, 24]),
    );
  });

  test('gradients against central differences', () => {
    fc.assert(
      fc.property(fc.constantFrom([3, 4], [2, 3, 2, 4]), seed, (shape, s) => {
        const errors = opGradientErrors(
          (b) => b.op('bias_add', [b.parameter('x', shape, he), b.parameter('bias', [4], he)], {}),
          s,
        );
        expect(errors).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('refuses a bias of another length', () => {
    expect(refusal('bias_add', [[2, 3], [4]], {})).toBe('bias_add: the shape of the bias is 4; expected 3');
  });
});

describe('sum_rows', () => {
  test('a worked example', () => {
    expect(runOp('sum_rows', [tensor([3, 2], [1, 2, 3, 4, 5, 6])], {})).toEqual(tensor([2], [9, 12]));
    expect(runOp('sum_rows', [tensor([1, 2, 2, 1], [1, 2, 3, 4])], {})).toEqual(tensor([1], [10]));
  });

  test('gradients against central differences', () => {
    fc.assert(
      fc.property(fc.constantFrom([3, 4], [2, 3, 2, 4]), seed, (shape, s) => {
        expect(opGradientErrors((b) => b.op('sum_rows', [b.parameter('x', shape, he)], {}), s)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
