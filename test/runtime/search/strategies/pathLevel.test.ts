/** Path-level transformation: how trees grow, and what the controller learns of it (Cai et al. 2018b). */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import { checkStrategyFit } from '../../../../runtime/search/strategies/table.ts';
import { Learner } from '../../../../runtime/search/controllers/Learner.ts';
import { PathTree } from '../../../../runtime/search/transform/PathTree.ts';
import { TreeController } from '../../../../runtime/search/transform/TreeController.ts';
import {
  actorTraining,
  treeWeightGraph,
  type TreeShape,
} from '../../../../runtime/search/transform/treeGraph.ts';
import { runReference, type NamedTensors } from '../../../../runtime/execute/reference.ts';
import { normalAt, Random } from '../../../../util/random.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { bits, ladder, pathTree, run } from './helpers.ts';

const { space, moves, members, start } = pathTree();
const trees = new PathTree(space, moves, start!);
const idOf = (path: string): number => space.decisions.find((d) => d.path === path)!.id;
const isMember = (a: Architecture): boolean => members.contains(a);
const settings = { embedding: 10, units: 12, entropy: 1e-2 };

describe('trees of paths', () => {
  it('begin with one path, and grow below what is answered', () => {
    const [root] = trees.roots(start!);
    expect(root.merge).toBe(idOf('tree.merge'));
    expect(root.paths).toEqual([
      { edge: undefined, insert: idOf('tree.merge.one.trunk.after'), next: undefined },
    ]);
    const three = trees.answer(start!, root.merge, 'add_3');
    const after = idOf('tree.merge.add_3.branch[1].after');
    const grown = trees.answer(three, after, 'node');
    const [{ paths }] = trees.roots(grown);
    expect(paths.map(({ next }) => next !== undefined)).toEqual([false, true, false]);
    // A node that was put in has one path, which is the identity.
    const [inner] = paths[1].next!.paths;
    expect(trees.label(grown, paths[1].next!.merge)).toBe('one');
    expect(trees.label(grown, inner.edge!)).toBe('identity');
    expect(trees.isUnchanged(grown, inner.edge!)).toBe(true);
    expect(trees.offered(grown, inner.insert!)).toEqual(['end']);
    expect(isMember(grown)).toBe(true);
  });
});

