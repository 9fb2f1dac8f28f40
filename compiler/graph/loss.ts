/** Adds what a classifier is trained on to a graph that ends in scores. */
import { present } from '../../util/invariant.ts';
import { axes2 } from '../ops/shapes.ts';
import { GraphBuilder } from './builder.ts';
import type { Graph } from './graph.ts';

export interface ClassificationLossOptions {
  /** Name of the output that holds the scores, [N, K]. */
  readonly logits: string;
  /** Whether the loss is the mean or the sum over the rows that have a label (0 or above). */
  readonly reduction: 'mean' | 'sum';
}

/**
 * The graph with one more input, `labels` [N] i32, and two more outputs: `loss` [1], the softmax cross
 * entropy, and `correct` [1], the number of rows whose best score is at the label.
 */
export function withClassificationLoss(
  graph: Graph,
  { logits, reduction }: ClassificationLossOptions,
): Graph {
  const builder = new GraphBuilder(graph);
  const scores = present(graph.outputs[logits], `withClassificationLoss: the output ${logits}`);
  const [rows] = axes2(builder.shape(scores));
  const labels = builder.input('labels', [rows], 'i32');
  builder.site = 'loss';
  builder.outputs['loss'] = builder.op('softmax_cross_entropy', [scores, labels], { reduction });
  builder.outputs['correct'] = builder.op('correct', [scores, labels], {});
  return builder.finish();
}
