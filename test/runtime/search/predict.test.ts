/** What is predicted of a trial, held against what WebGPU is then asked for. */
import { describe, expect, test } from 'vitest';
import { compileSearch } from '../../../compiler/compile.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { readProgram } from '../../../compiler/program.ts';
import { augmentOf } from '../../../compiler/search/search.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { relax } from '../../../compiler/space/relax.ts';
import type { Space } from '../../../compiler/space/space.ts';
import { diagnose, Refusal } from '../../../grammar/diagnostics.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { WATCHED_STEPS } from '../../../runtime/execute/watch.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { nodeHost } from '../../../runtime/host.ts';
import {
  architectureGraphs,
  predictTrial,
  supernetGraphs,
  trialPlans,
  type Prediction,
  type TrialGraphs,
  type TrialTerms,
} from '../../../runtime/search/predict.ts';
import { spaceHost } from '../../../runtime/search/spaceHost.ts';
import { trainAndMeasure } from '../../../runtime/train/loop.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { vocabulary } from '../../../runtime/vocabulary.ts';
import { present } from '../../../util/invariant.ts';
import { Random } from '../../../util/random.ts';
import { long, patience } from '../../long.ts';
import { compileShipped, drawMembers, shippedSpaces } from '../../spaces/shipped.ts';
import { compileText } from '../../compiler/space/helpers.ts';
import { countingDevice } from '../device/countingDevice.ts';
import { useDevice } from '../execute/onDevice.ts';

const theDevice = useDevice();

const BATCH = 2;

