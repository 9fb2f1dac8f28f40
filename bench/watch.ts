/**
 * `npx tsx bench/watch.ts`: what watching for infinities and NaN costs in a training, of the check network (batch 64) and
 * of a network of `spaces/digits.nas` (batch 64). Prints JSON lines: milliseconds of a step, plain and watched by turns.
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
  const plan = withWatch(planTraining(graph, { profile: device.profile, optimizer }));
  const execution = await prepare(device, plan);
  const values = [...plan.parameters, ...plan.states].map(
    (slot) => [slot.name, initialValues(slot.name, slot.shape, slot.init, 1)] as const,
  );
  execution.writeTensors(new Map(values));
  const steps = Array.from({ length: STEPS }, () => ({ learningRate: 1e-3 }));
  const plain: Cost[] = [];
  const watched: Cost[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- timed one after the other
    const one = await costOf(() => execution.run('train', steps));
    // oxlint-disable-next-line no-await-in-loop -- timed one after the other
    const other = await costOf(() => runWatched(execution, 'train', steps));
    if (round >= 0) {
      plain.push(one);
      watched.push(other);
    }
  }
  const row = (costs: readonly Cost[]): object => ({
    bestMs: Math.min(...costs.map(({ wallMs }) => wallMs)),
    medianMs: middle(costs.map(({ wallMs }) => wallMs)),
    cpuMs: middle(costs.map(({ cpuMs }) => cpuMs)),
  });
  const result = {
    name,
    dispatches: plan.programs['train']?.length,
    plain: row(plain),
    watched: row(watched),
  };
  console.log(JSON.stringify(result, (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(3)) : v)));
  execution.destroy();
}

await measure('digits', digitsNetwork());
await measure('check network', differentiate(checkNetwork(), 'loss'));
device.destroy();
