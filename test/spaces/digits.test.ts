/**
 * Random architectures of `digits.nas`: what the device computes against the float64 reference, and the
 * reference against central differences.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { initialValues } from '../../compiler/graph/initialize.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { elementsOf } from '../../compiler/ops/shapes.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { toCompact } from '../../compiler/space/encode.ts';
import { planTraining } from '../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../compiler/wgsl/verify.ts';
import { loadData } from '../../runtime/data/table.ts';
import { runReference, type Feeds } from '../../runtime/execute/reference.ts';
import { prepare } from '../../runtime/execute/webgpu.ts';
import { evaluationGraph, trainingGraph } from '../../runtime/search/evaluation/graphs.ts';
import { normalAt, hashString, uniformAt } from '../../util/random.ts';
import { compileText } from '../compiler/space/helpers.ts';
import { relativeError, useDevice } from '../runtime/execute/onDevice.ts';

const { space, members } = compileText(
  readFileSync(new URL('../../spaces/digits.nas', import.meta.url), 'utf8'),
);

function architecture(i: number): Architecture {
  return members.unrank(BigInt(Math.floor(uniformAt(7, 0, i) * Number(members.allowed))));
}

/** Real images, and parameters away from their initial constants: shifts of 0 would leave paths untested. */
async function feedsOf(graph: Graph, seed: number): Promise<Required<Feeds>> {
  const data = await loadData({ name: 'digits', args: {} });
  const inputs: Record<string, CpuTensor> = {};
  const parameters: Record<string, CpuTensor> = {};
  const states: Record<string, CpuTensor> = {};
  const pixels = elementsOf(data.imageShape);
  const batch = graph.nodes.find((n) => n.kind === 'input')!.shape[0];
  for (const node of graph.nodes) {
    if (node.kind === 'input') {
      const first = seed * batch;
      const values =
        node.name === 'x'
          ? data.images.slice(first * pixels, (first + batch) * pixels)
          : data.labels.slice(first, first + batch);
      inputs[node.name] = { shape: node.shape, data: values };
    } else if (node.kind === 'parameter') {
      const values = initialValues(node.name, node.shape, node.init, seed).map(
        (value, i) => value + 0.1 * normalAt(seed, hashString(node.name), i),
      );
      parameters[node.name] = { shape: node.shape, data: values };
    } else if (node.kind === 'state') {
      states[node.name] = { shape: node.shape, data: initialValues(node.name, node.shape, node.init, seed) };
    }
  }
  return { inputs, parameters, states };
}

/**
 * Whether no ReLU and no max pool stands so near its kink that rounding to float32 may take the other side:
 * there the gradient jumps, and two right answers differ.
 */
function isOffKinks(graph: Graph, feeds: Feeds, margin: number): boolean {
  const watched = graph.nodes.flatMap((n) =>
    n.kind === 'op' && (n.op === 'relu' || n.op === 'max_pool') ? [{ op: n.op, input: n.inputs[0] }] : [],
  );
  const outputs = Object.fromEntries(watched.map(({ input }) => [String(input), input]));
  const last = Math.max(...watched.map(({ input }) => input));
  const forward: Graph = { nodes: graph.nodes.slice(0, last + 1), outputs, gradients: [], updates: [] };
  const values = runReference(forward, feeds, { precision: 'f64' }).outputs;
  return watched.every(({ op, input }) => {
    const { data, shape } = values[String(input)];
    if (op === 'relu') return data.every((v) => Math.abs(v) > margin);
    const [n, h, w, c] = shape as [number, number, number, number];
    const at = (b: number, y: number, x: number, k: number): number => data[((b * h + y) * w + x) * c + k];
    for (let b = 0; b < n; b++)
      for (let y = 0; y + 1 < h; y += 2)
        for (let x = 0; x + 1 < w; x += 2)
          for (let k = 0; k < c; k++) {
            const window = [at(b, y, x, k), at(b, y, x + 1, k), at(b, y + 1, x, k), at(b, y + 1, x + 1, k)];
            const [second, first] = window.sort((p, q) => p - q).slice(2);
            // Equal zeros come from ReLUs, which let no gradient through.
            if (first > 0 && first - second < margin) return false;
          }
    return true;
  });
}

