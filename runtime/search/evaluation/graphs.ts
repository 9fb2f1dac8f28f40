/** The graphs of one network that a trial consists of: one step of its training, and its measurement. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss, type ClassificationLossOptions } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import type { NetworkTerms } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { refuse } from '../../../grammar/diagnostics.ts';
import { present } from '../../../util/invariant.ts';

/** One training step of an architecture: the mean loss of a batch, its gradients, and the statistics' updates. */
export function trainingGraph(
  space: Space,
  architecture: Architecture,
  batch: number,
  terms: NetworkTerms = {},
): Graph {
  const auxiliary = terms.auxiliary !== undefined;
  const dropPath = terms.dropPath !== undefined;
  return trained(instantiate(space, architecture, { batch, mode: 'training', auxiliary, dropPath }), terms);
}

/** A measurement of an architecture: the summed loss of a batch and the number of right answers. */
export function evaluationGraph(space: Space, architecture: Architecture, batch: number): Graph {
  return measured(instantiate(space, architecture, { batch, mode: 'inference' }));
}

/**
 * A network with the mean loss of its `logits`, and of its other outputs where there is a weight for them, their gradients,
 * and what the passes leave.
 */
export function trained(network: Graph, { recompute, auxiliary, labelSmoothing }: NetworkTerms = {}): Graph {
  const heads = Object.keys(network.outputs).filter((name) => name !== LOGITS);
  const loss = {
    ...(labelSmoothing !== undefined && { smoothing: labelSmoothing }),
    ...(auxiliary !== undefined && { auxiliary: { heads, weight: auxiliary } }),
  };
  const passes = { loss: 'loss', recompute: recompute ?? false };
  return runGraphPasses(withLoss(network, { reduction: 'mean', ...loss }), passes);
}

/** A network with the summed loss of its `logits` and the number of right answers. */
export function measured(network: Graph): Graph {
  return runGraphPasses(withLoss(network, { reduction: 'sum' }), { loss: undefined });
}

const LOGITS = 'logits';

function withLoss(network: Graph, options: Omit<ClassificationLossOptions, 'logits'>): Graph {
  const { auxiliary } = options;
  for (const name of [LOGITS, ...(auxiliary?.heads ?? [])]) {
    const scores = network.nodes[present(network.outputs[name], 'the output of a network')];
    if (scores?.shape.length !== 2) refuse('notYet', { what: 'a loss of an output that is no vector' });
  }
  return withClassificationLoss(network, { logits: LOGITS, ...options });
}
