import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { withClassificationLoss, withSquaredLoss } from '../../../compiler/graph/loss.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { gradientErrors } from '../ops/gradientCheck.ts';

test('adds labels, loss and correct', () => {
  const b = new GraphBuilder();
  b.outputs.logits = b.input('x', [4, 3]);
  const graph = withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'sum' });
  expect(printGraph(graph)).toMatchInlineSnapshot(`
    "%0 = input x : f32[4,3]
    %1 = input labels : i32[4]
    %2 = softmax_cross_entropy(%0, %1) reduction=sum : f32[1]  // loss
    %3 = correct(%0, %1) : f32[1]  // loss
    output logits = %0
    output loss = %2
    output correct = %3
    "
  `);
  expect(Object.keys(b.outputs)).toEqual(['logits']);
});

test('scores that are not there are an internal error', () => {
  expect(() =>
    withClassificationLoss(new GraphBuilder().finish(), { logits: 'scores', reduction: 'sum' }),
  ).toThrow(/the output scores is missing/);
});

test('the mean and the sum of squared differences, and their gradients', () => {
  for (const reduction of ['mean', 'sum'] as const) {
    const b = new GraphBuilder();
    b.outputs.y = b.parameter('y', [2, 3], { kind: 'constant', value: 0 });
    const graph = withSquaredLoss(b.finish(), 'y', reduction);
    const values = (...data: number[]): CpuTensor => ({ shape: [2, 3], data: Float64Array.from(data) });
    const feeds = {
      parameters: { y: values(1, 2, 3, 4, 5, 6) },
      inputs: { targets: values(1, 1, 1, 1, 1, 1) },
    };
    const { loss } = runReference(graph, feeds, { precision: 'f64' }).outputs;
    expect(loss.data[0]).toBeCloseTo(reduction === 'sum' ? 55 : 55 / 6, 12);
    expect(gradientErrors(graph, 1)).toEqual([]);
  }
});
