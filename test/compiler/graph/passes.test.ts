import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { dropIdentities } from '../../../compiler/graph/passes/dropIdentities.ts';
import { mergeEqual } from '../../../compiler/graph/passes/mergeEqual.ts';
import { printGraph } from '../../../compiler/graph/passes/print.ts';
import { recompute } from '../../../compiler/graph/passes/recompute.ts';
import { removeDead } from '../../../compiler/graph/passes/removeDead.ts';
import { simplify } from '../../../compiler/graph/passes/simplify.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { type NamedTensors, type ReferenceResult, runReference } from '../../../runtime/execute/reference.ts';
import { randomGraph, type RandomGraph } from '../../arbitraries/graphs.ts';
import { labelsFor } from '../../arbitraries/tensors.ts';
import { feedsFor } from '../ops/gradientCheck.ts';

const he = { kind: 'he', fanIn: 1 } as const;
const opsOf = (graph: Graph): string[] =>
  graph.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));

function run(graph: Graph, { rows, classes, seed }: RandomGraph, precision: 'f32' | 'f64'): ReferenceResult {
  const feeds = feedsFor(graph, seed, 'normal', { labels: labelsFor(rows, classes, seed) });
  return runReference(graph, feeds, { precision });
}

/** The bit patterns of named tensors. */
function bits(tensors: NamedTensors): Record<string, string> {
  const hex = ({ data }: CpuTensor): string =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, hex(value)]));
}

describe('recompute', () => {
  test.each(['f32', 'f64'] as const)('keeps every bit of every result (%s)', (precision) => {
    let copies = 0;
    fc.assert(
      fc.property(randomGraph(), (random) => {
        const graph = simplify(differentiate(random.graph, 'loss'));
        const again = verify(recompute(graph));
        copies += again.nodes.length - graph.nodes.length;
        const [before, after] = [run(graph, random, precision), run(again, random, precision)];
        expect(bits(after.outputs)).toEqual(bits(before.outputs));
        expect(bits(after.gradients)).toEqual(bits(before.gradients));
        expect(bits(after.states)).toEqual(bits(before.states));
        // Later passes must not take the copies for the same.
        expect(printGraph(mergeEqual(again))).toBe(printGraph(again));
      }),
      { numRuns: 100 },
    );
    expect(copies).toBeGreaterThan(100);
  });

  test('leaves the outputs of cheap ops to the forward pass alone', () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph }) => {
        const again = recompute(simplify(differentiate(graph, 'loss')));
        const late = new Set(
          again.nodes.flatMap((node) => (node.kind === 'op' && node.late ? [node.id] : [])),
        );
        for (const node of again.nodes) {
          if (node.kind !== 'op' || !opTable[node.op].cheap || late.has(node.id)) continue;
          const readers = again.nodes.filter(
            (reader) => reader.kind === 'op' && reader.inputs.includes(node.id),
          );
          // A reader of the forward pass, or one more gradient.
          for (const reader of readers) expect(late.has(reader.id), printGraph(again)).toBe(false);
        }
      }),
    );
  });
});

describe('simplify', () => {
  test.each(['f32', 'f64'] as const)('keeps every bit of every result (%s)', (precision) => {
    fc.assert(
      fc.property(randomGraph(), (random) => {
        const graph = differentiate(random.graph, 'loss');
        const simple = verify(simplify(graph));
        const [before, after] = [run(graph, random, precision), run(simple, random, precision)];
        expect(bits(after.outputs)).toEqual(bits(before.outputs));
        expect(bits(after.gradients)).toEqual(bits(before.gradients));
        expect(bits(after.states)).toEqual(bits(before.states));
      }),
      { numRuns: 100 },
    );
  });

  test('does nothing the second time, and never touches its input', () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph }) => {
        const before = structuredClone(graph);
        const once = simplify(graph);
        expect(graph).toEqual(before);
        expect(printGraph(simplify(once))).toBe(printGraph(once));
        expect(once.nodes.length).toBeLessThanOrEqual(graph.nodes.length);
      }),
    );
  });
});

test('dropIdentities drops what holds for every bit, and nothing else', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [2]);
  const zero = b.constant(0, [2]);
  const negativeZero = b.constant(-0, [2]);
  const one = b.constant(1, [2]);
  const square = b.input('square', [2, 2]);
  const kept: Record<string, NodeId> = {
    'x + 0': b.op('add', [x, zero], {}), // -0 + 0 is 0
    'x - -0': b.op('sub', [x, negativeZero], {}), // -0 - -0 is 0
    '0 - x': b.op('sub', [zero, x], {}),
    'x * 0': b.op('mul', [x, zero], {}),
    'x * -1': b.op('scale', [x], { factor: -1 }),
    'relu(x)': b.op('relu', [x], {}),
    'x and x': b.op('concat', [x, x], {}),
    'x as a matrix': b.op('reshape', [x], { shape: [1, 2] }),
    'part of x': b.op('slice', [x], { begin: [1], size: [1] }),
    'x and a zero': b.op('pad', [x], { before: [0], after: [1] }),
    transposed: b.op('transpose', [square], { axes: [1, 0] }),
  };
  const dropped: Record<string, NodeId> = {
    'x + -0': b.op('add', [x, negativeZero], {}),
    '-0 + x': b.op('add', [negativeZero, x], {}),
    'x - 0': b.op('sub', [x, zero], {}),
    'x * 1': b.op('mul', [x, one], {}),
    '1 * x': b.op('mul', [one, x], {}),
    '1 x': b.op('scale', [x], { factor: 1 }),
    'x alone': b.op('concat', [x], {}),
    'x as it is': b.op('reshape', [x], { shape: [2] }),
    'all of x': b.op('slice', [x], { begin: [0], size: [2] }),
    'x with nothing around it': b.op('pad', [x], { before: [0], after: [0] }),
    'x in its order': b.op('transpose', [x], { axes: [0] }),
  };
  const twice = b.op('relu', [kept['relu(x)']], {});
  Object.assign(b.outputs, kept, dropped, { twice });
  const graph = dropIdentities(b.finish());
  expect(opsOf(graph)).toHaveLength(Object.keys(kept).length);
  for (const name of Object.keys(dropped)) expect(graph.outputs[name]).toBe(x);
  expect(graph.outputs.twice).toBe(graph.outputs['relu(x)']);
});

