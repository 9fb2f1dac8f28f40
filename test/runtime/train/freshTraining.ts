/**
 * A short training in a process of its own: `freshTraining.ts SPACE SEED [supernet]`. The seed draws an architecture of a
 * shipped space (its supernet is the same for all), an optimiser, kernels with or without subgroups, and the data. Prints JSON: what was trained, and for each way of
 * planning it a hash of all bits of weights, statistics, what the optimiser keeps, and losses.
 */
import { createHash } from 'node:crypto';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { toCompact } from '../../../compiler/space/encode.ts';
import type { OptimizerRule } from '../../../compiler/optimizers/optimizer.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { planTraining, type TrainingOptions } from '../../../compiler/wgsl/lower.ts';
import { withWatch } from '../../../compiler/wgsl/watch.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import { uploadData } from '../../../runtime/execute/residentData.ts';
import { runWatched } from '../../../runtime/execute/watch.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { supernetGraphs } from '../../../runtime/search/predict.ts';
import { trainingGraph } from '../../../runtime/search/evaluation/graphs.ts';
import { hashString, normalAt, Random, uniformAt } from '../../../util/random.ts';
import { present } from '../../../util/invariant.ts';
import { compileShipped, drawMembers, shippedSpaces } from '../../spaces/shipped.ts';

const BATCH = 8;
const ROWS = 24;
const STEPS = 6;
const CLASSES = 10;

const rules: readonly OptimizerRule[] = [
  { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 },
  { name: 'rmsprop', alpha: 0.9, epsilon: 1e-6, momentum: 0.5, weightDecay: 0 },
];

/** All ways to plan that promise the same bits. */
const plannings = [{}, { fuse: false }, { merge: false }] as const;

const [name = '', number = '0', kind = 'architecture'] = process.argv.slice(2);
const seed = Number(number);
const shipped = shippedSpaces.find((space) => space.name === name);
if (!shipped) throw new Error(`no space is called ${name}`);
const compiled = compileShipped(shipped);
const [architecture] = drawMembers(compiled, 1, new Random(seed));
if (!architecture) throw new Error('nothing was drawn');
const graph =
  kind === 'supernet'
    ? supernetGraphs(compiled.space, BATCH).training
    : trainingGraph(compiled.space, architecture, BATCH);

const optimizer = present(rules[seed % rules.length], 'a rule');
const extra = [{}, { clip: 1 }, { ema: 0.9 }, { clip: 0.1, ema: 0.99 }, {}][seed % 5] ?? {};
const device = await openDevice();
const profile = seed % 7 >= 5 ? { ...device.profile, subgroupSize: undefined } : device.profile;

const image = graph.nodes.find((node) => node.kind === 'input' && node.name === 'x');
const x = Float32Array.from({ length: ROWS * elementsOf(image?.shape.slice(1) ?? []) }, (_, i) =>
  normalAt(seed, hashString('x'), i),
);
const labels = Int32Array.from({ length: ROWS }, (_, i) =>
  Math.floor(uniformAt(seed, hashString('labels'), i) * CLASSES),
);
const data = uploadData(device, { x, labels });
const hashes = [];
// One after the other: each has the device for itself.
for (const planning of plannings) hashes.push(await hashOf({ profile, optimizer, ...extra, ...planning }));
console.log(
  JSON.stringify({ space: name, architecture: toCompact(compiled.space, architecture), optimizer, hashes }),
);
data.destroy();
device.destroy();

async function hashOf(options: TrainingOptions): Promise<string> {
  const plan = withWatch(planTraining(graph, { feed: { capacity: ROWS }, ...options }));
  const execution = await prepare(device, plan, data);
  execution.writeTensors(beginning(graph));
  execution.writeIndices(Int32Array.from({ length: ROWS }, (_, i) => (i * 7) % ROWS));
  const steps = Array.from({ length: STEPS }, (_, i) => ({
    learningRate: 0.01 / (1 + i),
    offset: (i * BATCH) % ROWS,
  }));
  const { records, fault } = await runWatched(execution, 'train', steps);
  if (fault) throw new Error(`a number is none: ${JSON.stringify(fault)}`);
  const kept = [...records, ...(await execution.readTensors()), ...(await execution.readOptimizer()).tensors];
  const hash = createHash('sha256');
  for (const [tensor, values] of kept) {
    hash.update(tensor).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  execution.destroy();
  return hash.digest('hex');
}

function beginning({ nodes }: Graph): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const node of nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    values.set(node.name, initialValues(node.name, node.shape, node.init, seed));
  }
  return values;
}
