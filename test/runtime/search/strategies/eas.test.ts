/** EAS: how networks grow, what the controller learns of it, and what it asks of a search (Cai et al. 2018). */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import { toJson } from '../../../../compiler/space/encode.ts';
import { checkStrategyFit } from '../../../../runtime/search/strategies/table.ts';
import type { Proposal } from '../../../../runtime/search/strategy.ts';
import { Chain } from '../../../../runtime/search/transform/Chain.ts';
import { ChainController } from '../../../../runtime/search/transform/ChainController.ts';
import {
  chainWeightGraph,
  deeperTraining,
  widerTraining,
} from '../../../../runtime/search/transform/chainGraph.ts';
import { Learner } from '../../../../runtime/search/controllers/Learner.ts';
import { runReference, type NamedTensors } from '../../../../runtime/execute/reference.ts';
import { Random, normalAt } from '../../../../util/random.ts';
import { bits, ladder, run, strategyOf } from './helpers.ts';

const { space, moves, members, start } = ladder();
const chain = new Chain(space, moves);
const settings = { embedding: 16, units: 50, entropy: 1e-5, wider: 4, deeper: 5 };
const values = ({ choices }: Architecture): (number | undefined)[] =>
  space.decisions.map(({ id, options }) =>
    choices[id] < 0 ? undefined : Number(options[choices[id]].value),
  );

describe('a chain of layers', () => {
  it('reads a network as its layers, block by block', () => {
    expect(chain.layers(start!).map(({ token, widens }) => [token, widens.length])).toEqual([
      ['stage.depth', 0],
      ['stage.layer 4 3', 1],
      ['stage.depth', 0],
      ['stage.layer 6 3', 1],
      ['stage.layer 8 1', 1],
      ['fcs', 0],
      ['fc 8', 1],
    ]);
  });

  it('puts a layer in behind another one, as wide as it, and moves those behind', () => {
    const block = chain.growing(start!).find(({ depth }) => depth === 2)!;
    const [free] = chain.free(start!, block, 0);
    expect(free.kind).toBe('stage.layer.k');
    const grown = chain.deepen(start!, block, 0, new Map([[free.decision, 2]]))!;
    expect(toJson(space, grown)).toMatchObject({
      answers: {
        'stage[0].depth': 1,
        'stage[0].layer[0].f': 4,
        'stage[0].layer[0].k': 3,
        'stage[1].depth': 3,
        'stage[1].layer[0].f': 6,
        'stage[1].layer[0].k': 3,
        'stage[1].layer[1].f': 6,
        'stage[1].layer[1].k': 5,
        'stage[1].layer[2].f': 8,
        'stage[1].layer[2].k': 1,
      },
    });
  });

  it('widens to the next rung, and says where there is none', () => {
    let grown = start!;
    const [, { widens }] = chain.layers(grown);
    for (const f of [6, 8, 12, 16, 16]) {
      grown = chain.widen(grown, widens);
      expect(values(grown)[widens[0]]).toBe(f);
    }
    expect(chain.layers(grown)[1].widens).toEqual([]);
  });
});

