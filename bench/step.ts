/**
 * `npx tsx bench/step.ts`: the training step of the check network (batch 64, 368 MFLOP) on this machine's
 * adapter. Prints its times as JSON lines and where the time goes, dispatch by dispatch.
 *
 * `cpuMs` is half of the process's CPU time per step: what two idle cores would take.
 */
import { differentiate } from '../compiler/graph/autodiff.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import { openDevice } from '../runtime/device/device.ts';
import { printTrace, traceProgram } from '../runtime/execute/trace.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { checkBatch, checkNetwork, checkParameters, learningRate } from '../test/fixtures/checkNetwork.ts';

const STEPS = 60;
const start = performance.now();
const device = await openDevice();
const graph = differentiate(checkNetwork(), 'loss');
const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

/** One network from graph to first step, then `STEPS` more. */
async function trial(name: string, begin: number): Promise<void> {
  const planned = performance.now();
  const plan = planTraining(graph, { profile: device.profile, optimizer });
  const preparing = performance.now();
  const execution = await prepare(device, plan);
  const prepared = performance.now();
  const parameters = Object.entries(checkParameters()).map(
    ([key, { data }]) => [key, Float32Array.from(data)] as const,
  );
  execution.writeTensors(new Map(parameters));
  const { x, labels } = checkBatch();
  execution.writeInput('x', Float32Array.from(x.data));
  execution.writeInput('labels', Int32Array.from(labels.data));
  const steps = (count: number): Promise<unknown> =>
    execution.run(
      'train',
      Array.from({ length: count }, () => ({ learningRate })),
    );
  await steps(1);
  const first = performance.now();
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < STEPS; i += 1) {
    const before = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- timed one after the other
    await steps(1);
    times.push(performance.now() - before);
  }
  const { user, system } = process.cpuUsage(cpu);
  const before = performance.now();
  await steps(STEPS);
  const queuedMs = (performance.now() - before) / STEPS;
  times.sort((a, b) => a - b);
  const row = {
    name,
    planMs: preparing - planned,
    prepareMs: prepared - preparing,
    firstStepDoneMs: first - begin,
    bestMs: times[0],
    medianMs: times[STEPS / 2],
    queuedMs,
    cpuMs: (user + system) / 2000 / STEPS,
    dispatches: plan.programs['train']?.length,
    kernels: plan.kernels.length,
    bytes: execution.bytes,
  };
  console.log(JSON.stringify(row, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(2)) : v)));
  if (name === 'second') console.log(printTrace(await traceProgram(execution, 'train')));
  execution.destroy();
}

await trial('first of the process', start);
await trial('second', performance.now());
console.log(JSON.stringify(device.pipelines.counters));
device.destroy();