/** Every option that adds memory or kernels. */
const terms = (profile: TrialTerms['profile']): TrialTerms => ({
  profile,
  update: {
    optimizer: { name: 'adamw', lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
    clip: 1,
    ema: 0.9,
  },
  capacity: { training: 4 * BATCH, evaluation: 6 * BATCH },
  residentBytes: 0,
});

/** Multiply-accumulates of one image, counted from the shapes of filters and results, as papers define them. */
function macsOf({ nodes }: Graph): number {
  let macs = 0;
  for (const node of nodes) {
    if (node.kind !== 'op') continue;
    const [x = [], w = []] = node.inputs.map((id) => present(nodes[id], 'an input').shape);
    const outputs = node.shape.reduce((a, b) => a * b, 1);
    if (node.op === 'conv') macs += outputs * w.slice(0, 3).reduce((a, b) => a * b, 1);
    else if (node.op === 'depthwise') macs += outputs * w.slice(0, 2).reduce((a, b) => a * b, 1);
    else if (node.op === 'matmul') macs += outputs * present(w[0], 'rows of a matrix');
    else if (node.op === 'batch_matmul') macs += outputs * present(x.at(-1), 'columns of a matrix');
  }
  return macs / BATCH;
}

const { code: overLimit } = diagnose('deviceLimit', { what: '', needed: 0, limit: '', allowed: 0 });

function predictedOrRefused(graphs: TrialGraphs, told: TrialTerms): Prediction | undefined {
  try {
    return predictTrial(graphs, told);
  } catch (error) {
    if (error instanceof Refusal && error.diagnostics.every(({ code }) => code === overLimit))
      return undefined;
    throw error;
  }
}

/** Prepares both plans of a trial on the device, encodes them, and compares. */
async function expectTruth(graphs: TrialGraphs, network: Graph): Promise<void> {
  const { device, counts } = countingDevice(theDevice());
  const prediction = predictedOrRefused(graphs, terms(device.profile));
  // Some networks of some spaces need more than every device offers.
  if (prediction === undefined) return expect(counts).toEqual({ bytes: 0, pipelines: 0, dispatches: 0 });
  const plans = trialPlans(graphs, terms(device.profile));
  const found: Record<string, unknown> = {};
  for (const name of ['training', 'evaluation'] as const) {
    const plan = plans[name];
    const rows = Object.fromEntries(
      Object.keys(present(plan.feed, 'a feed').data).map((input) => [input, new Float32Array(4)]),
    );
    const data = uploadData(device, rows);
    counts.bytes = 0;
    const compiled = counts.pipelines;
    const execution = await prepare(device, plan, data);
    const values = await execution.readTensors(plan.parameters.map(({ name: parameter }) => parameter));
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    counts.dispatches = 0;
    for (const dispatch of Object.values(execution.programs).flat()) dispatch.encode(pass);
    pass.end();
    encoder.finish();
    found[name] = {
      bytes: counts.bytes,
      ours: execution.bytes,
      params: [...values.values()].reduce((sum, { length }) => sum + length, 0),
      pipelines: name === 'training' ? counts.pipelines - compiled : undefined,
      dispatches: counts.dispatches,
    };
    execution.destroy();
    expect(counts.bytes).toBe(0);
    data.destroy();
  }
  const { training, evaluation } = prediction;
  const [trainingBytes, evaluationBytes] = [training.bytes, evaluation.bytes];
  expect(found).toEqual({
    training: {
      bytes: trainingBytes,
      ours: trainingBytes,
      params: prediction.params,
      pipelines: training.pipelines,
      dispatches: training.dispatches + training.checkDispatches,
    },
    evaluation: {
      bytes: evaluationBytes,
      ours: evaluationBytes,
      params: prediction.params,
      pipelines: undefined,
      dispatches: evaluation.dispatches + evaluation.checkDispatches,
    },
  });
  expect(counts.pipelines).toBe(prediction.pipelines);
  expect(device.pipelines.counters.compiled).toBe(prediction.pipelines);
  expect(prediction.peakBytes).toBe(Math.max(trainingBytes, evaluationBytes));
  expect(prediction.macs).toBe(macsOf(network));
}

/** Whether networks of the space can be trained yet: on classes, by one vector for each image. */
function isTrainable(space: Space): boolean {
  const output = present(space.nodes[space.output], 'the output').shape;
  return output.kind === 'fixed' && output.value.length === 1;
}

const compiled = shippedSpaces.map((shipped) => ({ name: shipped.name, compiled: compileShipped(shipped) }));
const trainable = compiled.filter(({ compiled: { space } }) => isTrainable(space));

describe('plan = truth', () => {
  // 200 architectures and more in the long mode.
  const wanted = long ? Math.ceil(200 / trainable.length) * 2 : 1;
  let tried = 0;
  test.each(trainable)(
    '$name',
    async ({ compiled: one }) => {
      for (const architecture of drawMembers(one, wanted, new Random(23, 5))) {
        const graphs = architectureGraphs(one.space, architecture, BATCH);
        await expectTruth(graphs, instantiate(one.space, architecture, { batch: BATCH, mode: 'inference' }));
        tried++;
      }
    },
    patience,
  );

  test('as many as were promised', () => {
    expect(tried).toBeGreaterThanOrEqual(long ? 200 : trainable.length);
  });

  test(
    'supernets',
    async () => {
      const relaxable = trainable.flatMap(({ name, compiled: { space } }) => {
        try {
          return [{ name, space, network: relax(space, { batch: BATCH, mode: 'inference' }).graph }];
        } catch (error) {
          if (error instanceof Refusal) return [];
          throw error;
        }
      });
      expect(relaxable.map(({ name }) => name)).toEqual(expect.arrayContaining(['nasbench201', 'darts']));
      const some = long ? relaxable : relaxable.filter(({ name }) => name === 'nasbench201');
      for (const { space, network } of some) await expectTruth(supernetGraphs(space, BATCH), network);
    },
    patience,
  );
});

test.each([
  ['as it stands', []],
  [
    'with all that a final one has',
    ['drop_path=0.2', 'label_smoothing=0.1', 'flip=true', 'crop=1', 'cutout=3'],
  ],
] as const)(
  'a trial as a search runs it takes what was predicted: %s',
  { timeout: 120_000 },
  async (_, more) => {
    const shipped = present(
      shippedSpaces.find(({ file }) => file === 'digits.nas'),
      'digits.nas',
    );
    const program = present(
      readProgram({ name: shipped.file, text: shipped.text }, nodeHost()).value,
      'a program',
    );
    const settings = ['epochs=1', ...more].map((setting) => {
      const [name = '', text = ''] = setting.split('=');
      return { path: `evaluate.${name}`, value: text };
    });
    const { value } = compileSearch(program, 'quick', settings, vocabulary);
    const search = present(value, 'the search');
    const { device, counts } = countingDevice(theDevice());
    const executor = webGpuExecutor(device);
    const architecture = search.members.unrank(3n);
    const { training, evaluation, train, trainOn, evaluateOn, seed, keepTensors, data } = spaceHost(
      search,
    ).request(architecture, 'trial', 1, 1);
    const dataset = await loadData(data);
    const { optimizer, batch } = train;
    const [steps, measured] = [
      Math.floor(dataset.split.train.length / batch),
      Math.ceil(dataset.split.validation.length / batch),
    ];
    const prediction = predictTrial(architectureGraphs(search.space, architecture, batch, train), {
      profile: device.profile,
      update: { optimizer },
      augment: augmentOf(train),
      capacity: { training: steps * batch, evaluation: measured * batch },
      residentBytes: dataset.images.byteLength + dataset.labels.byteLength,
    });
    let most = 0;
    const task = { training, evaluation, dataset, train, trainOn, evaluateOn, seed, keepTensors };
    await trainAndMeasure(executor, task, () => {
      most = Math.max(most, counts.bytes);
      expect(executor.bufferBytes()).toBe(counts.bytes);
    });
    expect(most).toBe(prediction.peakBytes);
    expect(counts.bytes).toBe(prediction.residentBytes);
    expect(counts.pipelines).toBe(prediction.pipelines);
    expect(counts.dispatches).toBe(
      steps * prediction.training.dispatches +
        Math.ceil(steps / WATCHED_STEPS) * prediction.training.checkDispatches +
        measured * prediction.evaluation.dispatches,
    );
  },
);

test('what is over the limits is refused before anything is allocated', () => {
  const { space, members } = compileText(
    'nas 1\nspace wide {\n  input x: image[64, 64, 3]\n  output x |> conv(choose c {8, 4096}, 3) |> classifier(10)\n}\n',
  );
  const { device, counts } = countingDevice(theDevice());
  const graphs = architectureGraphs(space, members.unrank(1n), 64);
  expect(() => predictTrial(graphs, terms(device.profile))).toThrow(
    /maxBufferSize|maxStorageBufferBindingSize/,
  );
  expect(counts).toEqual({ bytes: 0, pipelines: 0, dispatches: 0 });
});
