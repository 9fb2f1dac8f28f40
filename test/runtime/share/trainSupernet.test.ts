/** Supernets trained to their end: every method learns, derives members, and goes on to the same bits wherever it was stopped. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { membersOf } from '../../../compiler/space/members.ts';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { checkpointFile } from '../../../runtime/share/checkpoint.ts';
import { sharedParameters } from '../../../compiler/share/parameters.ts';
import { sharedLayout } from '../../../compiler/wgsl/shared.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { Supernet } from '../../../runtime/share/Supernet.ts';
import { deviceWeights } from '../../../runtime/share/deviceWeights.ts';
import type { EpochReport } from '../../../runtime/share/method.ts';
import { methods } from '../../../runtime/share/methods/table.ts';
import { referenceWeights } from '../../../runtime/share/referenceWeights.ts';
import {
  trainSupernet,
  type SupernetHooks,
  type TrainedSupernet,
} from '../../../runtime/share/trainSupernet.ts';
import { meanOf } from '../../../util/statistics/summary.ts';
import { evaluationGraph, trainingGraph } from '../../../runtime/search/evaluation/graphs.ts';
import { trainAndMeasure } from '../../../runtime/train/loop.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { useDevice } from '../execute/onDevice.ts';
import { images, smoothSpace } from './smooth.ts';

const device = useDevice();
const folder = mkdtempSync(join(tmpdir(), 'naslang-supernet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const searched = { space: smoothSpace, members: membersOf(smoothSpace).value!, moves: [] };
const names = Object.keys(methods);
/** Few updates of the controller, so that ENAS is as quick as the others. */
const argsOf = (name: string): Record<string, number> =>
  name === 'enas' ? { updates: 2, batch: 3, units: 8, lr: 0.01 } : {};

const optimizer = { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 1e-3 } as const;

function run(
  name: string,
  epochs: number,
  hooks: Partial<SupernetHooks> = {},
  args: Record<string, number> = argsOf(name),
  lr: number = optimizer.lr,
): Promise<TrainedSupernet> {
  const train = { epochs, batch: 8, optimizer: { ...optimizer, lr }, schedule: { name: 'cosine' } } as const;
  const task = { searched, dataset: images, method: { name, args }, train, seed: 7 };
  return trainSupernet(task, {
    makeWeights: (layout, update) =>
      referenceWeights({ layout, update, dataset: images, seed: 7, precision: 'f32' }),
    file: undefined,
    ...hooks,
  });
}

const onDevice: SupernetHooks['makeWeights'] = (layout, update) =>
  deviceWeights(device(), { layout, update, dataset: images, seed: 7 });

/** All that a supernet is: weights, what the optimiser keeps, what the method keeps. */
async function stateOf({ supernet, method }: TrainedSupernet): Promise<unknown> {
  const [weights, optimizerState] = [await supernet.weights.read(), await supernet.weights.readOptimizer()];
  return {
    weights: [...weights],
    optimizer: [optimizerState.step, [...optimizerState.tensors]],
    method: method.save(),
  };
}

describe.each(names)('%s', (name) => {
  test('learns, and what it derives are members', async () => {
    const reports: EpochReport[] = [];
    const trained = await run(name, 12, { onEpoch: (_, report) => void reports.push(report) });
    expect(reports).toHaveLength(12);
    const meanLoss = (some: readonly EpochReport[]): number => meanOf(some.map(({ loss }) => loss));
    expect(meanLoss(reports.slice(6))).toBeLessThan(meanLoss(reports.slice(0, 6)));
    for (const { choices } of await trained.method.candidates(2)) {
      expect(searched.members.contains({ space: smoothSpace.name, choices })).toBe(true);
    }
    expect((await trained.method.candidates(2)).length > 0).toBe(methods[name].derives);
    for (const { leading } of reports)
      if (leading) expect(searched.members.contains({ ...leading, space: smoothSpace.name })).toBe(true);
    const score = await trained.score(searched.members.unrank(0n).choices);
    expect(score.images).toBe(24);
    expect(Number.isFinite(score.loss)).toBe(true);
    trained.release();
  });

  test('goes on to the same bits from what it left after any epoch', async () => {
    const whole = await run(name, 4, { makeWeights: onDevice });
    const expected = await stateOf(whole);
    whole.release();
    for (const until of [1, 3]) {
      const path = join(folder, `${name} ${until}.safetensors`);
      const file = checkpointFile(path, 'mine');
      const stop = new Error('stopped');
      const onEpoch = (epoch: number): void => {
        if (epoch + 1 === until) throw stop;
      };
      await expect(run(name, 4, { makeWeights: onDevice, file, onEpoch })).rejects.toBe(stop);
      const again = await run(name, 4, { makeWeights: onDevice, file });
      expect(await stateOf(again)).toEqual(expected);
      again.release();
    }
  });
});

