/** Weighted sums by weights that are tensors: values, derivatives, refusals. */
import { expect, test } from 'vitest';
import type { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { NodeId } from '../../../compiler/graph/graph.ts';
import { opGradientErrors } from './gradientCheck.ts';
import { refusal, runOp, tensor } from './runOp.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const weights = tensor([2, 3], [9, 9, 9, 2, -1, 0.5]);
const [a, b] = [tensor([2, 2], [1, 2, 3, 4]), tensor([2, 2], [10, 20, 30, 40])];

test('mix', () => {
  expect([...runOp('mix', [weights, a, b], { row: 1, columns: [0, 2] }).data]).toEqual([7, 14, 21, 28]);
  expect([...runOp('mix', [weights, b], { row: 1, columns: [1] }).data]).toEqual([-10, -20, -30, -40]);
});

test('its gradient for the weights', () => {
  const attributes = { row: 1, columns: [2, 0], weights: [2, 3] } as const;
  const dy = tensor([2, 2], [1, 0, 0, -1]);
  expect([...runOp('mix_weight_gradient', [dy, a, b], attributes).data]).toEqual([0, 0, 0, -30, 0, -3]);
});

test('against central differences, also of its gradients', () => {
  const build = (g: GraphBuilder): NodeId => {
    const w = g.op('softmax', [g.parameter('w', [2, 4], he)], {});
    const xs = ['a', 'b', 'c'].map((name) => g.parameter(name, [2, 3, 5], he));
    return g.op('mix', [w, ...xs], { row: 1, columns: [3, 0, 1] });
  };
  expect(opGradientErrors(build, 3)).toEqual([]);
  const second = (g: GraphBuilder): NodeId => {
    const xs = ['dy', 'a', 'b'].map((name) => g.parameter(name, [3, 5], he));
    return g.op('mix_weight_gradient', xs, { row: 0, columns: [2, 1], weights: [2, 3] });
  };
  expect(opGradientErrors(second, 4)).toEqual([]);
});

test('what does not fit is refused', () => {
  const told = (shapes: readonly (readonly number[])[], row: number, columns: readonly number[]): string =>
    refusal('mix', shapes, { row, columns });
  expect(told([[2, 3], [2, 2], [4]], 0, [0, 1])).toContain('one tensor is 2 x 2 and another is 4');
  expect(told([[2, 3], [4]], 2, [0])).toContain('a matrix that has them');
  expect(told([[2, 3], [4]], 0, [3])).toContain('a matrix that has them');
  expect(told([[3], [4]], 0, [0])).toContain('a matrix that has them');
  expect(told([[2, 3], [4]], 0, [0, 1])).toContain('there are 1 tensors for 2 weights');
  expect(told([[2, 3]], 0, [])).toContain('there are 0 tensors for 0 weights');
});
