/** Feeds and a loss for recurrent networks over words. */
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { present } from '../../../util/invariant.ts';
import { feedsFor } from '../ops/gradientCheck.ts';

/** Whole numbers below `limit`, one for each place. */
export function tokens(shape: readonly number[], limit: number): CpuTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Int32Array.from({ length: count }, (_, i) => (i * 7 + 3) % limit) };
}

/** Parameters small enough that no activation overflows on its way through time, as those of long chains of relus do. */
export function small(graph: Graph): Record<string, CpuTensor> {
  const { parameters } = feedsFor(graph, 5, 'normal', { x: tokens([1], 1), labels: tokens([1], 1) });
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data, (value) => 0.3 * value) },
    ]),
  );
}

/** The loss of predicting a word at each place. */
export function withWordLoss(network: Graph): Graph {
  const builder = new GraphBuilder(network);
  const logits = present(network.outputs['logits'], 'logits');
  const [batch = 0, steps = 0, words = 0] = builder.shape(logits);
  builder.outputs['logits'] = builder.op('reshape', [logits], { shape: [batch * steps, words] });
  return withClassificationLoss(builder.finish(), { logits: 'logits', reduction: 'mean' });
}
