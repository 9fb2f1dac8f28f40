import { expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph, OpNode } from '../../../compiler/graph/graph.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import { graphProblems, verify } from '../../../compiler/graph/passes/verify.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';

/** %0 x, %1 w, %2 conv, %3 statistics, %4 moments, %5 update, %6 relu, ... */
function sound(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', [2, 4, 4, 3]);
  const w = b.parameter('w', [3, 3, 3, 5], { kind: 'he', fanIn: 27 });
  const y = b.op('conv', [x, w], { stride: [1, 1], padding: [0, 0, 0, 0] });
  const state = b.state('statistics', [2, 5], { kind: 'rows', values: [0, 1] });
  const moments = b.op('moments', [y], {});
  b.update(state, b.op('update_statistics', [state, moments], { momentum: 0.1, elements: 8 }));
  b.outputs.logits = b.op('global_avg_pool', [b.op('relu', [y], {})], {});
  return differentiate(withClassificationLoss(b.finish(), { logits: 'logits', reduction: 'mean' }), 'loss');
}

function withNode(id: number, change: object): (graph: Graph) => Graph {
  return (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? Object.assign({}, node, change) : node)),
  });
}

test('a sound graph passes and is given back', () => {
  const graph = sound();
  expect(verify(graph)).toBe(graph);
});

test.each<[string, (graph: Graph) => Graph, RegExp]>([
  ['a wrong shape', withNode(2, { shape: [2, 3, 2, 5] }), /the op makes f32\[2,2,2,5\]: %2 = conv/],
  [
    'a wrong shape of what an op reads',
    withNode(1, { shape: [3, 3, 4, 5] }),
    /3 channels and the filters read 4/,
  ],
  ['a wrong element type', withNode(6, { dtype: 'i32' }), /the op makes f32/],
  ['an i32 parameter', withNode(1, { dtype: 'i32' }), /only inputs are i32: %1/],
  ['an empty axis', withNode(0, { shape: [0, 4, 4, 3] }), /sizes must be 1 or more: %0/],
  ['half an element', withNode(0, { shape: [2, 4, 4.5, 3] }), /sizes must be 1 or more: %0/],
  ['a wrong id', withNode(2, { id: 7 }), /node 2 has the id 7/],
  ['a node that reads itself', withNode(6, { inputs: [6] }), /reads %6, which is not made before/],
  ['a node that reads a later one', withNode(4, { inputs: [6] }), /reads %6, which is not made before/],
  ['a node that reads nothing real', withNode(4, { inputs: [-1] }), /reads %-1/],
  ['too few inputs', withNode(2, { inputs: [0] }), /takes 2 inputs/],
  ['too many inputs', withNode(6, { inputs: [2, 2] }), /takes 1 inputs/],
  ['an unknown op', withNode(6, { op: 'rleu' as OpNode['op'] }), /there is no such op/],
  [
    'a wrong attribute',
    withNode(2, { attributes: { stride: [0, 1], padding: [0, 0, 0, 0] } }),
    /the stride is 0x1/,
  ],
  ['one name twice', withNode(1, { name: 'x' }), /two tensors are called x/],
  [
    'two nodes exchanged',
    (g) => ({ ...g, nodes: [g.nodes[1], g.nodes[0], ...g.nodes.slice(2)] }),
    /node 0 has the id 1/,
  ],
  [
    'an output that is not there',
    (g) => ({ ...g, outputs: { y: 99 } }),
    /the output y is %99, which does not exist/,
  ],
  [
    'a gradient of another shape',
    (g) => ({ ...g, gradients: [{ parameter: 1, gradient: 2 }] }),
    /the gradient of %1 is f32 2 x 2 x 2 x 5, not f32 3 x 3 x 3 x 5/,
  ],
  [
    'a gradient of an input',
    (g) => ({ ...g, gradients: [{ parameter: 0, gradient: 0 }] }),
    /%0 is no parameter, so it has no gradient/,
  ],
  [
    'a gradient that is not there',
    (g) => ({ ...g, gradients: [{ parameter: 1, gradient: 99 }] }),
    /the gradient of %1 is %99/,
  ],
  [
    'two gradients of one parameter',
    (g) => ({ ...g, gradients: [...g.gradients, ...g.gradients] }),
    /%1 has two gradients/,
  ],
  [
    'an update of another shape',
    (g) => ({ ...g, updates: [{ state: 3, value: 2 }] }),
    /the update of %3 is f32 2 x 2 x 2 x 5/,
  ],
  [
    'an update of a parameter',
    (g) => ({ ...g, updates: [{ state: 1, value: 1 }] }),
    /%1 is no state, so it has no update/,
  ],
])('catches %s and prints the program', (_, corrupt, message) => {
  const broken = corrupt(sound());
  const problems = graphProblems(broken);
  expect(problems.join('\n')).toMatch(message);
  expect(() => verify(broken, 'a test')).toThrow(/internal error: verify: the graph is broken after a test/);
  expect(() => verify(broken)).toThrow(/%\d = conv\(%0/);
});
