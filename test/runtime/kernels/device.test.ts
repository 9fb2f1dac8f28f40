/** Kernel sets on a device: networks inside of a set compile nothing, those outside are refused or counted. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { trainingsOf } from '../../../compiler/search/search.ts';
import { kernelSet } from '../../../compiler/kernelSet/kernelSet.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import type { Plan } from '../../../compiler/wgsl/plan.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { readKernelSet } from '../../../runtime/kernels/readSet.ts';
import { warmUp } from '../../../runtime/kernels/warmUp.ts';
import { WorkerEvaluator } from '../../../runtime/evaluate/workerEvaluator.ts';
import { spaceHost } from '../../../runtime/search/spaceHost.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';
import { compileSearch, type CompiledSpace } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import { architectureGraphs, trialPlans } from '../../../runtime/search/predict.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { present } from '../../../util/invariant.ts';
import { Random } from '../../../util/random.ts';
import { long, patience } from '../../long.ts';
import { compileShipped, drawMembers, shippedSpaces, type ShippedSpace } from '../../spaces/shipped.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { countingDevice } from '../device/countingDevice.ts';
import { useDevice } from '../execute/onDevice.ts';
import { sgd, VERSION, writtenSet } from './sets.ts';

const theDevice = useDevice();
const BATCH = 4;
const MiB = 2 ** 20;
const expected = { compiler: VERSION };

const compiled = compileText(
  'nas 1\nspace s {\n  input x: image[8, 8, 3]\n  output x |> conv(8, choose k {1, 3}) |> batch_norm |> ' +
    'choose after { relu, tanh } |> classifier(4)\n}\n',
);

const shippedAs = (name: string): ShippedSpace =>
  present(
    shippedSpaces.find((shipped) => shipped.name === name),
    name,
  );
const named = (name: string): CompiledSpace => compileShipped(shippedAs(name));
const digits = shippedAs('digits');

function trainingPlan({ space }: CompiledSpace, architecture: Architecture, device: Device): Plan {
  const capacity = { training: BATCH, evaluation: BATCH };
  const terms = { profile: device.profile, update: { optimizer: sgd }, capacity, residentBytes: 0 };
  return trialPlans(architectureGraphs(space, architecture, BATCH), terms).training;
}

/** Prepares a plan on the device and gives it back. */
async function prepareOnce(device: Device, plan: Plan): Promise<void> {
  const inputs = Object.keys(present(plan.feed, 'a feed').data);
  const data = uploadData(device, Object.fromEntries(inputs.map((name) => [name, new Float32Array(4)])));
  try {
    (await prepare(device, plan, data)).destroy();
  } finally {
    data.destroy();
  }
}

describe('a loaded set', () => {
  test('its networks compile nothing', async () => {
    const { device, counts } = countingDevice(theDevice());
    const { folder } = await writtenSet(compiled.space, BATCH, device.profile);
    const { kernels } = await readKernelSet(folder, { ...expected, profile: device.profile });
    await device.pipelines.load(kernels, 'refuse');
    expect(counts.pipelines).toBe(kernels.length);
    for (const architecture of compiled.members.enumerate()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a search has them
      await prepareOnce(device, trainingPlan(compiled, architecture, device));
    }
    expect(counts).toMatchObject({ pipelines: kernels.length, bytes: 0 });
    expect(device.pipelines.counters).toMatchObject({ compiled: kernels.length, outside: 0 });
  });

  test('a network outside of it is compiled and counted', async () => {
    const { device, counts } = countingDevice(theDevice());
    const { kernels } = await writtenSet(compiled.space, BATCH, device.profile);
    await device.pipelines.load(kernels);
    const stranger = named('mobilenet_v2');
    const plan = trainingPlan(stranger, stranger.members.unrank(0n), device);
    const missing = plan.kernels.filter(({ wgsl }) => !kernels.some((kernel) => kernel.wgsl === wgsl));
    expect(missing.length).toBeGreaterThan(0);
    await prepareOnce(device, plan);
    expect(device.pipelines.counters.outside).toBe(missing.length);
    expect(counts.pipelines).toBe(kernels.length + missing.length);
    await prepareOnce(device, plan);
    expect(device.pipelines.counters.outside).toBe(missing.length);
  });

  test('or refused before anything is allocated', async () => {
    const { device, counts } = countingDevice(theDevice());
    const { kernels } = await writtenSet(compiled.space, BATCH, device.profile);
    await device.pipelines.load(kernels, 'refuse');
    const stranger = named('mobilenet_v2');
    const plan = trainingPlan(stranger, stranger.members.unrank(0n), device);
    const { feed: _, ...unfed } = plan;
    await expect(prepare(device, { ...unfed, feed: undefined })).rejects.toThrow(/NAS4704/);
    expect(counts).toEqual({ bytes: 0, pipelines: kernels.length, dispatches: 0 });
  });
});

