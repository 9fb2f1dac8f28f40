/** The graphs of one network that a trial consists of: one step of its training, and its measurement. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
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
  recompute = false,
): Graph {
  return trained(instantiate(space, architecture, { batch, mode: 'training' }), recompute);
}

/** A measurement of an architecture: the summed loss of a batch and the number of right answers. */
export function evaluationGraph(space: Space, architecture: Architecture, batch: number): Graph {
  return measured(instantiate(space, architecture, { batch, mode: 'inference' }));
}

/** A network with the mean loss of its `logits`, their gradients, and what the passes leave. */
export function trained(network: Graph, recompute = false): Graph {
  return runGraphPasses(withLoss(network, 'mean'), { loss: 'loss', recompute });
}

/** A network with the summed loss of its `logits` and the number of right answers. */
export function measured(network: Graph): Graph {
  return runGraphPasses(withLoss(network, 'sum'), { loss: undefined });
}

function withLoss(network: Graph, reduction: 'mean' | 'sum'): Graph {
  const scores = network.nodes[present(network.outputs['logits'], 'the output of a network')];
  if (scores?.shape.length !== 2) refuse('notYet', { what: 'a loss of an output that is no vector' });
  return withClassificationLoss(network, { logits: 'logits', reduction });
}
