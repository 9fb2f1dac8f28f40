/**
 * An adapter without subgroups: the one of this machine, of which the feature is kept secret. Its device refuses shaders that use
 * them, so that what runs here is the fallback and nothing else.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAdapter, describeAdapter, type OpenedAdapter } from '../../../runtime/device/adapter.ts';
import { deviceOf, type Device } from '../../../runtime/device/device.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { trainAndMeasure, type Trained } from '../../../runtime/train/loop.ts';
import type { Executor } from '../../../runtime/train/executor.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { opTable } from '../../../compiler/ops/table.ts';
import { present } from '../../../util/invariant.ts';
import { judgeGraphs } from '../../arbitraries/differentiable/suite.ts';
import { long, patience } from '../../long.ts';
import { wrongTensors } from '../execute/nearReference.ts';
import { planVariants } from '../execute/planVariants.ts';
import { runTraining } from '../execute/runTraining.ts';
import { smallNetwork } from '../train/networks.ts';

/** The adapter as one that was built before subgroups. */
function withoutSubgroups({ adapter, ...rest }: OpenedAdapter): OpenedAdapter {
  const features = new Set([...adapter.features].filter((feature) => !feature.startsWith('subgroups')));
  const older = new Proxy(adapter, {
    get(target, key) {
      if (key === 'features') return features;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { ...rest, adapter: older, info: describeAdapter(older, rest.info.driver) };
}

let device: Device;
beforeAll(async () => {
  device = await deviceOf(withoutSubgroups(present(await openAdapter(), 'an adapter')));
});
afterAll(() => device.destroy());

it('is seen as such, and its device refuses subgroups', async () => {
  expect(device.profile.subgroupSize).toBeUndefined();
  expect(device.gpu.features.has('subgroups')).toBe(false);
  const wgsl =
    'enable subgroups;\n@compute @workgroup_size(8) fn main() {\n  let sum = subgroupAdd(1u);\n  _ = sum;\n}\n';
  await expect(device.pipelines.get({ name: 'subgroups', wgsl, bindings: [] })).rejects.toThrow(/subgroups/);
});

it(
  'runs every op that is trained, tuned for a processor and for a GPU, as the reference does',
  async () => {
    const seen = new Set<string>();
    await judgeGraphs(
      async ({ drawn }) => {
        for (const { name, options } of planVariants(device)) {
          const found = await runTraining(device, drawn.graph, drawn.feeds, options);
          expect(wrongTensors(drawn, found), name).toEqual([]);
        }
        for (const node of drawn.graph.nodes) if (node.kind === 'op') seen.add(node.op);
      },
      { count: long ? 1000 : 60 },
    );
    // Those two are no part of a loss; the training below has them.
    const others = ['batch_norm_inference', 'correct'];
    expect(Object.keys(opTable).filter((op) => !seen.has(op) && !others.includes(op))).toEqual([]);
  },
  patience,
);

it('trains and measures a network as the reference executor does', async () => {
  const dataset = await loadData({ name: 'digits', args: {} });
  const [batch, channels] = [64, 6];
  const train = (executor: Executor): Promise<Trained> =>
    trainAndMeasure(
      executor,
      {
        training: smallNetwork(batch, 'training', { channels }),
        evaluation: smallNetwork(batch, 'inference', { channels }),
        dataset,
        trainOn: 'train',
        evaluateOn: 'validation',
        train: {
          epochs: 2,
          batch,
          optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 3e-4 },
          schedule: { name: 'cosine' },
        },
        seed: 3,
        keepTensors: false,
      },
      () => undefined,
    );
  const [ours, reference] = [await train(webGpuExecutor(device)), await train(referenceExecutor())];
  // 32 steps of f32 sums in another order, as in `test/runtime/train/executors.test.ts`.
  expect(Math.abs(ours.epochLosses[0] - reference.epochLosses[0])).toBeLessThan(1e-4);
  expect(Math.abs(ours.epochLosses[1] - reference.epochLosses[1])).toBeLessThan(1e-3);
  expect(Math.abs(ours.loss - reference.loss)).toBeLessThan(2e-3);
  // Images on the edge between two classes: two of 360.
  expect(Math.abs(ours.accuracy - reference.accuracy)).toBeLessThanOrEqual(2 / 360 + 1e-9);
});
