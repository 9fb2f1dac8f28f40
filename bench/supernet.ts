/**
 * `npm run bench:supernet`: a weight step of a small DARTS supernet (`bench/supernet.nas`, batch 32; forward, all gradients,
 * the optimiser) on this machine's adapter, and the same step in PyTorch (`bench/peers/supernet.py`, Debian's
 * python3-torch) where that is installed; there the loss and all gradients are compared too, in float64. Prints JSON lines,
 * and where the time goes, dispatch by dispatch, when told `trace`.
 *
 * `cpuMs` is half of the process's CPU time per step: what two idle cores would take.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileSpace } from '../compiler/compile.ts';
import type { Graph } from '../compiler/graph/graph.ts';
import { initialValues } from '../compiler/graph/initialize.ts';
import { withClassificationLoss } from '../compiler/graph/loss.ts';
import { runGraphPasses } from '../compiler/graph/pipeline.ts';
import type { CpuTensor } from '../compiler/ops/op.ts';
import { readProgram } from '../compiler/program.ts';
import { searchForm } from '../compiler/share/searchForm.ts';
import { relax } from '../compiler/space/relax.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import { openDevice } from '../runtime/device/device.ts';
import { runReference } from '../runtime/execute/reference.ts';
import { printTrace, traceProgram } from '../runtime/execute/trace.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { nodeHost } from '../runtime/host.ts';
import { noTorch, pythonWithTorch } from './peers/python.ts';

const BATCH = 32;
const STEPS = 8;

const source = {
  name: 'bench/supernet.nas',
  text: readFileSync(new URL('supernet.nas', import.meta.url), 'utf8'),
};
const { value: program } = readProgram(source, nodeHost());
const compiled = program && compileSpace(program, undefined, []).value;
if (!compiled) throw new Error('bench/supernet.nas does not compile');
const { space } = compiled;

/** The training graph of a batch, as the released code of DARTS relaxes its space. */
function trainingGraph(batch: number): Graph {
  const { graph } = relax(searchForm(space, { normalizePools: true, affine: false }), {
    batch,
    mode: 'training',
    zero: true,
  });
  const loss = withClassificationLoss(graph, { logits: 'logits', reduction: 'mean' });
  return runGraphPasses(loss, { loss: 'loss' });
}

/** Writes parameters, a small batch, and what the float64 reference makes of them, for the PyTorch program. */
function writeFeeds(file: string): void {
  const small = trainingGraph(4);
  const named = (kind: 'parameter' | 'state'): Record<string, CpuTensor> =>
    Object.fromEntries(
      small.nodes.flatMap((node) =>
        node.kind === kind
          ? [
              [
                node.name,
                { shape: node.shape, data: initialValues(node.name, node.shape, node.init, 1) },
              ] as const,
            ]
          : [],
      ),
    );
  const parameters = named('parameter');
  const x = { shape: [4, 16, 16, 3], data: initialValues('x', [4, 16, 16, 3], { kind: 'he', fanIn: 2 }, 1) };
  const labels = { shape: [4], data: Int32Array.from([1, 7, 3, 0]) };
  const feeds = { inputs: { x, labels }, parameters, states: named('state') };
  const { outputs, gradients } = runReference(small, feeds, { precision: 'f64' });
  const plain = (tensors: Readonly<Record<string, CpuTensor>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
    );
  const names = Object.keys(parameters);
  const all = {
    names,
    alphas: names.filter((name) => name.startsWith('alpha.')),
    parameters: plain(parameters),
    gradients: plain(gradients),
    ...plain({ x }),
    labels: [...labels.data],
    loss: outputs['loss']?.data[0],
    batch: BATCH,
  };
  writeFileSync(file, JSON.stringify(all));
}

/** The same step in PyTorch. */
function comparePyTorch(): void {
  const folder = mkdtempSync(join(tmpdir(), 'naslang-supernet-'));
  try {
    const file = join(folder, 'feeds.json');
    const script = fileURLToPath(new URL('peers/supernet.py', import.meta.url));
    const python = pythonWithTorch();
    if (python === undefined) {
      console.log(`PyTorch: skipped, since ${noTorch}`);
      return;
    }
    writeFeeds(file);
    const { stdout, stderr, status } = spawnSync(python, [script, file], { encoding: 'utf8' });
    console.log(status === 0 ? `PyTorch ${stdout.trim()}` : `PyTorch failed: ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const graph = trainingGraph(BATCH);
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
console.log(
  'naslang',
  JSON.stringify(row, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(1)) : v)),
);
if (process.argv[2] === 'trace') console.log(printTrace(await traceProgram(execution, 'train')));
execution.destroy();
device.destroy();
comparePyTorch();
