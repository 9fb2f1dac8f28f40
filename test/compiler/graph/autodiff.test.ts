import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import type { GradientRule } from '../../../compiler/ops/op.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { randomGraph } from '../../arbitraries/graphs.ts';
import { labelsFor } from '../../arbitraries/tensors.ts';
import { checkNetwork } from '../../fixtures/checkNetwork.ts';
import { gradientErrors } from '../ops/gradientCheck.ts';

const he = { kind: 'he', fanIn: 1 } as const;

/** Gives an op a gradient rule for the rest of the test. */
function plantRule(op: OpName, rule: GradientRule<OpName>): void {
  const record: { gradient: unknown } = opTable[op];
  const { gradient } = record;
  record.gradient = rule;
  onTestFinished(() => {
    record.gradient = gradient;
  });
}

test('random graphs with shared weights, against central differences', () => {
  fc.assert(
    fc.property(randomGraph(), ({ graph, rows, classes, seed }) => {
      // A weight that only dead ends read has no gradient, and needs none.
      const errors = gradientErrors(graph, seed, 'normal', { labels: labelsFor(rows, classes, seed) });
      expect(errors.filter((error) => !isUnread(graph, error))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

function isUnread(graph: Graph, error: string): boolean {
  const live = new Set([graph.outputs.loss]);
  for (const node of graph.nodes.toReversed()) {
    if (node.kind === 'op' && live.has(node.id)) node.inputs.forEach((id) => live.add(id));
  }
  return graph.nodes.some(
    (node) => node.kind === 'parameter' && !live.has(node.id) && error === `${node.name} has no gradient`,
  );
}

test('the gradients of a weight that is read twice are added', () => {
  // loss = w * w + 3 w, so its slope at 5 is 13
  const b = new GraphBuilder();
  const w = b.parameter('w', [1], he);
  b.outputs.loss = b.op('add', [b.op('mul', [w, w], {}), b.op('scale', [w], { factor: 3 })], {});
  const graph = differentiate(b.finish(), 'loss');
  const parameters = { w: { shape: [1], data: new Float64Array([5]) } };
  const { outputs, gradients } = runReference(graph, { parameters }, { precision: 'f64' });
  expect(outputs.loss.data[0]).toBe(40);
  expect(gradients.w.data[0]).toBe(13);
});

test('a loss that is itself a parameter has slope 1', () => {
  const b = new GraphBuilder();
  const w = b.parameter('w', [1], he);
  expect(printGraph(differentiate(b.finish(), w))).toBe(
    '%0 = parameter w init=he(1) : f32[1]\n%1 = constant 1 : f32[1]\ngradient w = %1\n',
  );
});

test('a parameter that the loss does not read gets no entry', () => {
  const b = new GraphBuilder();
  const [w, unread, late] = ['w', 'unread', 'late'].map((name) => b.parameter(name, [1], he));
  b.outputs.loss = b.op('scale', [w], { factor: 2 });
  b.outputs.other = b.op('add', [unread, late], {});
  expect(differentiate(b.finish(), 'loss').gradients.map(({ parameter }) => parameter)).toEqual([w]);
});

test('only what is wanted is built', () => {
  const graph = differentiate(checkNetwork(), 'loss');
  const count = (op: string): number =>
    graph.nodes.filter((node) => node.kind === 'op' && node.op === op).length;
  // Three convolutions, but nobody wants the gradient of the images.
  expect(count('conv_weight_gradient')).toBe(3);
  expect(count('conv_input_gradient')).toBe(2);
  expect(count('add')).toBe(0);
  expect(graph.gradients).toHaveLength(9);
});

test('old nodes keep their ids, and the input graph is not touched', () => {
  const graph = checkNetwork();
  const before = structuredClone(graph);
  const after = differentiate(graph, 'loss');
  expect(graph).toEqual(before);
  expect(after.nodes.slice(0, graph.nodes.length)).toEqual(graph.nodes);
  expect(printGraph(differentiate(graph, 'loss'))).toBe(printGraph(after));
});

test('backward nodes carry the site of the op that they serve', () => {
  const graph = differentiate(checkNetwork(), 'loss');
  const sites = graph.nodes.flatMap((node) =>
    node.kind === 'op' && node.op === 'conv_weight_gradient' ? [node.site] : [],
  );
  expect(sites).toEqual(['conv3', 'conv2', 'conv1']);
});

describe('refuses', () => {
  test('a loss that is no single number', () => {
    expect(() => differentiate(checkNetwork(), 'logits')).toThrow(/a loss is one number, not 64 x 10/);
  });

  test('an output that does not exist', () => {
    expect(() => differentiate(checkNetwork(), 'los')).toThrow(/the output los is missing/);
  });

  test('a graph that has gradients', () => {
    expect(() => differentiate(differentiate(checkNetwork(), 'loss'), 'loss')).toThrow(
      /has gradients already/,
    );
  });

  test('to train through an op that has none, with its reason', () => {
    expect(() => differentiate(checkNetwork(), 'correct')).toThrow(
      'the loss is trained through correct at loss, which has no gradient: a count of rows is flat',
    );
  });

  test('a rule that forgets an input', () => {
    plantRule('relu', () => [undefined]);
    expect(() => differentiate(checkNetwork(), 'loss')).toThrow(
      'the gradient rule of relu gives nothing for its input 0',
    );
  });

  test('a rule whose gradient has another shape', () => {
    plantRule('bias_add', ({ dy }) => [dy, dy]);
    expect(() => differentiate(checkNetwork(), 'loss')).toThrow(/its gradient 64 x 10/);
  });
});