/** Feeds that keep off kinks: the first of some seeds that does. */
async function sharpFeeds(graph: Graph, seed: number): Promise<Required<Feeds>> {
  for (let attempt = 0; attempt < 12; attempt++) {
    const feeds = await feedsOf(graph, (seed + 37 * attempt) % 200);
    if (isOffKinks(graph, feeds, 5e-6)) return feeds;
  }
  throw new Error('every batch tried stands on a kink');
}

const asMap = (tensors: Readonly<Record<string, CpuTensor>>): Map<string, Float32Array> =>
  new Map(Object.entries(tensors).map(([name, t]) => [name, t.data as Float32Array]));

describe('digits.nas', () => {
  const device = useDevice();

  test('100 random architectures: loss and every gradient on the device agree with float64', async () => {
    let worst = 0;
    for (let i = 0; i < 100; i++) {
      const chosen = architecture(i);
      const graph = trainingGraph(space, chosen, 4);
      const feeds = await sharpFeeds(graph, i);
      const expected = runReference(graph, feeds, { precision: 'f64' });
      const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;
      const plan = verifyPlan(planTraining(graph, { profile: device().profile, optimizer }));
      const execution = await prepare(device(), plan);
      execution.writeTensors(asMap({ ...feeds.parameters, ...feeds.states }));
      for (const [name, { data }] of Object.entries(feeds.inputs)) {
        execution.writeInput(name, data as Float32Array | Int32Array);
      }
      await execution.run('train', [{ learningRate: 0 }]);
      const loss = await execution.readOutput('loss');
      const gradients = await execution.readGradients();
      execution.destroy();
      const name = toCompact(space, chosen);
      expect(relativeError(loss, expected.outputs['loss'].data), `loss of ${name}`).toBeLessThan(1e-4);
      expect([...gradients.keys()].sort()).toEqual(Object.keys(feeds.parameters).sort());
      // float32 against float64, relative to the tensor's largest entry.
      for (const [parameter, { data }] of Object.entries(expected.gradients)) {
        const error = relativeError(gradients.get(parameter)!, data);
        worst = Math.max(worst, error);
        expect(error, `gradient of ${parameter} of ${name}`).toBeLessThan(1e-3);
      }
    }
    expect(worst).toBeGreaterThan(0); // two executors, not one
  }, 300_000);
});

test('20 random architectures: the float64 gradients agree with central differences', async () => {
  for (let i = 0; i < 20; i++) {
    const chosen = architecture(1000 + i);
    const graph = trainingGraph(space, chosen, 2);
    const feeds = await feedsOf(graph, 100 + i);
    const { gradients } = runReference(graph, feeds, { precision: 'f64' });
    const forward: Graph = forwardOnly(graph);
    for (const [parameter, gradient] of Object.entries(gradients)) {
      const point = feeds.parameters[parameter];
      const direction = point.data.map((_, j) => normalAt(i, hashString(parameter), j));
      const length = Math.hypot(...direction);
      const lossAt = (step: number): number => {
        const data = Float64Array.from(point.data, (v, j) => v + (step * direction[j]) / length);
        const parameters = { ...feeds.parameters, [parameter]: { shape: point.shape, data } };
        return runReference(forward, { ...feeds, parameters }, { precision: 'f64' }).outputs['loss'].data[0];
      };
      const slope = [...gradient.data].reduce((sum, g, j) => sum + (g * direction[j]) / length, 0);
      // Relative to the gradient's norm. A kink of a ReLU within the step spoils a quotient; a smaller step avoids it.
      const norm = Math.max(Math.hypot(...gradient.data), 1e-8);
      const errorAt = (h: number): number => Math.abs((lossAt(h) - lossAt(-h)) / (2 * h) - slope) / norm;
      const sound = [1e-6, 1e-5, 1e-7].some((h) => errorAt(h) < 1e-5);
      expect(sound, `${parameter} of ${toCompact(space, chosen)}: ${errorAt(1e-6)}`).toBe(true);
    }
  }
}, 300_000);

/** The graph up to the loss: what central differences need. */
function forwardOnly(graph: Graph): Graph {
  const loss = graph.outputs['loss'];
  return { nodes: graph.nodes.slice(0, loss + 1), gradients: [], updates: [], outputs: { loss } };
}

test('the inference graph reads the kept statistics, not the batch', async () => {
  const graph = evaluationGraph(space, architecture(3), 2);
  expect(graph.updates).toEqual([]);
  expect(graph.nodes.some((n) => n.kind === 'op' && n.op === 'moments')).toBe(false);
});
