/**
 * `npm run bench:children [CHILDREN]`: how long the host takes from an architecture to its first submitted training step, for
 * children of NAS-Bench-201 at 8 channels (batch 64) after the kernel set of the space is compiled: with one cell for each
 * stage and with five. Prints the median of each stage of the way in milliseconds of wall time, all but the submission in
 * milliseconds of the process's CPU time (which counts the garbage collector's threads, too), and what might grow:
 * pipelines, device memory, memory of the process.
 */
import { readFileSync } from 'node:fs';
import { compileSpace } from '../compiler/compile.ts';
import { initialValues } from '../compiler/graph/initialize.ts';
import { kernelSet } from '../compiler/kernelSet/kernelSet.ts';
import { readProgram } from '../compiler/program.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import { withWatch } from '../compiler/wgsl/watch.ts';
import { openDevice } from '../runtime/device/device.ts';
import { uploadData } from '../runtime/execute/residentData.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { nodeHost } from '../runtime/host.ts';
import { warmUp } from '../runtime/kernels/warmUp.ts';
import { trainingGraph } from '../runtime/search/evaluation/graphs.ts';
import { Random } from '../util/random.ts';
import { medianOf } from '../util/statistics/summary.ts';

const BATCH = 64;
const IMAGES = 512;
const children = Number(process.argv[2] ?? 200);

const optimizer = { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
const stages = ['graph', 'plan', 'prepare', 'weights', 'submit'] as const;
type Stage = (typeof stages)[number] | 'all';

const text = readFileSync(new URL('../spaces/nasbench201.nas', import.meta.url), 'utf8');
const { value: program } = readProgram({ name: 'nasbench201.nas', text }, nodeHost());
if (!program) throw new Error('nasbench201.nas cannot be read');
const device = await openDevice();
const { profile, gpu } = device;

const MiB = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
const ms = (value: number): number => Math.round(value * 100) / 100;

for (const cells of [1, 5]) {
  const settings = { c: 8, n: cells };
  const set = Object.entries(settings).map(([path, value]) => ({ path, value: String(value) }));
  const { value: compiled } = compileSpace(program, undefined, set);
  if (!compiled) throw new Error('nasbench201.nas does not compile');
  const { space, members } = compiled;
  const start = performance.now();
  const kernels = kernelSet(space, { profile, trainings: [{ batch: BATCH, optimizer }] });
  const listed = performance.now();
  await warmUp(device, kernels);
  const warm = performance.now();
  console.log(
    JSON.stringify({
      cells,
      kernels: kernels.length,
      listMs: ms(listed - start),
      compileMs: ms(warm - listed),
    }),
  );
  const before = device.pipelines.counters.compiled;
  const data = uploadData(device, {
    x: new Float32Array(IMAGES * 32 * 32 * 3),
    labels: new Int32Array(IMAGES),
  });
  const order = Int32Array.from({ length: IMAGES }, (_, i) => i);
  const walls = new Map<Stage, number[]>();
  const cpus: number[] = [];
  const resident: number[] = [];
  const bytes: number[] = [];
  const random = new Random(41, 3);
  for (let child = 0; child < children; child++) {
    const { architecture } = members.sample(random);
    if (architecture === undefined) throw new Error('no draw');
    const cpu = process.cpuUsage();
    const first = performance.now();
    let last = first;
    const lap = (stage: Stage, from = last): void => {
      const now = performance.now();
      walls.set(stage, [...(walls.get(stage) ?? []), now - from]);
      last = now;
    };
    const graph = trainingGraph(space, architecture, BATCH);
    lap('graph');
    const plan = withWatch(planTraining(graph, { profile, feed: { capacity: IMAGES }, optimizer }));
    lap('plan');
    const execution = await prepare(device, plan, data);
    lap('prepare');
    const slots = [...plan.parameters, ...plan.states];
    execution.writeTensors(
      new Map(slots.map(({ name, shape, init }) => [name, initialValues(name, shape, init, 1)])),
    );
    execution.writeIndices(order);
    lap('weights');
    // Before the device begins to work, which a software adapter does in this process.
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1000);
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of execution.programs['train'] ?? []) dispatch.encode(pass);
    pass.end();
    gpu.queue.submit([encoder.finish()]);
    lap('submit');
    lap('all', first);
    await device.finish();
    bytes.push(execution.bytes);
    execution.destroy();
    resident.push(process.memoryUsage.rss());
  }
  data.destroy();
  console.log(
    JSON.stringify({
      cells,
      children,
      medianMs: Object.fromEntries([...walls].map(([stage, values]) => [stage, ms(medianOf(values))])),
      bestMs: ms(Math.min(...(walls.get('all') ?? []))),
      medianCpuMs: ms(medianOf(cpus)),
      bestCpuMs: ms(Math.min(...cpus)),
      pipelinesCompiled: device.pipelines.counters.compiled - before,
      deviceMiB: [MiB(Math.min(...bytes)), MiB(Math.max(...bytes))],
      residentMiB: [0, 0.25, 0.5, 0.75, 1].map((part) =>
        MiB(resident[Math.min(children - 1, Math.floor(part * children))] ?? NaN),
      ),
    }),
  );
}
device.destroy();
