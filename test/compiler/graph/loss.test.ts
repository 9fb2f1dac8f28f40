import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';

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
