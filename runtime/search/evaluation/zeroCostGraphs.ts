/** The graphs whose gradients the zero-cost scores are made of; see `runtime/evaluate/zeroCost.ts`. */
import { backward } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { rewrite } from '../../../compiler/graph/passes/rewrite.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { present } from '../../../util/invariant.ts';
import type { ScoredBy } from '../../evaluate/protocol.ts';
import { trainingGraph } from './graphs.ts';

/** The graph that a score needs. */
export function zeroCostGraph(
  space: Space,
  architecture: Architecture,
  score: ScoredBy,
  batch: number,
): Graph {
  switch (score) {
    case 'grad_norm':
    case 'snip':
      return trainingGraph(space, architecture, batch);
    case 'synflow':
      return synflowGraph(instantiate(space, architecture, { batch: 1, mode: 'inference' }));
    case 'jacob_cov':
      return jacobianGraph(instantiate(space, architecture, { batch, mode: 'training' }));
    default:
      return score satisfies never;
  }
}

/** The sum of all scores of classes, with its gradients; batch normalisations pass on what they read. */
export function synflowGraph(network: Graph): Graph {
  const bare = rewrite(network, {
    replaces: (node) =>
      node.kind === 'op' && (node.op === 'batch_norm_inference' || node.op === 'batch_norm_training')
        ? node.inputs[0]
        : undefined,
  });
  const builder = new GraphBuilder({ ...bare, updates: [] });
  builder.outputs['loss'] = summedLogits(builder);
  return runGraphPasses(builder.finish(), { loss: 'loss' });
}

/** The gradients of the sum of all scores by the images, as the output `jacobian`: a row for each image. */
export function jacobianGraph(network: Graph): Graph {
  const builder = new GraphBuilder({ ...network, updates: [] });
  const x = present(
    network.nodes.find((node) => node.kind === 'input' && node.name === 'x'),
    'zero cost: the images',
  );
  const found = backward(builder, summedLogits(builder), [x.id]).get(x.id);
  // A network that does not read its images has no gradient.
  builder.outputs['jacobian'] = found ?? builder.constant(0, x.shape);
  return runGraphPasses(builder.finish(), { loss: undefined });
}

function summedLogits(builder: GraphBuilder): NodeId {
  const logits = present(builder.outputs['logits'], 'zero cost: the scores of classes');
  const elements = elementsOf(builder.shape(logits));
  builder.site = 'score';
  const row = builder.op('reshape', [logits], { shape: [elements] });
  return builder.op('reduce', [row], { kind: 'sum', axes: [0] });
}
