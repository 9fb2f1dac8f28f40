/** Random networks trained for a step on the device, against the float64 reference; and the golden kernels, compiled. */
import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import type { PlanKernel } from '../../../compiler/wgsl/plan.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { randomGraph } from '../../arbitraries/graphs.ts';
import { labelsFor, tensorFor } from '../../arbitraries/tensors.ts';
import { poison, profilesOf, relativeError, useDevice } from './onDevice.ts';

const device = useDevice();
const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

interface Feeds {
  readonly inputs: Record<string, CpuTensor>;
  readonly parameters: Record<string, CpuTensor>;
  readonly states: Record<string, CpuTensor>;
}

/** Values that float32 holds exactly, so that both sides begin alike. */
function feedsFor(graph: Graph, classes: number, seed: number): Feeds {
  const feeds: Feeds = { inputs: {}, parameters: {}, states: {} };
  for (const node of graph.nodes) {
    if (node.kind === 'op' || node.kind === 'constant') continue;
    const kind = node.kind === 'input' ? 'inputs' : node.kind === 'parameter' ? 'parameters' : 'states';
    const { shape, data } = tensorFor(node.name, node.shape, seed);
    feeds[kind][node.name] =
      node.dtype === 'i32' ? labelsFor(shape[0], classes, seed) : { shape, data: Float32Array.from(data) };
  }
  return feeds;
}

it('random networks have the gradients, outputs and states of the reference', async () => {
  await fc.assert(
    fc.asyncProperty(randomGraph(), fc.boolean(), async ({ graph: forward, classes, seed }, fuse) => {
      const graph = differentiate(forward, 'loss');
      const feeds = feedsFor(graph, classes, seed);
      const expected = runReference(graph, feeds, { precision: 'f64' });
      // A gradient that is zero but for rounding is measured by the largest of all gradients.
      const all = Object.values(expected.gradients).flatMap(({ data }) => [...data]);
      const floor = 0.01 * Math.max(1e-3, ...all.map(Math.abs));
      // Squares of squares: some random networks magnify a rounding of 6e-8 beyond use. Where the reference
      // itself, rounded to float32 after each op, is far from float64, no device can be near.
      const rounded = runReference(graph, feeds, { precision: 'f32' }).gradients;
      fc.pre(
        Object.entries(expected.gradients).every(
          ([name, { data }]) => relativeError(rounded[name].data, data, floor) < 2e-5,
        ),
      );
      for (const profile of profilesOf(device())) {
        const plan = verifyPlan(planTraining(graph, { profile, optimizer, fuse }));
        const execution = await prepare(device(), plan);
        poison(execution);
        execution.writeTensors(
          new Map(
            Object.entries({ ...feeds.parameters, ...feeds.states }).map(([n, t]) => [
              n,
              t.data as Float32Array,
            ]),
          ),
        );
        for (const { name } of plan.inputs) {
          execution.writeInput(name, feeds.inputs[name].data as Float32Array | Int32Array);
        }
        await execution.run('train', [{ learningRate: 0 }]);
        const gradients = await execution.readGradients();
        for (const [name, { data }] of Object.entries(expected.gradients)) {
          // Products of activations and batch norms of a few values amplify roundings of 6e-8.
          expect(relativeError(gradients.get(name)!, data, floor), `gradient of ${name}`).toBeLessThan(1e-3);
        }
        const states = await execution.readTensors(Object.keys(expected.states));
        for (const [name, { data }] of Object.entries(expected.states)) {
          expect(relativeError(states.get(name)!, data, 0.01), name).toBeLessThan(1e-4);
        }
        for (const [name, { data }] of Object.entries(expected.outputs)) {
          expect(relativeError(await execution.readOutput(name), data, 1), name).toBeLessThan(1e-4);
        }
        execution.destroy();
      }
    }),
    { numRuns: 25 },
  );
});

it('the golden kernels compile', async () => {
  const folder = new URL('../../compiler/wgsl/goldens/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.wgsl'),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const wgsl = readFileSync(new URL(file, folder), 'utf8');
    const accesses = [...wgsl.matchAll(/var<storage, (\w+)>/g)].map(([, access]) => access);
    const bindings = accesses as PlanKernel['bindings'][number][];
    await expect(device().pipelines.get({ name: file, wgsl, bindings })).resolves.toBeDefined();
  }
});

it('a kernel that does not compile is an internal error that shows its text with line numbers', async () => {
  const broken = { name: 'broken', wgsl: 'fn main() {\n  let x = y;\n}\n', bindings: [] };
  await expect(device().pipelines.get(broken)).rejects.toThrow(
    /the kernel broken does not compile:\n {2}2:11 error: unresolved value 'y'\n {3}1 {2}fn main\(\) \{\n {3}2 {4}let x = y;/,
  );
});
