/** Where what is laid out as weights meets what is not. */
import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import { weightNodes } from '../../../compiler/wgsl/layout.ts';
import { separateLayouts } from '../../../compiler/wgsl/separateLayouts.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const window = { stride: [1, 1], padding: [0, 0, 0, 0] } as const;

function trained(build: (b: GraphBuilder) => NodeId): Graph {
  const b = new GraphBuilder();
  const y = b.op('global_avg_pool', [build(b)], {});
  b.outputs.loss = b.op(
    'sum_rows',
    [b.op('matmul', [y, b.constant(1, [5, 1])], { transposeA: false, transposeB: false })],
    {},
  );
  return differentiate(b.finish(), 'loss');
}

const copies = (graph: Graph): string[] =>
  printGraph(graph)
    .split('\n')
    .filter((line) => line.includes('reshape'));

test('networks whose filters are parameters of their own stay as they are', () => {
  const graph = differentiate(checkNetwork(), 'loss');
  expect(separateLayouts(graph)).toBe(graph);
});

test('filters that are computed are no weights; their gradient is copied to be read as they are', () => {
  const graph = trained((b) => {
    const w = b.op('activation', [b.parameter('w', [2, 2, 3, 5], he)], { name: 'tanh' });
    return b.op('conv', [b.input('x', [2, 4, 4, 3]), w], window);
  });
  const after = verify(separateLayouts(graph));
  expect(copies(after)).toEqual(['%14 = reshape(%13) shape=[2,2,3,5] : f32[2,2,3,5]']);
  const named = after.nodes.filter((node) => node.kind === 'parameter').map(({ id }) => id);
  expect(named.some((id) => weightNodes(after).has(id))).toBe(false);
});

test('filters that are read as something else too are no weights', () => {
  const graph = trained((b) => {
    const w = b.parameter('w', [2, 2, 3, 5], he);
    const x = b.op('conv', [b.input('x', [2, 4, 4, 3]), w], window);
    const more = b.op('conv_input_gradient', [w, b.parameter('v', [1, 1, 3, 5], he)], {
      ...window,
      inputShape: [2, 2, 3, 3],
    });
    return b.op(
      'add',
      [
        x,
        b.op(
          'conv',
          [
            b.op('pad', [more], { before: [0, 1, 0, 0], after: [0, 0, 0, 0] }),
            b.parameter('u', [1, 1, 3, 5], he),
          ],
          window,
        ),
      ],
      {},
    );
  });
  const after = verify(separateLayouts(graph));
  const weights = weightNodes(after);
  const laidOut = Object.fromEntries(
    after.nodes.flatMap((node) => (node.kind === 'parameter' ? [[node.name, weights.has(node.id)]] : [])),
  );
  expect(laidOut).toEqual({ w: false, v: true, u: true });
  for (const { parameter, gradient } of after.gradients)
    expect(weights.has(gradient)).toBe(weights.has(parameter));
});

test('images that are parameters are no weights', () => {
  const graph = trained((b) =>
    b.op('conv', [b.parameter('x', [2, 4, 4, 3], he), b.parameter('w', [1, 1, 3, 5], he)], window),
  );
  const weights = weightNodes(graph);
  expect(graph.nodes.flatMap((node) => (node.kind === 'parameter' ? [weights.has(node.id)] : []))).toEqual([
    false,
    true,
  ]);
  expect(separateLayouts(graph)).toBe(graph);
});
