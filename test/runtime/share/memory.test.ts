/**
 * How much memory the ways to share weights take, as plans say it, which is what is then allocated: activations of a step in which all
 * alternatives are computed, of one path, and of two (Cai, Zhu & Han 2019, section 3.2).
 */
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../../compiler/graph/pipeline.ts';
import { sharedParameters } from '../../../compiler/share/parameters.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { relax, type RelaxOptions } from '../../../compiler/space/relax.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { footprintOf } from '../../../compiler/wgsl/footprint.ts';
import { planGradients, planTraining } from '../../../compiler/wgsl/lower.ts';
import { sharedLayout } from '../../../compiler/wgsl/shared.ts';
import { withoutStatistics } from '../../../runtime/share/Supernet.ts';
import { Random } from '../../../util/random.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { membersIn, sgd } from './helpers.ts';

const batch = 32;
const profile = { kind: 'cpu', subgroupSize: 8 } as const;

/** Blocks of MobileNet forms, one of which is taken; `forms` of them, and nothing. */
function blocks(forms: number): Space {
  const kinds = [3, 5, 7].flatMap((k) => [3, 6].map((e) => [k, e] as const));
  const lines = Array.from({ length: forms }, (_, i) => {
    const [k, e] = kinds[i % kinds.length];
    return `    form_${i}: mbconv(c, k: ${k}, e: ${e})`;
  });
  return compileText(`nas 1
space blocks {
  input x: image[16, 16, 3]
  let a = x |> conv(16, 3) |> batch_norm |> relu
  let b = a |> block(16)
  let c = b |> block(16)
  let d = c |> block(16)
  output d |> classifier(10)
}
motif block(x; c) {
  let y = x |> choose op {
${lines.join('\n')}
    none: zero
  }
  x + y
}`).space;
}

const darts = compileText(`nas 1
use "darts.nas"
space small {
  input x: image[16, 16, 3]
  let stem = x |> conv(24, 3) |> batch_norm
  output last((stem, stem) |> slide(normal(8)) |> slide(normal(8))) |> classifier(10)
}`).space;

/** Bytes of activations of a step. */
function activations(space: Space, network: Graph, wanted: 'weights' | 'gates'): number {
  const loss = withClassificationLoss(withoutStatistics(network), { logits: 'logits', reduction: 'mean' });
  const isGate = (name: string): boolean => name.startsWith('gate.');
  const graph = runGraphPasses(loss, {
    loss: 'loss',
    wanted: (name) => isGate(name) === (wanted === 'gates'),
  });
  const shared = sharedLayout(sharedParameters(space));
  const options = { profile, feed: { capacity: batch }, shared };
  const plan =
    wanted === 'weights' ? planTraining(graph, { ...options, ...sgd }) : planGradients(graph, options);
  return footprintOf(plan).bytesByRole.scratch;
}

const relaxed = (space: Space, active?: RelaxOptions['active']): Graph =>
  relax(space, { batch, mode: 'training', gates: 'given', ...(active && { active }) }).graph;

/** The bytes of a step of one path, and of the gates of two, each taken at every choice. */
function ofPaths(
  space: Space,
  choices: readonly number[],
  others: readonly number[],
): { path: number; pair: number } {
  const network = instantiate(space, { space: space.name, choices }, { batch, mode: 'training' });
  const isTaken = (id: number, option: number): boolean => {
    if (space.decisions[id].kind === 'member') return choices[id] === option;
    return option === choices[id] || option === others[id];
  };
  return {
    path: activations(space, network, 'weights'),
    pair: activations(space, relaxed(space, isTaken), 'gates'),
  };
}

const everywhere = (space: Space, option: number): number[] => space.decisions.map(() => option);

describe('activations of blocks of six forms and nothing', () => {
  const space = blocks(6);
  const mixed = activations(space, relaxed(space), 'weights');
  // The widest forms everywhere: no other path takes more.
  const widest = ofPaths(space, everywhere(space, 5), everywhere(space, 3));

  test('are at least four times less for any path than for all, and twice for any two', () => {
    expect(mixed / widest.path).toBeGreaterThan(4);
    expect(mixed / widest.pair).toBeGreaterThan(2);
    for (let option = 0; option < 6; option++) {
      const { path, pair } = ofPaths(space, everywhere(space, option), everywhere(space, (option + 1) % 6));
      expect(path).toBeLessThanOrEqual(widest.path);
      expect(pair).toBeLessThanOrEqual(widest.pair);
    }
  });

  test('grow with the number of candidates where all are computed, and hardly where one or two are', () => {
    const twice = blocks(12);
    expect(activations(twice, relaxed(twice), 'weights') / mixed).toBeGreaterThan(1.8);
    const more = ofPaths(twice, everywhere(twice, 11), everywhere(twice, 9));
    expect(more.path / widest.path).toBeLessThan(1.05);
    expect(more.pair / widest.pair).toBeLessThan(1.05);
  });
});

test('of cells of DARTS are less for any drawn path, too', () => {
  const mixed = activations(darts, relaxed(darts), 'weights');
  const random = new Random(5);
  for (const { choices } of membersIn(darts, 6, random)) {
    const { path, pair } = ofPaths(darts, choices, membersIn(darts, 1, random)[0].choices);
    expect(mixed / path).toBeGreaterThan(3.5);
    expect(mixed / pair).toBeGreaterThan(2);
  }
});
