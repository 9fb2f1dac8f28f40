/**
 * `npx tsx bench/supernet.ts`: a weight step of a small DARTS supernet (`bench/supernet.nas`, batch 32; forward, all
 * gradients, the optimiser) on this machine's adapter. Prints the times as a JSON line, and where the time goes, dispatch by
 * dispatch, when told `trace`.
 *
 * `cpuMs` is half of the process's CPU time per step: what two idle cores would take.
 */
import { readFileSync } from 'node:fs';
import { compileSpace } from '../compiler/compile.ts';
import { runGraphPasses } from '../compiler/graph/pipeline.ts';
import { initialValues } from '../compiler/graph/initialize.ts';
import { withClassificationLoss } from '../compiler/graph/loss.ts';
import { readProgram } from '../compiler/program.ts';
import { relax } from '../compiler/space/relax.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import { openDevice } from '../runtime/device/device.ts';
import { printTrace, traceProgram } from '../runtime/execute/trace.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { nodeHost } from '../runtime/host.ts';

const BATCH = 32;
const STEPS = 8;

const source = {
  name: 'bench/supernet.nas',
  text: readFileSync(new URL('supernet.nas', import.meta.url), 'utf8'),
};
const { value: program } = readProgram(source, nodeHost());
const compiled = program && compileSpace(program, undefined, []).value;
if (!compiled) throw new Error('bench/supernet.nas does not compile');
const relaxed = relax(compiled.space, {
  batch: BATCH,
  mode: 'training',
  zero: true,
  normalizePools: true,
  affine: false,
});
const loss = withClassificationLoss(relaxed.graph, { logits: 'logits', reduction: 'mean' });
const graph = runGraphPasses(loss, { loss: 'loss' });
const device = await openDevice();
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 3e-4 } as const;
const planned = performance.now();
const plan = planTraining(graph, { profile: device.profile, optimizer });
const preparing = performance.now();
const execution = await prepare(device, plan);
const prepared = performance.now();
execution.writeTensors(
  new Map(
    [...plan.parameters, ...plan.states].map(({ name, shape, init }) => [
      name,
      initialValues(name, shape, init, 1),
    ]),
  ),
);
execution.writeInput('x', initialValues('x', [BATCH, 16, 16, 3], { kind: 'he', fanIn: 2 }, 1));
execution.writeInput(
  'labels',
  Int32Array.from({ length: BATCH }, (_, i) => i % 10),
);
const step = async (): Promise<number> => {
  const before = performance.now();
  await execution.run('train', [{ learningRate: 0.025 }]);
  return performance.now() - before;
};
const firstMs = await step();
await step();
const times: number[] = [];
const cpu = process.cpuUsage();
for (let i = 0; i < STEPS; i++) {
  // oxlint-disable-next-line no-await-in-loop -- timed one after the other
  times.push(await step());
}
const { user, system } = process.cpuUsage(cpu);
times.sort((a, b) => a - b);
const row = {
  planMs: preparing - planned,
  prepareMs: prepared - preparing,
  firstMs,
  bestMs: times[0],
  medianMs: times[STEPS >> 1],
  cpuMs: (user + system) / 2000 / STEPS,
  dispatches: plan.programs['train']?.length,
  kernels: plan.kernels.length,
  bytes: execution.bytes,
};
console.log(JSON.stringify(row, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(1)) : v)));
if (process.argv[2] === 'trace') console.log(printTrace(await traceProgram(execution, 'train')));
execution.destroy();
device.destroy();