describe('the controller', () => {
  it('puts in a node at least, where one can be, and decides depth first', () => {
    const controller = new TreeController(trees, settings, isMember, 1);
    for (const { architecture, actions } of controller.sample(start!, 12, new Random(3))) {
      expect(isMember(architecture)).toBe(true);
      const actors = actions.map(({ actor }) => actor);
      expect(actors[0]).toBe('merge');
      expect(actors).toContain('insert');
      // A node's operations are decided right after how it is merged.
      actors.forEach((actor, i) => {
        if (actor === 'edge') expect(['merge', 'edge']).toContain(actors[i - 1]);
      });
      const inserted = trees.roots(architecture)[0].paths.some(({ next }) => next !== undefined);
      expect(inserted).toBe(true);
    }
  });

  it('takes trees of one level, where no node can be put in', () => {
    const shallow = compileText(`nas 1
space s {
  input x: image[4, 4, 1]
  output x |> tree() |> classifier(2)
}
motif tree(x) = choose merge {
  one: layer(x)
  add_2: mean([layer(x) for branch in 1..2])
  add_3: mean([layer(x) for branch in 1..3])
  cat_2: concat([layer(x) for branch in 1..2])
}
motif layer(x) = x |> conv(4, 3) |> batch_norm |> relu
moves of s { branch merge }`);
    const outcomes = run('path_level', shallow, () => 0.5, { trials: 12, args: { units: 4 } });
    expect(new Set(outcomes.map(({ architecture }) => architecture.choices.join())).size).toBe(4);
  });

  it('comes to merge as it is worth', () => {
    const controller = new TreeController(trees, { ...settings, entropy: 1e-4 }, isMember, 2);
    const random = new Random(7);
    const merge = (a: Architecture): string => trees.label(a, idOf('tree.merge'));
    for (let batch = 0; batch < 12; batch++) {
      const traces = controller.sample(start!, 6, random);
      const rewards = traces.map(({ architecture }) => (merge(architecture) === 'cat_2' ? 1 : 0));
      const mean = rewards.reduce<number>((a, b) => a + b, 0) / rewards.length;
      controller.learn(
        traces,
        rewards.map((r) => r - mean),
        2e-2,
      );
    }
    const last = controller.sample(start!, 12, random).map(({ architecture }) => merge(architecture));
    // A quarter or so at first.
    expect(last.filter((m) => m === 'cat_2').length).toBeGreaterThan(9);
  });

  it.each(['sum', 'ordered'] as const)('has the gradients of its loss: %s', (kind) => {
    const form = {
      embedding: 3,
      units: 4,
      edges: 3,
      merges: 2,
      ordered: 2,
      heads: { merge: [2, 3], insert: [2], edge: [3] },
    };
    const leaf = (): TreeShape => ({ isRoot: false, merge: 'none', paths: [] });
    const two: TreeShape = { isRoot: false, merge: kind, paths: [leaf(), leaf()] };
    const tree: TreeShape = { isRoot: true, merge: kind, paths: [leaf(), two] };
    const graph = actorTraining(form, tree, 3, 'merge', 0.1);
    const learner = new Learner(treeWeightGraph(form), 2);
    const inputs: Record<string, NamedTensors[string]> = {};
    for (const node of graph.nodes) {
      if (node.kind !== 'input') continue;
      const size = node.shape.reduce((a, b) => a * b, 1);
      const data = Array.from({ length: size }, (_, i) => {
        if (node.name.startsWith('offered')) return 0;
        if (node.name === 'advantages') return 0.7;
        if (node.name.startsWith('asked')) return 1;
        return node.dtype === 'i32' ? Number(node.name.at(-1)) % 2 : Number(i === 1);
      });
      inputs[node.name] = {
        shape: node.shape,
        data: node.dtype === 'i32' ? Int32Array.from(data) : Float64Array.from(data),
      };
    }
    const exact = Object.fromEntries(
      Object.entries(learner.weights).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const loss = (parameters: NamedTensors): number =>
      runReference(graph, { inputs, parameters }, { precision: 'f64' }).outputs['loss'].data[0];
    const gradients = learner.gradients(graph, inputs);
    for (const [name, { shape, data }] of Object.entries(gradients)) {
      const direction = Float64Array.from(data, (_, i) => normalAt(1, 2, i));
      const moved = (by: number): number =>
        loss({ ...exact, [name]: { shape, data: exact[name].data.map((w, i) => w + by * direction[i]) } });
      const analytic = direction.reduce((sum, d, i) => sum + d * data[i], 0);
      expect(analytic).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
    }
    expect(Object.keys(gradients).length).toBeGreaterThan(20);
  });
});

describe('a search', () => {
  it('trains the start, then trees with its weights and noise', () => {
    const outcomes = run('path_level', pathTree(), () => 0.5, { trials: 8, args: { units: 4, batch: 4 } });
    expect(outcomes[0].architecture).toEqual(start);
    for (const { parent, noise } of outcomes.slice(1)) {
      expect(parent).toBe(0);
      expect(noise).toEqual({ copies: 6e-3, identities: 6e-3 });
    }
  });

  it('needs trees, and says so', () => {
    for (const other of [bits(3), ladder()]) {
      const [problem] = checkStrategyFit({ name: 'path_level', args: {} }, other);
      expect(problem.code).toBe('NAS4512');
      expect(problem.hint).toContain('path_tree.nas');
    }
    expect(checkStrategyFit({ name: 'path_level', args: {} }, pathTree())).toEqual([]);
  });
});