test('in a space of one network, the supernet is trained as that network is by itself', async () => {
  const one = compileText(`nas 1
space one {
  input x: image[4, 4, 2]
  output x |> conv(6, 3) |> batch_norm |> relu |> classifier(3)
}`);
  const train = { epochs: 5, batch: 8, optimizer, schedule: { name: 'cosine' } } as const;
  const losses: number[] = [];
  const task = { searched: one, dataset: images, method: { name: 'paths', args: {} }, train, seed: 7 };
  const trained = await trainSupernet(task, {
    makeWeights: onDevice,
    file: undefined,
    onEpoch: (_, { loss }) => void losses.push(loss),
  });
  const [network] = [...one.members.enumerate()];
  const alone = await trainAndMeasure(
    webGpuExecutor(device()),
    {
      training: trainingGraph(one.space, network, 8),
      evaluation: evaluationGraph(one.space, network, 8),
      dataset: images,
      trainOn: 'train',
      evaluateOn: 'validation',
      train,
      seed: 7,
      keepTensors: true,
    },
    () => undefined,
  );
  losses.forEach((loss, i) => expect(loss).toBeCloseTo(alone.epochLosses[i], 6));
  const weights = await trained.supernet.weights.read();
  for (const [name, { data }] of weights) {
    const expected = alone.tensors!.get(name)!.data;
    data.forEach((w: number, i: number) => expect(w).toBeCloseTo(expected[i], 5));
  }
  trained.release();
});

test('a training that diverges is told, and nothing of it is kept', async () => {
  const file = checkpointFile(join(folder, 'diverged.safetensors'), 'mine');
  const refused = await run('paths', 3, { file }, {}, 1e30).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect((refused as Refusal).diagnostics[0]).toMatchObject({ code: 'NAS4831' });
  expect(await file.read()).toBeUndefined();
});

test('ENAS derives different networks, and the same ones first, however many are wanted', async () => {
  const trained = await run('enas', 1);
  const derived = async (count: number): Promise<string[]> =>
    (await trained.method.candidates(count)).map(({ choices }) => choices.join());
  const [few, more] = [await derived(1), await derived(20)];
  expect(more.slice(0, few.length)).toEqual(few);
  expect(more.length).toBeGreaterThanOrEqual(20);
  expect(new Set(more).size).toBe(more.length);
  // Where there are no more, the drawing ends.
  expect((await derived(1000)).length).toBe(27);
});

describe('weights on a device', () => {
  test('that are too many for a binding are refused before anything is allocated', () => {
    const one = { name: 'w', shape: [40_000_000], init: { kind: 'constant', value: 0 } } as const;
    const options = { layout: sharedLayout([one]), update: { optimizer }, dataset: images, seed: 1 };
    expect(() => deviceWeights(device(), options)).toThrow('the weights of the supernet');
  });

  test('that is lost are told of, and given back without a second error', async () => {
    const lost = await openDevice();
    const layout = sharedLayout(sharedParameters(smoothSpace));
    const weights = deviceWeights(lost, { layout, update: { optimizer }, dataset: images, seed: 1 });
    const supernet = new Supernet(smoothSpace, weights, 8, false);
    lost.destroy();
    const path = { space: smoothSpace.name, choices: searched.members.unrank(0n).choices };
    await expect(supernet.trainPath(path, Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), 0.1)).rejects.toThrow();
    supernet.release();
    weights.release();
  });
});

describe('a checkpoint', () => {
  const path = join(folder, 'one.safetensors');
  const problem = async (fingerprint = 'mine'): Promise<string> => {
    const error: unknown = await checkpointFile(path, fingerprint)
      .read()
      .catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(Refusal);
    return (error as Refusal).diagnostics[0].message;
  };

  test('that is absent is none; one of another search, a damaged or a cut one is refused', async () => {
    expect(await checkpointFile(path, 'mine').read()).toBeUndefined();
    (await run('darts', 1, { file: checkpointFile(path, 'mine') })).release();
    const { epochs } = (await checkpointFile(path, 'mine').read())!;
    expect(epochs).toBe(1);
    expect(await problem('of another')).toContain(
      'it follows from other settings (mine, and not of another)',
    );
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 5));
    expect(await problem()).toContain('it is no whole file of tensors');
    writeFileSync(path, 'no tensors at all');
    expect(await problem()).toContain('it is no whole file of tensors');
    const broken = Buffer.from(bytes);
    const at = broken.indexOf('"epochs":"1"');
    broken.write('"epochs":"x"', at);
    writeFileSync(path, broken);
    expect(await problem()).toContain('what it holds is not what was written');
    // One bit of a weight.
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 3] ^= 1;
    writeFileSync(path, flipped);
    expect(await problem()).toContain('what it holds is not what was written');
  });
});
