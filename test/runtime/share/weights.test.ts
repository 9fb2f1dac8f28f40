/**
 * Shared weights: a path is the network that it stands for, what is off it keeps its bits, smaller weights are slices of
 * larger ones, and a device does all of this as the reference does.
 */
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { gatesOfPath } from '../../../compiler/share/gates.ts';
import { searchForm } from '../../../compiler/share/searchForm.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { deviceWeights } from '../../../runtime/share/deviceWeights.ts';
import { referenceWeights } from '../../../runtime/share/referenceWeights.ts';
import { Supernet } from '../../../runtime/share/Supernet.ts';
import type { NumberTensors, SharedWeights } from '../../../runtime/share/sharedWeights.ts';
import { trained } from '../../../runtime/search/evaluation/graphs.ts';
import type { Tensors } from '../../../runtime/train/executor.ts';
import { Random } from '../../../util/random.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { useDevice } from '../execute/onDevice.ts';
import { initialWeights, layoutOf, membersIn, randomImages, sgd } from './helpers.ts';

const device = useDevice();
const batch = 16;
/** The long mode compiles hundreds of networks. */
const LIMIT_MS = 1_800_000;
/** Architectures that each law is tried on. */
const COUNT = process.env['NASLANG_LONG'] ? 100 : 5;

const darts = searchForm(
  compileText(`nas 1
use "darts.nas"
space small {
  input x: image[8, 8, 3]
  let stem = x |> conv(12, 3) |> batch_norm
  output last((stem, stem) |> slide(normal(4)) |> slide(reduce(8))) |> classifier(3)
}`).space,
  { affine: false, normalizePools: true },
);

/** Widths, kernels, depth and what a block is are open. */
const open = compileText(`nas 1
space open {
  input x: image[8, 8, 3]
  let w = choose {6, 8, 12}
  output x |> conv(w, 3) |> batch_norm |> relu |> repeat choose depth 1..3 { block(w) } |> classifier(3)
}
motif block(x; c) = x |> choose {
  plain: conv(c, k: choose {1, 3, 5}) |> batch_norm |> relu
  deep: sep_conv_bn_relu(c, choose {3, 5})
}`).space;

const child = (space: Space, choices: readonly number[], mode: 'training' | 'batch statistics'): Graph =>
  instantiate(space, { space: space.name, choices }, { batch, mode });

const onDevice = (space: Space, dataset = randomImages([8, 8, 3])): SharedWeights =>
  deviceWeights(device(), { layout: layoutOf(space), update: sgd, dataset, seed: 1 });
const onReference = (space: Space, dataset = randomImages([8, 8, 3])): SharedWeights =>
  referenceWeights({ layout: layoutOf(space), update: sgd, dataset, seed: 1, precision: 'f32' });

const rows = Int32Array.from({ length: batch }, (_, i) => i);

/** What a device, or a reference that rounds, holds. */
const floats = (tensors: NumberTensors): Tensors => tensors as Tensors;

function bitsOf(tensors: Tensors): Map<string, Uint32Array> {
  return new Map([...tensors].map(([name, { data }]) => [name, new Uint32Array(data.slice().buffer)]));
}

describe('a path', () => {
  test(
    'of a supernet is the network that it stands for',
    async () => {
      const weights = onDevice(darts);
      weights.write(initialWeights(layoutOf(darts), 1));
      const supernet = new Supernet(darts, weights, batch, true);
      for (const { choices } of membersIn(darts, COUNT, new Random(3))) {
        const architecture = { space: darts.name, choices };
        const gated = await supernet.measureGated(gatesOfPath(supernet.alphas, architecture), rows);
        const alone = await supernet.measurePath(architecture, rows);
        expect(Math.abs(gated.loss / alone.loss - 1)).toBeLessThan(1e-5);
        expect(gated.correct).toBe(alone.correct);
      }
      supernet.release();
      weights.release();
    },
    LIMIT_MS,
  );

  test.each([
    ['of cells', darts],
    ['of open widths and kernels', open],
  ])(
    '%s moves what it takes and leaves the rest, to the last bit',
    async (_, space) => {
      const layout = layoutOf(space);
      const weights = onDevice(space);
      weights.write(initialWeights(layout, 1));
      for (const { choices } of membersIn(space, COUNT, new Random(5))) {
        const graph = trained(child(space, choices, 'training'));
        const before = bitsOf(floats(await weights.read()));
        const kept = await weights.readOptimizer();
        const network = weights.network(graph);
        await network.train({ rows }, 0.05);
        network.release();
        const after = bitsOf(floats(await weights.read()));
        const keptAfter = await weights.readOptimizer();
        const taken = new Map(
          graph.nodes.flatMap((node) => (node.kind === 'parameter' ? [[node.name, node.shape]] : [])),
        );
        for (const [name, bits] of before) {
          const { shape } = layout.slots.get(name)!;
          const moved = bits.reduce((n, b, i) => n + (b === after.get(name)![i] ? 0 : 1), 0);
          const size = (taken.get(name) ?? [0]).reduce((a, b) => a * b, 1);
          // Decay and momentum move nearly every weight of a step; none outside of the slice.
          expect(moved, `${name} ${shape.join(' x ')}`).toBeLessThanOrEqual(size);
          if (size > 8) expect(moved).toBeGreaterThan(size / 2);
          const state = `velocity of ${name}`;
          const [old, now] = [kept.tensors.get(state)!, keptAfter.tensors.get(state)!];
          expect(old.reduce((n, v, i) => n + (Object.is(v, now[i]) ? 0 : 1), 0)).toBeLessThanOrEqual(size);
        }
      }
      weights.release();
    },
    LIMIT_MS,
  );
});

test.each([
  ['cells', darts],
  ['open widths and kernels', open],
])('steps of paths of %s are those of the reference', async (_, space) => {
  const layout = layoutOf(space);
  const both = [onDevice(space), onReference(space)];
  for (const weights of both) weights.write(initialWeights(layout, 2));
  const members = membersIn(space, 5, new Random(9));
  const losses: number[][] = [[], []];
  for (const [k, weights] of both.entries()) {
    for (const { choices } of members) {
      const network = weights.network(trained(child(space, choices, 'training')));
      losses[k].push((await network.train({ rows }, 0.05)).loss);
      network.release();
    }
  }
  losses[0].forEach((loss, i) => expect(Math.abs(loss / losses[1][i] - 1)).toBeLessThan(1e-4));
  const [found, expected] = await Promise.all(both.map(async (weights) => floats(await weights.read())));
  for (const [name, { data }] of expected) {
    const scale = Math.max(...data.map(Math.abs), 1e-3);
    const worst = data.reduce((most, v, i) => Math.max(most, Math.abs(v - found.get(name)!.data[i])), 0);
    expect(worst / scale, name).toBeLessThan(2e-3);
  }
  both[0].release();
});
