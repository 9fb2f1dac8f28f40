/** Children on real images: where they begin, and where they are after as many epochs as a network that began anew. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import { instantiate } from '../../../../compiler/space/instantiate.ts';
import type { Space } from '../../../../compiler/space/space.ts';
import { loadData } from '../../../../runtime/data/table.ts';
import { openDevice } from '../../../../runtime/device/device.ts';
import { evaluationGraph, trainingGraph } from '../../../../runtime/search/evaluation/graphs.ts';
import type { Tensors } from '../../../../runtime/train/executor.ts';
import { inherit } from '../../../../runtime/train/inherit/inherit.ts';
import { trainAndMeasure, type Trained } from '../../../../runtime/train/loop.ts';
import { webGpuExecutor } from '../../../../runtime/train/webgpuExecutor.ts';
import { compileText } from '../../../compiler/space/helpers.ts';
import { answered } from './helpers.ts';

const digits = await loadData({ name: 'digits', args: { split: 'shuffled' } });
const device = await openDevice();
afterAll(() => device.destroy());

const { space } = compileText(`nas 1
space s {
  input x: image[8, 8, 1]
  output x |> repeat choose depth 1..3 { layer() } |> max_pool(2, 2) |> tree |> classifier(10)
}
motif layer(x) = x |> conv(choose f {12, 16, 24}, choose k {3, 5}) |> batch_norm |> relu
motif tree(x) = choose merge {
  one: path(x; 24)
  add_2: mean([path(x; 24) for branch in 1..2])
  cat_2: concat([path(x; 12) for branch in 1..2])
}
motif path(x; c) = x |> conv_bn_relu(c, 3) |> choose after { end: identity, sep_3: sep_conv_bn_relu(c, 3) }`);

const batch = 64;
const train = (architecture: Architecture, epochs: number, initial?: Tensors): Promise<Trained> =>
  trainAndMeasure(
    webGpuExecutor(device),
    {
      training: trainingGraph(space, architecture, batch),
      evaluation: evaluationGraph(space, architecture, batch),
      dataset: digits,
      trainOn: 'train',
      evaluateOn: 'validation',
      train: {
        epochs,
        batch,
        optimizer: { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
        schedule: { name: 'cosine' },
      },
      seed: 1,
      keepTensors: true,
      initial,
    },
    () => undefined,
  );

const measured = (s: Space, a: Architecture): ReturnType<typeof instantiate> =>
  instantiate(s, a, { batch: 1, mode: 'inference' });

const from = { depth: 1, 'layer[0].f': 12, 'layer[0].k': 3 };
const parent = answered(space, from);

describe('children of a network of digits', async () => {
  const trained = await train(parent, 15);

  it.each<[string, Readonly<Record<string, string | number>>]>([
    ['wider', { ...from, 'layer[0].f': 24 }],
    ['deeper', { ...from, depth: 2, 'layer[1].f': 12, 'layer[1].k': 5 }],
    ['two paths', { ...from, 'tree.merge': 'add_2' }],
    ['halves', { ...from, 'tree.merge': 'cat_2', 'tree.merge.cat_2.branch[0].after': 'sep_3' }],
  ])('%s', async (name, answers) => {
    const child = answered(space, answers);
    const { tensors, departures } = inherit(
      { graph: measured(space, parent), trained: trained.tensors! },
      measured(space, child),
      { seed: 1, noise: { copies: 1e-2, identities: 1e-3 } },
    );
    expect(departures).toEqual([]);
    const begun = await train(child, 0, tensors);
    const [grown, anew] = [await train(child, 3, tensors), await train(child, 3)];
    if (process.env['NASLANG_LONG'] !== undefined) {
      console.log(name, [trained, begun, grown, anew].map(({ accuracy }) => accuracy.toFixed(4)).join(' '));
    }
    expect(Math.abs(begun.accuracy - trained.accuracy)).toBeLessThanOrEqual(0.005);
    expect(grown.accuracy).toBeGreaterThan(anew.accuracy);
    expect(grown.loss).toBeLessThan(anew.loss);
  });
});
