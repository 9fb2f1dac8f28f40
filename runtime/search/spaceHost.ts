/** Binds a compiled space to a search: from an architecture to the two graphs that a training consists of. */
import type { CompiledSearch } from '../../compiler/compile.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../compiler/graph/pipeline.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { toCompact, toJson } from '../../compiler/space/encode.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import type { Space } from '../../compiler/space/space.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { SearchHost } from './host.ts';

/** The space of a search, with the trainings that the search asks for. */
export function spaceHost({ space, members, moves, search }: CompiledSearch): SearchHost {
  return {
    space,
    members,
    moves,
    encode: (architecture) => toCompact(space, architecture),
    toJson: (architecture) => toJson(space, architecture),
    cost: (architecture) => costOfArchitecture(space, architecture),
    request: (architecture, phase, seed, id) => {
      const retrain = phase === 'retrain';
      const train = retrain ? search.retrain : search.evaluate;
      return {
        kind: 'train',
        id,
        training: trainingGraph(space, architecture, train.batch, train.recompute),
        evaluation: evaluationGraph(space, architecture, train.batch),
        data: search.data,
        trainOn: retrain ? 'train+validation' : 'train',
        evaluateOn: retrain ? 'test' : 'validation',
        train,
        seed,
        keepTensors: retrain,
      };
    },
  };
}

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