describe('the controller', () => {
  const isMember = (a: Architecture): boolean => members.contains(a);

  it('grows by at most so many rungs and layers, never back', () => {
    const controller = new ChainController(chain, { ...settings, units: 10 }, isMember, 1);
    const depth = (a: Architecture): number =>
      chain.blocks.reduce((sum, id) => sum + (values(a)[id] ?? 0), 0);
    for (const { architecture } of controller.sample(start!, 20, new Random(3))) {
      expect(isMember(architecture)).toBe(true);
      expect(depth(architecture) - depth(start!)).toBeLessThanOrEqual(5);
      for (const id of chain.blocks)
        expect(values(architecture)[id]).toBeGreaterThanOrEqual(values(start!)[id]!);
      expect(architecture.choices.length).toBe(space.decisions.length);
    }
  });

  it('comes to widen what is worth it', () => {
    const controller = new ChainController(
      chain,
      { ...settings, units: 20, wider: 1, deeper: 0 },
      isMember,
      1,
    );
    const random = new Random(5);
    const first = chain.layers(start!)[1].widens[0];
    for (let batch = 0; batch < 25; batch++) {
      const traces = controller.sample(start!, 10, random);
      // Wider first layers are good, wider others are bad.
      const rewards = traces.map(({ architecture: a }) => {
        const raised = a.choices.flatMap((choice, id) => (choice > start!.choices[id] ? [id] : []));
        return raised.reduce((sum, id) => sum + (id === first ? 1 : -1), 0);
      });
      const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length;
      controller.learn(
        traces,
        rewards.map((r) => r - mean),
        3e-2,
      );
    }
    const [, good, , ...bad] = controller.widening(start!);
    expect(good).toBeGreaterThan(0.8);
    for (const probability of bad) if (probability !== undefined) expect(probability).toBeLessThan(0.2);
  });

  it.each([
    ['wider', widerTraining],
    ['deeper', deeperTraining],
  ] as const)('has the gradients of its loss: %s', (_, training) => {
    const form = { embedding: 3, units: 4, layers: 6, answers: [2, 3, 2] };
    const [rows, steps] = [2, 4];
    const graph = training(form, rows, steps, 0.1);
    const learner = new Learner(chainWeightGraph(form), 2);
    const inputs: Record<string, NamedTensors[string]> = {};
    for (const node of graph.nodes) {
      if (node.kind !== 'input') continue;
      const size = node.shape.reduce((a, b) => a * b, 1);
      const at = (i: number): number => {
        if (node.name.startsWith('there')) return i === 0 || Number(node.name.at(-1)) < 3 ? 1 : 0;
        if (node.name.startsWith('offered')) return 0;
        if (node.name.startsWith('layer') || node.name.startsWith('answer'))
          return (i + Number(node.name.at(-1))) % 3;
        if (node.name === 'advantages') return i - 0.7;
        return i % 2;
      };
      const data = Array.from({ length: size }, (__, i) => at(i));
      inputs[node.name] = {
        shape: node.shape,
        data: node.dtype === 'i32' ? Int32Array.from(data) : Float64Array.from(data),
      };
    }
    const loss = (parameters: NamedTensors): number =>
      runReference(graph, { inputs, parameters }, { precision: 'f64' }).outputs['loss'].data[0];
    const exact = Object.fromEntries(
      Object.entries(learner.weights).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const gradients = learner.gradients(graph, inputs);
    for (const [name, { shape, data }] of Object.entries(gradients)) {
      // Along one direction of each weight.
      const direction = Float64Array.from(data, (__, i) => normalAt(1, 2, i));
      const moved = (by: number): number =>
        loss({ ...exact, [name]: { shape, data: exact[name].data.map((w, i) => w + by * direction[i]) } });
      const numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      const analytic = direction.reduce((sum, d, i) => sum + d * data[i], 0);
      expect(analytic).toBeCloseTo(numeric, 6);
    }
    expect(Object.keys(gradients).length).toBeGreaterThan(10);
  });
});

describe('a search', () => {
  const small = { units: 8, embedding: 4 };
  const score = ({ architecture }: Proposal): number =>
    values(architecture).reduce<number>((sum, v) => sum + (v ?? 0), 0) / 300;

  it('trains the start, and children with its weights and noise', () => {
    const [first, ...others] = run('eas', ladder(), score, { trials: 15, args: { ...small, stages: 1 } });
    expect(first.architecture).toEqual(start);
    expect(first.parent).toBeUndefined();
    for (const { parent, noise } of others) {
      expect(parent).toBe(0);
      expect(noise).toEqual({ copies: 1e-2, identities: 1e-3 });
    }
  });

  it('trains equal networks once', () => {
    const outcomes = run('eas', ladder(), score, { trials: 40, args: { ...small, stages: 1 } });
    expect(new Set(outcomes.map(({ architecture }) => architecture.choices.join())).size).toBe(40);
  });

  it('goes on from the best in its second stage', () => {
    const outcomes = run('eas', ladder(), score, { trials: 44, args: { ...small, wider: 1, deeper: 1 } });
    const half = outcomes.slice(0, 22);
    const best = Math.max(...half.map(({ fitness }) => fitness));
    const parents = [...new Set(outcomes.slice(32).map(({ parent }) => parent))];
    expect(parents).toHaveLength(1);
    expect(parents[0]).toBeGreaterThan(0);
    expect(outcomes[parents[0]!].fitness).toBeGreaterThanOrEqual(best);
  });

  it('names no parent where the start failed', () => {
    const outcomes = run('eas', ladder(), () => Number.NaN, { trials: 12, args: small });
    expect(outcomes.every(({ parent }) => parent === undefined)).toBe(true);
  });

  it('needs moves, and says so', () => {
    const [problem] = checkStrategyFit({ name: 'eas', args: {} }, bits(3));
    expect(problem.code).toBe('NAS4512');
    expect(problem.hint).toContain('moves of bits { widen f, deepen depth }');
    expect(() => strategyOf('eas', bits(3), { trials: 3 })).toThrow();
  });
});
