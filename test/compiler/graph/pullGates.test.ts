import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { pullGates } from '../../../compiler/graph/passes/pullGates.ts';
import { simplify } from '../../../compiler/graph/passes/simplify.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import { searchForm } from '../../../compiler/share/searchForm.ts';
import { relax } from '../../../compiler/space/relax.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';
import { feedsFor, weightedSum } from '../ops/gradientCheck.ts';
import { compileText } from '../space/helpers.ts';

const text =
  'nas 1\nuse "darts.nas"\nspace small {\n  input x: image[6, 6, 3]\n  let stem = x |> conv(4, 3) |> batch_norm\n' +
  '  output last((stem, stem) |> slide(normal(4)) |> slide(reduce(4))) |> classifier(3)\n}\n';

function supernet(affine: boolean): Graph {
  const space = searchForm(compileText(text).space, { normalizePools: true, affine });
  const { graph } = relax(space, { batch: 3, mode: 'training', zero: true });
  return differentiate(
    simplify(withClassificationLoss(graph, { logits: 'logits', reduction: 'mean' })),
    'loss',
  );
}

const labels = { shape: [3], data: Int32Array.from([0, 2, 1]) };

/** How often an op reads whole images, in a simplified graph: once for each that it reads. */
function imagesRead(graph: Graph, op: OpName): number {
  const { nodes } = simplify(graph);
  return nodes
    .flatMap((node) => (node.kind === 'op' && node.op === op ? node.inputs : []))
    .filter((id) => nodes[id].shape.length === 4).length;
}

test.each([false, true])('has the gradients of the graph as it was (affine: %s)', (affine) => {
  const graph = supernet(affine);
  const pulled = verify(pullGates(graph));
  const feeds = feedsFor(graph, 3, 'normal', { labels });
  const before = runReference(graph, feeds, { precision: 'f64' });
  const after = runReference(pulled, feeds, { precision: 'f64' });
  expect(after.outputs).toEqual(before.outputs);
  expect(Object.keys(after.gradients)).toEqual(Object.keys(before.gradients));
  for (const [name, { data }] of Object.entries(before.gradients)) {
    const most = Math.max(...[...data].map(Math.abs));
    after.gradients[name].data.forEach((value, i) => {
      expect(Math.abs(value - data[i]), name).toBeLessThanOrEqual(1e-12 * Math.max(most, 1e-3));
    });
  }
});

test('normalisations of one tensor by different epsilons have sums of their own', () => {
  const b = new GraphBuilder();
  const he = { kind: 'he', fanIn: 1 } as const;
  const x = b.parameter('x', [4, 3], he);
  const [scale, shift, moments] = [b.constant(1, [3]), b.constant(0, [3]), b.op('moments', [x], {})];
  const norms = [0.01, 0.5].map((epsilon) =>
    b.op('batch_norm_training', [x, scale, shift, moments], { epsilon }),
  );
  const mixed = b.op('mix', [b.parameter('gates', [1, 2], he), ...norms], { row: 0, columns: [0, 1] });
  b.outputs.loss = weightedSum(b, mixed);
  const graph = differentiate(b.finish(), 'loss');
  const feeds = feedsFor(graph, 5, 'normal');
  const [before, after] = [graph, pullGates(graph)].map(
    (one) => runReference(one, feeds, { precision: 'f64' }).gradients,
  );
  for (const name of ['x', 'gates']) {
    after[name].data.forEach((value, i) => expect(value).toBeCloseTo(before[name].data[i], 12));
  }
});

test('reads images less often: no scaled copies, no product that sums already hold', () => {
  const graph = supernet(false);
  const pulled = verify(pullGates(graph));
  const saved = (op: OpName): [number, number] => [imagesRead(graph, op), imagesRead(pulled, op)];
  // 28 edges of seven alternatives, all normalised but the identity of the 24 of stride 1. Pools have no weights: what
  // several edges share of them gets a gradient of several gates. What mixes forward stays.
  const [kept, sharedPools] = [24, 26 * 2];
  expect(saved('mix_weight_gradient')).toEqual([28 + 28 * 7, kept + kept + sharedPools]);
  const [mixed, pulledMixes] = saved('mix');
  expect(mixed).toBe(28 * 7 + 28 * 7);
  expect(pulledMixes).toBeLessThanOrEqual(28 * 7 + kept + sharedPools);
  const [before, after] = saved('batch_norm_gradient_sums');
  expect(after).toBe(before);
});

test('a network without gates is left as it is', () => {
  const graph = differentiate(checkNetwork(), 'loss');
  expect(pullGates(graph)).toBe(graph);
});
