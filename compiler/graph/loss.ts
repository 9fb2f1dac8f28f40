/** Adds what a network is trained on to a graph: to scores of classes, or to numbers that are to be met. */
import { present } from '../../util/invariant.ts';
import { axes2, elementsOf } from '../ops/shapes.ts';
import { GraphBuilder } from './builder.ts';
import type { Graph } from './graph.ts';

export interface ClassificationLossOptions {
  /** Name of the output that holds the scores, [N, K]. */
  readonly logits: string;
  /** Whether the loss is the mean or the sum over the rows that have a label (0 or above). */
  readonly reduction: 'mean' | 'sum';
  /** The share of each label that is spread evenly over all classes; 0 where left out. */
  readonly smoothing?: number;
  /** Outputs that hold scores of heads that only train, and what their losses are multiplied by. They are no outputs any more. */
  readonly auxiliary?: { readonly heads: readonly string[]; readonly weight: number };
}

/**
 * The graph with one more input, `labels` [N] i32, and two more outputs: `loss` [1], the softmax cross
 * entropy, with those of auxiliary heads added to it (Szegedy et al. 2015, section 5), and `correct` [1], the number of rows
 * whose best score is at the label.
 */
export function withClassificationLoss(
  graph: Graph,
  { logits, reduction, smoothing = 0, auxiliary }: ClassificationLossOptions,
): Graph {
  const builder = new GraphBuilder(graph);
  const scores = present(graph.outputs[logits], `withClassificationLoss: the output ${logits}`);
  const [rows] = axes2(builder.shape(scores));
  const labels = builder.input('labels', [rows], 'i32');
  builder.site = 'loss';
  const attributes = smoothing === 0 ? { reduction } : { reduction, smoothing };
  const heads = auxiliary?.heads ?? [];
  const losses = heads.map((head) => {
    const found = present(graph.outputs[head], `withClassificationLoss: the head ${head}`);
    const loss = builder.op('softmax_cross_entropy', [found, labels], attributes);
    return builder.op('scale', [loss], { factor: auxiliary?.weight ?? 0 });
  });
  const own = builder.op('softmax_cross_entropy', [scores, labels], attributes);
  builder.outputs['loss'] = losses.reduce((sum, loss) => builder.op('add', [sum, loss], {}), own);
  builder.outputs['correct'] = builder.op('correct', [scores, labels], {});
  const finished = builder.finish();
  const outputs = Object.entries(finished.outputs).filter(([name]) => !heads.includes(name));
  return { ...finished, outputs: Object.fromEntries(outputs) };
}

/**
 * The graph with one more input, `targets`, of the shape of the output `predictions`, and one more output: `loss` [1],
 * the mean or the sum of the squares by which they differ.
 */
export function withSquaredLoss(graph: Graph, predictions: string, reduction: 'mean' | 'sum'): Graph {
  const builder = new GraphBuilder(graph);
  const found = present(graph.outputs[predictions], `withSquaredLoss: the output ${predictions}`);
  const shape = builder.shape(found);
  const targets = builder.input('targets', shape);
  builder.site = 'loss';
  const distance = builder.op('sub', [found, targets], {});
  const elements = elementsOf(shape);
  const squares = builder.op('reshape', [builder.op('mul', [distance, distance], {})], { shape: [elements] });
  const sum = builder.op('reduce', [squares], { kind: 'sum', axes: [0] });
  builder.outputs['loss'] = reduction === 'sum' ? sum : builder.op('scale', [sum], { factor: 1 / elements });
  return builder.finish();
}
