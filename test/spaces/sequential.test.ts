/** The validity rules of Zoph & Le 2017, section 3.3, on networks of `spaces/sequential.nas`. */
import { describe, expect, it } from 'vitest';
import type { Graph, OpNodeOf } from '../../compiler/graph/graph.ts';
import { complete } from '../../compiler/space/algebra/slots.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import type { Decision, Space } from '../../compiler/space/space.ts';
import { compileText } from '../compiler/space/helpers.ts';
import { shipped } from '../runtime/search/controllers/helpers.ts';

const LAYERS = 4;
const { space } = shipped('sequential', { layers: LAYERS, size: 8 });

/** A network; `pick` answers by path, the first option where it says nothing. */
function network(of: Space, pick: (decision: Decision) => number | undefined): Graph {
  const choices = complete(of, (decision, options) => pick(decision) ?? options[0] ?? 0);
  return instantiate(of, { space: of.name, choices }, { batch: 2, mode: 'inference' });
}

const isOp =
  (...names: readonly string[]) =>
  (node: Graph['nodes'][number]): boolean =>
    node.kind === 'op' && names.includes(node.op);

/** Convolutions with the tensor that each reads. */
function convolutions(
  graph: Graph,
): readonly { reads: Graph['nodes'][number]; channels: number; filters: number }[] {
  return graph.nodes.filter(isOp('conv')).map((node) => {
    const [x, w] = (node as OpNodeOf<'conv'>).inputs;
    const [, , channels, filters] = graph.nodes[w].shape;
    return { reads: graph.nodes[x], channels, filters };
  });
}

/** Layer i has filters option i. */
const filters = ({ path }: Decision): number | undefined =>
  path.endsWith('.filters') ? Number(/\d+/.exec(path)?.[0]) % 4 : undefined;

describe('layers in a row with skip connections', () => {
  it('stand side by side on the image when every anchor says no', () => {
    const graph = network(space, (d) => (d.kind === 'member' ? 1 : filters(d)));
    const found = convolutions(graph);
    expect(found.map(({ reads, channels }) => [reads.kind, channels])).toEqual(
      Array.from({ length: LAYERS }, () => ['input', 3]),
    );
    // All of them are concatenated for the classifier.
    const [concat, ...others] = graph.nodes.filter(isOp('concat'));
    expect(others).toEqual([]);
    expect(concat.shape).toEqual([2, 8, 8, 24 + 36 + 48 + 64]);
  });

  it('are dense when every anchor says yes', () => {
    const graph = network(space, (d) => (d.kind === 'member' ? 0 : filters(d)));
    const found = convolutions(graph);
    expect(found.map(({ channels }) => channels)).toEqual([3, 24, 24 + 36, 24 + 36 + 48]);
    // Only the last is read by nobody.
    expect(graph.nodes.find(isOp('global_avg_pool'))?.shape).toEqual([2, 64]);
  });

  it('read as many channels as their inputs have filters', () => {
    const chosen = ['n[2].inputs{n[0]}', 'n[3].inputs{n[0]}', 'n[3].inputs{n[2]}'];
    const graph = network(space, (d) =>
      d.kind === 'member' ? (chosen.includes(d.path) ? 0 : 1) : filters(d),
    );
    expect(convolutions(graph).map(({ channels }) => channels)).toEqual([3, 3, 24, 24 + 48]);
    // Layers 1 and 3 are loose.
    expect(graph.nodes.find(isOp('global_avg_pool'))?.shape).toEqual([2, 36 + 64]);
  });

  it('are padded with zeros at the bottom and on the right', () => {
    const strided = compileText(`nas 1
space strided {
  input x: image[8, 8, 3]
  nodes n[3] = concat(choose inputs any from n, pad: true) or x |> conv(24, 1, stride: choose s { 1, 2 })
  output concat(loose(n), pad: true) |> classifier(2)
}`).space;
    // The first layer has stride 2, the second stride 1; the third reads both.
    const graph = network(strided, (d) =>
      d.kind === 'member' ? (d.path.startsWith('n[2]') ? 0 : 1) : d.path === 'n[0].s' ? 1 : 0,
    );
    const [pad, ...others] = graph.nodes.filter(isOp('pad')).map((node) => node as OpNodeOf<'pad'>);
    expect(others).toEqual([]);
    expect(graph.nodes[pad.inputs[0]].shape).toEqual([2, 4, 4, 24]);
    expect(pad.attributes).toEqual({ before: [0, 0, 0, 0], after: [0, 4, 4, 0] });
    expect(graph.nodes.find(isOp('concat'))?.shape).toEqual([2, 8, 8, 48]);
  });
});
