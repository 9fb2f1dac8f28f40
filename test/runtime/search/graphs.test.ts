/** The graphs of a training: what heads, smoothed labels and dropped paths add to it, and that a measurement has none of it. */
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { NetworkTerms } from '../../../compiler/search/search.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { evaluationGraph, trainingGraph } from '../../../runtime/search/evaluation/graphs.ts';
import { initialTensors } from '../../../runtime/train/loop.ts';
import { present } from '../../../util/invariant.ts';
import { compileText } from '../../compiler/space/helpers.ts';

const { space, members } = compileText(`nas 1
space s(classes = 5) {
  input x: image[4, 4, 1]
  let mid = x |> conv(choose {4}, 3) |> relu
  output mid + (mid |> conv(4, 3) |> relu) |> classifier(classes)
  output early: mid |> classifier(classes)
  output late: mid |> conv(2, 3) |> classifier(classes)
}
`);
const architecture = present(members.unrank(0n), 'an architecture');
const batch = 3;
const x = { shape: [batch, 4, 4, 1], data: Float64Array.from({ length: 48 }, (_, i) => Math.sin(i)) };
const labels = { shape: [batch], data: Int32Array.of(4, 0, 2) };

function run(graph: Graph): { readonly [name: string]: number } {
  const tensors = initialTensors(graph, 3);
  const feeds = Object.fromEntries([...tensors].map(([name, tensor]) => [name, tensor]));
  const { outputs } = runReference(
    graph,
    { inputs: { x, labels }, parameters: feeds, states: feeds },
    { precision: 'f64' },
  );
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0] ?? NaN]));
}

/** The cross entropy of scores, by hand, with labels smoothed by `share`. */
function crossEntropy(scores: ArrayLike<number>, share = 0): number {
  let sum = 0;
  for (let n = 0; n < batch; n++) {
    const row = Array.from({ length: 5 }, (_, k) => scores[5 * n + k] ?? NaN);
    const total = Math.log(row.reduce((all, score) => all + Math.exp(score), 0));
    row.forEach((score, k) => {
      sum -= (share / 5 + (k === labels.data[n] ? 1 - share : 0)) * (score - total);
    });
  }
  return sum / batch;
}

const training = (terms: NetworkTerms = {}): Graph => trainingGraph(space, architecture, batch, terms);

/** The scores of the output and of both heads. */
const scores = (() => {
  const graph = instantiate(space, architecture, { batch, mode: 'training', auxiliary: true });
  const feeds = Object.fromEntries(initialTensors(graph, 3));
  return runReference(graph, { inputs: { x }, parameters: feeds }, { precision: 'f64' }).outputs;
})();

describe('the loss of a training', () => {
  const of = (name: string, share = 0): number => crossEntropy(scores[name].data, share);

  test('adds the losses of all heads, each times the weight', () => {
    expect(run(training()).loss).toBeCloseTo(of('logits'), 12);
    expect(run(training({ auxiliary: 0.4 })).loss).toBeCloseTo(
      of('logits') + 0.4 * (of('early') + of('late')),
      12,
    );
  });

  test('spreads a share of each label over all classes, in the heads, too', () => {
    const terms = { auxiliary: 0.4, labelSmoothing: 0.1 };
    const expected = of('logits', 0.1) + 0.4 * (of('early', 0.1) + of('late', 0.1));
    expect(run(training(terms)).loss).toBeCloseTo(expected, 12);
  });

  test('trains the heads only where they have a weight, and gives out nothing of them', () => {
    const trained = (graph: Graph): number => graph.gradients.length;
    expect(trained(training({ auxiliary: 0.4 }))).toBe(trained(training()) + 2 + 3);
    expect(Object.keys(training({ auxiliary: 0.4 }).outputs).sort()).toEqual(['correct', 'logits', 'loss']);
  });
});

test('a measurement knows no heads, no smoothed labels and no paths that are dropped', () => {
  const graph = evaluationGraph(space, architecture, batch);
  const kinds = graph.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));
  expect(kinds).not.toContain('drop_path');
  expect(graph.nodes.filter((node) => node.kind === 'state')).toEqual([]);
  expect(run(graph).loss).toBeCloseTo(batch * crossEntropy(scores['logits'].data), 12);
  expect(
    training({ dropPath: 0.2 }).nodes.some((node) => node.kind === 'op' && node.op === 'drop_path'),
  ).toBe(true);
});
