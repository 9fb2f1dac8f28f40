/** Measures a trained network on test images again. */
import type { DataSpec } from '../../compiler/search/search.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Space } from '../../compiler/space/space.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { isFailure, type Evaluator } from '../evaluate/protocol.ts';
import { evaluationGraph, trainingGraph } from '../search/evaluation/graphs.ts';
import type { Tensors } from '../train/executor.ts';
import type { Score } from './model.ts';
import { checkedWeights } from './weights.ts';

/** A network, its weights, and the images. */
export interface EvaluateTask {
  readonly space: Space;
  readonly architecture: Architecture;
  /** Images of a batch: with the batch of the training, sums are rounded as they were then. */
  readonly batch: number;
  readonly data: DataSpec;
  readonly tensors: Tensors;
  /** Where the weights are from. */
  readonly path: string;
}

/** The score, and the adapter on which it was measured. Refuses weights of another network. */
export async function evaluateOne(
  { space, architecture, batch, data, tensors, path }: EvaluateTask,
  evaluator: Evaluator,
): Promise<Score & { readonly adapter: string }> {
  const evaluation = evaluationGraph(space, architecture, batch);
  // What only a training has may be in the file, too: heads, and what dropped elements and paths follow from.
  const whole = { auxiliary: 1, dropPath: 0.5 };
  const training = trainingGraph(space, architecture, batch, whole);
  const weights = checkedWeights(evaluation, training, tensors, path);
  const request = {
    kind: 'evaluate',
    id: 0,
    evaluation,
    data,
    evaluateOn: 'test',
    tensors: weights,
  } as const;
  const answer = await evaluator.measure(request);
  if (isFailure(answer)) throw new Refusal(answer.diagnostic);
  const { accuracy, loss, images, device } = answer;
  return { accuracy, loss, images, adapter: device.adapter };
}
