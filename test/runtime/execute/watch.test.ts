/** Numbers that are none, put into networks at random places and at known steps; and networks that are well. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { OptimizerRule } from '../../../compiler/optimizers/optimizer.ts';
import { planTraining, type TrainingOptions } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { withWatch } from '../../../compiler/wgsl/watch.ts';
import { firstNotFinite } from '../../../runtime/execute/fault.ts';
import { runWatched, WATCHED_STEPS } from '../../../runtime/execute/watch.ts';
import { prepare, type Execution } from '../../../runtime/execute/webgpu.ts';
import { randomGraph } from '../../arbitraries/graphs.ts';
import { injected } from '../../arbitraries/injected.ts';
import { labelsFor, tensorFor } from '../../arbitraries/tensors.ts';
import { long, patience } from '../../long.ts';
import { poison, profilesOf, useDevice } from './onDevice.ts';

const device = useDevice();
const plain: OptimizerRule = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 };
const rules: readonly OptimizerRule[] = [
  plain,
  { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 },
  { name: 'rmsprop', alpha: 0.9, epsilon: 1e-6, momentum: 0.5, weightDecay: 0 },
];

const steps = (count: number, learningRate: number) =>
  Array.from({ length: count }, () => ({ learningRate }));

/** A watched training with garbage where nothing is promised; states begin at 0 if `zero` names them. */
async function start(
  graph: Graph,
  classes: number,
  seed: number,
  options: Omit<TrainingOptions, 'profile'>,
): Promise<Execution> {
  const profiles = profilesOf(device());
  const profile = profiles[seed % profiles.length];
  const execution = await prepare(
    device(),
    verifyPlan(withWatch(planTraining(graph, { profile, ...options }))),
  );
  poison(execution);
  const values = graph.nodes.flatMap((node) => {
    if (node.kind !== 'parameter' && node.kind !== 'state') return [];
    const { data } = tensorFor(node.name, node.shape, seed);
    return [[node.name, node.name === 'counter' ? new Float32Array(1) : Float32Array.from(data)] as const];
  });
  execution.writeTensors(new Map(values));
  for (const { name, shape, dtype } of execution.plan.inputs) {
    const given = dtype === 'i32' ? labelsFor(shape[0], classes, seed) : tensorFor(name, shape, seed);
    execution.writeInput(name, dtype === 'i32' ? (given.data as Int32Array) : Float32Array.from(given.data));
  }
  return execution;
}

describe('a number that is none', () => {
  it(
    'is found within 50 steps, wherever it comes up, with its step and the op that made it',
    async () => {
      expect(WATCHED_STEPS).toBeLessThanOrEqual(50);
      let leftOut = 0;
      const tried = long ? 1000 : 30;
      await fc.assert(
        fc.asyncProperty(injected(), async ({ graph, classes, seed, step, single }) => {
          const execution = await start(graph, classes, seed, { optimizer: plain });
          const { fault } = await runWatched(execution, 'train', steps(100, 1e-4));
          execution.destroy();
          // No number is larger than NaN, and none smaller: a max pool may leave a single one out, and nothing then has it.
          const pools = graph.nodes.some((node) => node.kind === 'op' && node.op === 'max_pool');
          if (single && pools && fault === undefined) leftOut += 1;
          else {
            expect(fault).toEqual({
              step,
              origin: { kind: 'op', label: 'div injected', tensor: undefined, value: Infinity, largest: 1 },
            });
          }
        }),
        { numRuns: tried },
      );
      expect(leftOut).toBeLessThanOrEqual(0.1 * tried);
    },
    patience,
  );
});

describe('networks that are well', () => {
  it(
    'raise no alarm, and watching changes no bit',
    async () => {
      let healthy = 0;
      await fc.assert(
        fc.asyncProperty(
          randomGraph(),
          fc.constantFrom(...rules),
          fc.constantFrom({}, { clip: 1 }, { ema: 0.9 }),
          async ({ graph: forward, classes, seed }, optimizer, extra) => {
            const graph = differentiate(forward, 'loss');
            const options = { optimizer, ...extra };
            const count = WATCHED_STEPS + 3;
            // Whether it is well is read from the device after a run that nobody watches: what is kept never heals.
            const plainly = await start(graph, classes, seed, options);
            const records = await plainly.run('train', steps(count, 1e-3));
            const kept = async (execution: Execution) => [
              ...(await execution.readTensors()),
              ...(await execution.readOptimizer()).tensors,
              ...(await execution.readGradients()),
            ];
            const expected = await kept(plainly);
            const well = [...records, ...expected].every(([, values]) => firstNotFinite(values) === -1);
            plainly.destroy();
            const watched = await start(graph, classes, seed, options);
            const run = await runWatched(watched, 'train', steps(count, 1e-3));
            expect(run.fault === undefined).toBe(well);
            if (well) {
              healthy += 1;
              expect(run.records).toEqual(records);
              expect(await kept(watched)).toEqual(expected);
            }
            watched.destroy();
          },
        ),
        { numRuns: long ? 220 : 22 },
      );
      expect(healthy).toBeGreaterThanOrEqual(long ? 200 : 20);
    },
    patience,
  );
});