test('mergeEqual merges equal ops and constants, and tells apart what differs', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [2, 2]);
  const scaled = (factor: number): NodeId => b.op('scale', [x], { factor });
  const equal = [scaled(2), scaled(2)];
  const different = [scaled(3), scaled(0), scaled(-0), b.op('mul', [x, equal[0]], {})];
  const late = b.op('mul', [x, equal[1]], {});
  const constants = [b.constant(0, [2]), b.constant(-0, [2]), b.constant(0, [1, 2]), b.constant(0, [2])];
  const product = b.op('matmul', [x, x], { transposeA: true, transposeB: false });
  const sameProduct = b.op('matmul', [x, x], { transposeB: false, transposeA: true });
  [...equal, ...different, late, ...constants, product, sameProduct].forEach(
    (id, i) => (b.outputs[`o${i}`] = id),
  );
  const { outputs } = mergeEqual(b.finish());
  expect(outputs.o0).toBe(outputs.o1);
  expect(outputs.o6).toBe(outputs.o5); // reads the merged one
  expect(outputs.o10).toBe(outputs.o7);
  expect(outputs.o12).toBe(outputs.o11); // attributes are the same in any order
  expect(new Set(Object.values(outputs)).size).toBe(13 - 4);
});

test('removeDead keeps named tensors and all that a result reads', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [2, 2]);
  b.input('unread', [2, 2]);
  b.parameter('w', [2, 2], he);
  const state = b.state('statistics', [2, 2], { kind: 'rows', values: [0, 1] });
  b.op('relu', [b.op('add', [x, b.constant(3, [2, 2])], {})], {});
  const moments = b.op('moments', [x], {});
  b.update(state, b.op('update_statistics', [state, moments], { momentum: 0.1, elements: 2 }));
  b.outputs.y = b.op('scale', [x], { factor: 2 });
  expect(printGraph(removeDead(b.finish()))).toMatchInlineSnapshot(`
    "%0 = input x : f32[2,2]
    %1 = input unread : f32[2,2]
    %2 = parameter w init=he(1) : f32[2,2]
    %3 = state statistics init=rows(0, 1) : f32[2,2]
    %4 = moments(%0) : f32[2,2]
    %5 = update_statistics(%3, %4) momentum=0.1 elements=2 : f32[2,2]
    %6 = scale(%0) factor=2 : f32[2,2]
    output y = %6
    update statistics = %5
    "
  `);
});

test('printGraph', () => {
  const b = new GraphBuilder();
  const x = b.input('x', [64, 8, 8, 3]);
  const w = b.parameter('early.conv.kernel', [3, 3, 3, 16], { kind: 'he', fanIn: 27 });
  const state = b.state('early.bn.statistics', [2, 16], { kind: 'rows', values: [0, 1] });
  b.site = 'early.conv';
  const y = b.op('conv', [x, w], { stride: [1, 1], padding: [1, 1, 1, 1] });
  b.site = 'early.bn';
  b.update(
    state,
    b.op('update_statistics', [state, b.op('moments', [y], {})], { momentum: 0.1, elements: 4096 }),
  );
  b.site = '';
  const logits = b.op('global_avg_pool', [y], {});
  const labels = b.input('labels', [64], 'i32');
  b.constant(-0, [2]);
  b.outputs.loss = b.op('softmax_cross_entropy', [logits, labels], { reduction: 'mean' });
  expect(printGraph(differentiate(b.finish(), 'loss'))).toMatchInlineSnapshot(`
    "%0 = input x : f32[64,8,8,3]
    %1 = parameter early.conv.kernel init=he(27) : f32[3,3,3,16]
    %2 = state early.bn.statistics init=rows(0, 1) : f32[2,16]
    %3 = conv(%0, %1) stride=[1,1] padding=[1,1,1,1] : f32[64,8,8,16]  // early.conv
    %4 = moments(%3) : f32[2,16]  // early.bn
    %5 = update_statistics(%2, %4) momentum=0.1 elements=4096 : f32[2,16]  // early.bn
    %6 = global_avg_pool(%3) : f32[64,16]
    %7 = input labels : i32[64]
    %8 = constant -0 : f32[2]
    %9 = softmax_cross_entropy(%6, %7) reduction=mean : f32[1]
    %10 = constant 1 : f32[1]
    %11 = softmax_cross_entropy_gradient(%6, %7, %10) reduction=mean : f32[64,16]
    %12 = global_avg_pool_gradient(%11) inputShape=[64,8,8,16] : f32[64,8,8,16]
    %13 = conv_weight_gradient(%0, %12) stride=[1,1] padding=[1,1,1,1] kernel=[3,3] : f32[3,3,3,16]  // early.conv
    output loss = %9
    gradient early.conv.kernel = %13
    update early.bn.statistics = %5
    "
  `);
});
