/**
 * `npx tsx bench/watch.ts`: what watching for infinities and NaN costs in a training, of the check network (batch 64) and
 * of a network of `spaces/digits.nas` (batch 64). Prints JSON lines: milliseconds of a step, plain and watched by turns,
 * and the same of a step without any dispatch, where what watching adds does not drown in noise.
 *
 * `cpuMs` is half of the process's CPU time per step: what two idle cores would take.
 */
import { readFileSync } from 'node:fs';
import { compileSearch } from '../compiler/compile.ts';
import { differentiate } from '../compiler/graph/autodiff.ts';
import type { Graph } from '../compiler/graph/graph.ts';
import { initialValues } from '../compiler/graph/initialize.ts';
import { readProgram } from '../compiler/program.ts';
import { planTraining } from '../compiler/wgsl/lower.ts';
import type { Plan } from '../compiler/wgsl/plan.ts';
import { withWatch } from '../compiler/wgsl/watch.ts';
import { openDevice } from '../runtime/device/device.ts';
import { runWatched } from '../runtime/execute/watch.ts';
import { prepare } from '../runtime/execute/webgpu.ts';
import { nodeHost } from '../runtime/host.ts';
import { spaceHost } from '../runtime/search/spaceHost.ts';
import { vocabulary } from '../runtime/vocabulary.ts';
import { checkNetwork } from '../test/fixtures/checkNetwork.ts';
import { present } from '../util/invariant.ts';

const STEPS = 96;
const ROUNDS = Number(process.argv[2] ?? 15);
const device = await openDevice();
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 } as const;

function digitsNetwork(): Graph {
  const text = readFileSync(new URL('../spaces/digits.nas', import.meta.url), 'utf8');
  const program = present(readProgram({ name: 'digits.nas', text }, nodeHost()).value, 'the program');
  const compiled = present(compileSearch(program, 'quick', [], vocabulary).value, 'the search');
  return spaceHost(compiled).request(compiled.members.unrank(1000n), 'trial', 1, 1).training;
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: (performance.now() - begin) / STEPS, cpuMs: (user + system) / 2000 / STEPS };
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function measure(name: string, graph: Graph): Promise<void> {
  const training = withWatch(planTraining(graph, { profile: device.profile, optimizer }));
  const plan: Plan = { ...training, programs: { ...training.programs, idle: [] } };
  const execution = await prepare(device, plan);
  const values = [...plan.parameters, ...plan.states].map(
    (slot) => [slot.name, initialValues(slot.name, slot.shape, slot.init, 1)] as const,
  );
  execution.writeTensors(new Map(values));
  const steps = Array.from({ length: STEPS }, () => ({ learningRate: 1e-3 }));
  const ways = {
    plain: () => execution.run('train', steps),
    watched: () => runWatched(execution, 'train', steps),
    idle: () => execution.run('idle', steps),
    idleWatched: () => runWatched(execution, 'idle', steps),
  };
  const costs = new Map<string, Cost[]>(Object.keys(ways).map((way) => [way, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [way, work] of Object.entries(ways)) {
      // oxlint-disable-next-line no-await-in-loop -- timed one after the other
      const cost = await costOf(work);
      if (round >= 0) costs.get(way)?.push(cost);
    }
  }
  const row = (of: readonly Cost[]): object => ({
    bestMs: Math.min(...of.map(({ wallMs }) => wallMs)),
    medianMs: middle(of.map(({ wallMs }) => wallMs)),
    cpuMs: middle(of.map(({ cpuMs }) => cpuMs)),
  });
  const rows = Object.fromEntries([...costs].map(([way, of]) => [way, row(of)]));
  const result = { name, dispatches: plan.programs['train']?.length, ...rows };
  console.log(JSON.stringify(result, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(4)) : v)));
  execution.destroy();
}

await measure('digits', digitsNetwork());
await measure('check network', differentiate(checkNetwork(), 'loss'));
device.destroy();