test(
  'every kernel of a set runs over nothing and touches nothing',
  async () => {
    const names = long
      ? ['darts', 'path_tree', 'proxyless', 'smash', 'nasbench201', 'digits']
      : ['nasbench201', 'digits'];
    for (const name of names) {
      const { device, counts } = countingDevice(theDevice());
      const { space } = named(name);
      const kernels = kernelSet(space, {
        profile: device.profile,
        trainings: [{ batch: BATCH, optimizer: sgd, clip: 1, ema: 0.9 }],
      });
      // oxlint-disable-next-line no-await-in-loop -- one space after the other
      await warmUp(device, kernels);
      expect(counts).toEqual({ bytes: 0, pipelines: kernels.length, dispatches: kernels.length });
    }
  },
  patience,
);

/** Collects garbage: whatever memory is still used then, something holds. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}

describe('children of NAS-Bench-201', () => {
  const children = long ? 1000 : 50;
  test(
    'compile no pipeline, and memory is flat',
    async () => {
      const { device, counts } = countingDevice(theDevice());
      const one = named('nasbench201');
      const kernels = kernelSet(one.space, {
        profile: device.profile,
        trainings: [{ batch: BATCH, optimizer: sgd }],
      });
      await warmUp(device, kernels);
      await device.pipelines.load(kernels, 'refuse');
      const before = counts.pipelines;
      const data = uploadData(device, {
        x: new Float32Array(BATCH * 8 * 8 * 3),
        labels: new Int32Array(BATCH),
      });
      const held = counts.bytes;
      const settled: NodeJS.MemoryUsage[] = [];
      let trained = 0;
      for (const architecture of drawMembers(one, children, new Random(37, 11))) {
        const plan = trainingPlan(one, architecture, device);
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as a search has them
        const execution = await prepare(device, plan, data);
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as a search has them
        await execution.run('train', [{ learningRate: 0.1 }]);
        execution.destroy();
        expect(counts.bytes).toBe(held);
        trained += 1;
        if (trained % 50 !== 0) continue;
        collectGarbage();
        settled.push(process.memoryUsage());
      }
      data.destroy();
      expect(trained).toBe(children);
      expect(counts.pipelines - before).toBe(0);
      expect(device.pipelines.counters.outside).toBe(0);
      if (!long) return;
      // From the 100th on. What the compiler of JavaScript keeps grows by some 0.5 MiB; the rest are the allocators' margins.
      const [, hundredth, ...later] = settled;
      const { heapUsed, rss } = present(hundredth, 'the memory after 100 children');
      expect(Math.max(...later.map((memory) => memory.heapUsed))).toBeLessThan(heapUsed + 2 * MiB);
      expect(Math.max(...later.map((memory) => memory.rss))).toBeLessThan(rss + 24 * MiB);
    },
    patience,
  );
});

describe('in a worker', () => {
  const program = present(
    readProgram({ name: 'digits.nas', text: digits.text }, nodeHost()).value,
    'a program',
  );
  const short = [{ path: 'evaluate.epochs', value: '1' }];
  const search = present(compileSearch(program, 'quick', short, vocabulary).value, 'a search');
  const request = spaceHost(search).request(search.members.unrank(3n), 'trial', 1, 1);

  test('a trial inside of the set compiles nothing', { timeout: 120_000 }, async () => {
    const { folder, kernels } = await writtenSet(
      search.space,
      trainingsOf(search.search)[0],
      theDevice().profile,
    );
    const evaluator = new WorkerEvaluator({ kernels: { folder, compiler: VERSION } });
    try {
      const answer = await evaluator.train(request, () => undefined);
      if (answer.kind !== 'result') throw new Error(answer.diagnostic.message);
      expect(answer.device).toMatchObject({ pipelinesCompiled: kernels.length, pipelinesOutside: 0 });
    } finally {
      await evaluator.close();
    }
  });

  test(
    'one outside of it is trained all the same, and what it compiled is told',
    { timeout: 120_000 },
    async () => {
      const { folder, kernels } = await writtenSet(compiled.space, BATCH, theDevice().profile);
      const evaluator = new WorkerEvaluator({ kernels: { folder, compiler: VERSION } });
      try {
        const answer = await evaluator.train(request, () => undefined);
        if (answer.kind !== 'result') throw new Error(answer.diagnostic.message);
        const { pipelinesCompiled, pipelinesOutside } = answer.device;
        expect(pipelinesOutside).toBeGreaterThan(0);
        expect(pipelinesCompiled).toBe(kernels.length + pipelinesOutside);
      } finally {
        await evaluator.close();
      }
    },
  );

  test('a damaged set is told as the reason why there is no worker', { timeout: 120_000 }, async () => {
    const { folder } = await writtenSet(compiled.space, BATCH, theDevice().profile);
    rmSync(join(folder, 'plan.json'));
    const evaluator = new WorkerEvaluator({ kernels: { folder, compiler: VERSION } });
    try {
      const answer = await evaluator.train(request, () => undefined);
      expect(answer).toMatchObject({ kind: 'failure', fatal: true, diagnostic: { code: 'NAS4702' } });
    } finally {
      await evaluator.close();
    }
  });
});
