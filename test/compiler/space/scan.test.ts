/** Stages that are folded over sequences: built networks against the formulas, by hand and by differences. */
import { describe, expect, test } from 'vitest';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { relax } from '../../../compiler/space/relax.ts';
import type { CompiledSpace } from '../../../compiler/compile.ts';
import { compileArchitecture } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { present } from '../../../util/invariant.ts';
import { compileShipped, shippedSpaces } from '../../spaces/shipped.ts';
import { feedsFor, gradientErrors } from '../ops/gradientCheck.ts';
import { small, tokens, withWordLoss } from './recurrent.ts';

const recurrent = ['rnn_cell', 'darts_rnn', 'enas_rnn'];

function shipped(name: string): CompiledSpace {
  return compileShipped(
    present(
      shippedSpaces.find((space) => space.name === name),
      name,
    ),
  );
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const relu = (x: number): number => Math.max(0, x);

describe('the worked example of Zoph & Le (2017), figure 5', () => {
  const { text } = present(
    shippedSpaces.find(({ name }) => name === 'rnn_cell'),
    'rnn_cell',
  );
  const source = { name: 'rnn_cell.nas', text };
  const program = present(readProgram(source, nodeHost('.')).value, 'rnn_cell.nas');
  const [words, steps, units, batch] = [5, 4, 3, 2];
  const settings = Object.entries({ words, steps, units }).map(([path, value]) => ({
    path,
    value: String(value),
  }));
  const { space, architecture } = present(
    compileArchitecture(program, 'example', settings).value,
    'the example',
  );
  const graph = instantiate(space, architecture, { batch, mode: 'inference' });
  const x = tokens([batch, steps], words);
  const feeds = feedsFor(graph, 11, 'normal', { x });
  const { data } = present(runReference(graph, feeds, { precision: 'f64' }).outputs['logits'], 'the output');

  /** A row times a matrix of parameters. */
  const times = (row: readonly number[], name: string): number[] => {
    const { shape, data: matrix } = present(feeds.parameters[name], name);
    const columns = present(shape[1], 'columns');
    return Array.from({ length: columns }, (_, j) =>
      row.reduce((sum, value, i) => sum + value * matrix[i * columns + j], 0),
    );
  };

  test('is what the formulas say at every step', () => {
    const table = present(feeds.parameters['embedding.table'], 'the table').data;
    const bias = present(feeds.parameters['dense.bias'], 'the bias').data;
    for (let n = 0; n < batch; n++) {
      let h = Array.from({ length: units }, () => 0);
      let c = [...h];
      for (let t = 0; t < steps; t++) {
        const word = x.data[n * steps + t];
        const input = Array.from(h, (_, i) => table[word * units + i]);
        const [w1x, w2h, w3x, w4h] = [
          times(input, 'tree.n[0].ins.weights.dense.kernel'),
          times(h, 'tree.n[0].ins.weights_2.dense.kernel'),
          times(input, 'tree.n[1].ins.weights.dense.kernel'),
          times(h, 'tree.n[1].ins.weights_2.dense.kernel'),
        ];
        const first = w1x.map((w, i) => relu(Math.tanh(w + w2h[i]) + c[i]));
        c = w3x.map((w, i) => w * w4h[i]);
        h = first.map((a, i) => sigmoid(a * relu(c[i])));
        const logits = times(h, 'dense.kernel').map((value, i) => value + bias[i]);
        logits.forEach((value, i) => {
          expect(data[(n * steps + t) * words + i]).toBeCloseTo(value, 12);
        });
      }
    }
  });
});

describe.each(recurrent)('%s', (name) => {
  const compiled = shipped(name);
  const [batch, steps, words] = [2, 4, 20];
  test('has the gradients that differences measure', () => {
    for (const rank of [0n, compiled.members.places / 3n, compiled.members.places - 1n]) {
      const architecture = compiled.members.unrank(rank);
      const network = instantiate(compiled.space, architecture, { batch, mode: 'training' });
      const graph = verify(withWordLoss(network));
      const given = { x: tokens([batch, steps], words), labels: tokens([batch * steps], words) };
      expect(gradientErrors(graph, 5, 'normal', { ...small(graph), ...given })).toEqual([]);
    }
  });
  test('has each weight once, whatever the length', () => {
    const architecture = compiled.members.unrank(0n);
    const graph = instantiate(compiled.space, architecture, { batch, mode: 'training' });
    const names = graph.nodes.flatMap((node) => (node.kind === 'parameter' ? [node.name] : []));
    expect(new Set(names).size).toBe(names.length);
  });
});

test('a relaxed recurrent cell has the gradients that differences measure', () => {
  const { space } = shipped('darts_rnn');
  const [batch, steps, words] = [2, 4, 20];
  const { graph, alphas } = relax(space, { batch, mode: 'training' });
  expect(alphas.length).toBeGreaterThan(0);
  const given = { x: tokens([batch, steps], words), labels: tokens([batch * steps], words) };
  expect(gradientErrors(verify(withWordLoss(graph)), 3, 'normal', given)).toEqual([]);
});
