/**
 * Gradients of gradients: which ops allow them, that they are right where they do, and what is said where they do not.
 * Nothing in the language asks for them; an ONNX `Gradient` of a `Gradient` can (and answers with a diagnostic).
 */
import { expect, test } from 'vitest';
import { backward, differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId } from '../../../compiler/graph/graph.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { InvariantError } from '../../../util/invariant.ts';
import { floorOf } from '../../arbitraries/differentiable/draws.ts';
import { judgeGraphs } from '../../arbitraries/differentiable/suite.ts';
import { tensorFor } from '../../arbitraries/tensors.ts';
import { long, patience } from '../../long.ts';
import { wrongSlopes } from './centralDifferences.ts';

/** The ops through whose gradient nothing can be trained, and the ops of it that have none themselves. */
const once: Readonly<Record<string, readonly OpName[]>> = {
  activation: ['activation_gradient'],
  batch_norm_training: ['row', 'batch_norm_gradient_sums', 'batch_norm_input_gradient'],
  embedding: ['embedding_gradient'],
  log_softmax: ['log_softmax_gradient'],
  max_pool: ['max_pool_gradient'],
  normalize_rows: ['normalize_rows_gradient'],
  'reduce product': ['product_gradient'],
  softmax: ['softmax_gradient'],
  softmax_cross_entropy: ['softmax_cross_entropy_gradient'],
};

function sumOf(b: GraphBuilder, terms: readonly NodeId[]): NodeId {
  const sums = terms.map((id) => {
    const elements = elementsOf(b.shape(id));
    return b.op('reduce', [b.op('reshape', [id], { shape: [elements] })], { kind: 'sum', axes: [0] });
  });
  return sums.reduce((a, c) => b.op('add', [a, c], {}));
}

/** The graph whose output `loss` is a random projection of all gradients of the square of a graph's loss. */
function projectedGradients(graph: Graph): Graph {
  const b = new GraphBuilder(graph);
  const { loss } = graph.outputs;
  const square = b.op('mul', [loss, loss], {});
  const parameters = graph.nodes.filter((node) => node.kind === 'parameter').map(({ id }) => id);
  const gradients = backward(b, square, parameters);
  const terms = parameters.flatMap((id) => {
    const gradient = gradients.get(id);
    return gradient === undefined ? [] : [b.op('mul', [gradient, b.input(`second${id}`, b.shape(id))], {})];
  });
  b.outputs['loss'] = sumOf(b, terms);
  return b.finish();
}

/** The ops of a graph, products told from other reductions. */
const opsOf = (graph: Graph): string[] =>
  graph.nodes.flatMap((node) => {
    if (node.kind !== 'op') return [];
    return node.op === 'reduce' && node.attributes.kind === 'product' ? ['reduce product'] : [node.op];
  });

test(
  'gradients of gradients agree with central differences of gradients, or are refused by name',
  async () => {
    const twice = new Set<string>();
    const refusals = new Set<string>();
    await judgeGraphs(
      ({ graph, drawn: { feeds } }) => {
        const first = projectedGradients(graph);
        let second: Graph;
        try {
          second = verify(differentiate(first, 'loss'));
        } catch (error) {
          if (!(error instanceof InvariantError)) throw error;
          const [, op] =
            /the loss is trained through (\w+) at .*, which has no gradient: /.exec(error.message) ?? [];
          expect(Object.values(once).flat(), error.message).toContain(op);
          expect(opsOf(graph).some((held) => held in once)).toBe(true);
          refusals.add(op);
          return;
        }
        const inputs = { ...feeds.inputs };
        for (const node of first.nodes) {
          if (node.kind !== 'input' || inputs[node.name]) continue;
          inputs[node.name] = tensorFor(node.name, node.shape, 1);
        }
        const all = { ...feeds, inputs };
        const expected = runReference(second, all, { precision: 'f64' });
        expect(wrongSlopes(first, all, expected.gradients, floorOf(expected))).toEqual([]);
        // Behind a step no gradient depends on anything: what stands there shows nothing.
        if (opsOf(graph).some((op) => op in once)) return;
        for (const op of opsOf(graph)) twice.add(op);
      },
      { count: long ? 2000 : 400, steps: [1, 3] },
    );
    const withRule = (Object.keys(opTable) as OpName[]).filter(
      (op) => typeof opTable[op].gradient === 'function',
    );
    const kinds = [...withRule, 'reduce product'];
    expect(kinds.filter((op) => !twice.has(op)).sort()).toEqual(Object.keys(once).sort());
    const met = Object.keys(once).filter((op) => once[op].some((flat) => refusals.has(flat)));
    expect(met).toEqual(Object.keys(once));
  },
  patience,
);
