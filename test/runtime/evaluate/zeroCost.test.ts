/** Zero-cost scores: each against another way to the same number, in float64 or by hand, and the device against the CPU. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { instantiate } from '../../../compiler/space/instantiate.ts';
import { loadData } from '../../../runtime/data/table.ts';
import { partRows, type Dataset } from '../../../runtime/data/dataset.ts';
import { openDevice } from '../../../runtime/device/device.ts';
import type { ScoredBy } from '../../../runtime/evaluate/protocol.ts';
import { jacobianCovariance, scoreNetwork } from '../../../runtime/evaluate/zeroCost.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { evaluationGraph, trainingGraph } from '../../../runtime/search/evaluation/graphs.ts';
import { zeroCostGraph } from '../../../runtime/search/evaluation/zeroCostGraphs.ts';
import type { Tensors } from '../../../runtime/train/executor.ts';
import { initialTensors } from '../../../runtime/train/loop.ts';
import { epochOrder } from '../../../runtime/train/order.ts';
import { referenceExecutor } from '../../../runtime/train/referenceExecutor.ts';
import { webGpuExecutor } from '../../../runtime/train/webgpuExecutor.ts';
import { compileText } from '../../compiler/space/helpers.ts';

const digits = await loadData({ name: 'digits', args: {} });
const device = await openDevice();
afterAll(() => device.destroy());

const chain = compileText(`nas 1
space chain {
  input x: image[8, 8, 1]
  output x |> conv(2, 3) |> batch_norm |> relu |> conv(3, 3, stride: 2) |> relu |> classifier(10)
}`);
const architecture = chain.members.unrank(0n);
const batch = 6;
const seed = 9;

function score(by: ScoredBy, executor = referenceExecutor()): Promise<number> {
  const graph = zeroCostGraph(chain.space, architecture, by, batch);
  return scoreNetwork(executor, { score: by, graph, batch, seed }, digits);
}

/** The rows that every candidate is scored on: the first batch of a fixed order. */
const rows = epochOrder(partRows(digits, 'train'), batch, 3, 0).slice(0, batch);

type Named = Record<string, { shape: readonly number[]; data: Float64Array }>;

function doubles(tensors: Tensors, graph: Graph, kind: 'parameter' | 'state'): Named {
  const names = graph.nodes.flatMap((n) => (n.kind === kind ? [n.name] : []));
  return Object.fromEntries(
    names.map((name) => {
      const { shape, data } = tensors.get(name)!;
      return [name, { shape, data: Float64Array.from(data) }];
    }),
  );
}

function images(data: Dataset): Float64Array {
  return Float64Array.from([...rows].flatMap((row) => [...data.images.subarray(row * 64, (row + 1) * 64)]));
}

/** What a graph's output is, in float64. */
function output(graph: Graph, parameters: Named, states: Named, x: Float64Array, name: string): number {
  const labels = Int32Array.from(rows, (row) => digits.labels[row]);
  const inputs = {
    x: { shape: [batch, 8, 8, 1], data: x },
    ...(graph.nodes.some((n) => n.kind === 'input' && n.name === 'labels') && {
      labels: { shape: [batch], data: labels },
    }),
  };
  const { outputs } = runReference(graph, { inputs, parameters, states }, { precision: 'f64' });
  return Array.from(outputs[name].data).reduce((sum, value) => sum + value, 0);
}

/** Central differences of a function by every element of an array. */
function differences(values: Float64Array, f: () => number): number[] {
  const step = 1e-6;
  return Array.from(values, (value, i) => {
    values[i] = value + step;
    const high = f();
    values[i] = value - step;
    const low = f();
    values[i] = value;
    return (high - low) / (2 * step);
  });
}

describe('scores by gradients of the loss', () => {
  it('are the sums that finite differences give', async () => {
    const graph = trainingGraph(chain.space, architecture, batch);
    const tensors = initialTensors(graph, seed);
    const [parameters, states] = [doubles(tensors, graph, 'parameter'), doubles(tensors, graph, 'state')];
    const x = images(digits);
    let [norms, saliency] = [0, 0];
    for (const { shape, data } of Object.values(parameters)) {
      if (shape.length < 2) continue;
      const found = differences(data, () => output(graph, parameters, states, x, 'loss'));
      norms += Math.hypot(...found);
      saliency += found.reduce((sum, gradient, i) => sum + Math.abs(gradient * data[i]), 0);
    }
    expect((await score('grad_norm')) / norms).toBeCloseTo(1, 4);
    expect((await score('snip')) / saliency).toBeCloseTo(1, 4);
  });
});

describe('synflow', () => {
  it('is the sum of all scores times the number of layers, for it is linear in each of them', async () => {
    // Written out: convolutions with zeros around, |w|, no biases (they begin at 0), an image of ones.
    const graph = evaluationGraph(chain.space, architecture, 1);
    const weights = Object.values(doubles(initialTensors(graph, seed), graph, 'parameter')).filter(
      ({ shape }) => shape.length >= 2,
    );
    const convolve = (
      image: number[][][],
      { shape: [height, width, from, to], data }: (typeof weights)[number],
      stride: number,
    ): number[][][] => {
      const size = image.length;
      const across = size / stride;
      const pad = (height - 1) / 2;
      return Array.from({ length: across }, (_, r) =>
        Array.from({ length: across }, (__, c) =>
          Array.from({ length: to }, (___, k) => {
            let sum = 0;
            for (let i = 0; i < height; i++)
              for (let j = 0; j < width; j++)
                for (let f = 0; f < from; f++) {
                  const value = image[r * stride + i - pad]?.[c * stride + j - pad]?.[f] ?? 0;
                  sum += value * Math.abs(data[((i * width + j) * from + f) * to + k]);
                }
            return sum;
          }),
        ),
      );
    };
    const ones = Array.from({ length: 8 }, () => Array.from({ length: 8 }, () => [1]));
    const [first, second, dense] = weights;
    const features = convolve(convolve(ones, first, 1), second, 2);
    const mean = [0, 1, 2].map((k) => features.flat().reduce((sum, pixel) => sum + pixel[k], 0) / 16);
    const sum = mean.reduce(
      (total, value, k) =>
        total + value * dense.data.subarray(10 * k, 10 * k + 10).reduce((s, w) => s + Math.abs(w), 0),
      0,
    );
    expect((await score('synflow')) / (3 * sum)).toBeCloseTo(1, 10);
  });

  it('is finite where a float32 overflows', async () => {
    const layers = Array.from({ length: 60 }, () => 'conv(24, 3)').join(' |> ');
    const deep = compileText(`nas 1
space deep {
  input x: image[4, 4, 1]
  output x |> ${layers} |> classifier(2)
}`);
    const graph = zeroCostGraph(deep.space, deep.members.unrank(0n), 'synflow', 1);
    const value = await scoreNetwork(
      referenceExecutor(),
      { score: 'synflow', graph, batch: 1, seed },
      digits,
    );
    expect(value).toBeGreaterThan(3.5e38);
    expect(value).toBeLessThan(Infinity);
  });
});

describe('jacobian covariance', () => {
  it('is the logarithm of a determinant and the trace of an inverse', async () => {
    const network = instantiate(chain.space, architecture, { batch, mode: 'training' });
    const tensors = initialTensors(network, seed);
    const [parameters, states] = [doubles(tensors, network, 'parameter'), doubles(tensors, network, 'state')];
    const x = images(digits);
    const jacobian = differences(x, () => output(network, parameters, states, x, 'logits'));
    const matrix = correlations(jacobian, batch);
    const shifted = matrix.map((row, i) => row.map((value, j) => value + (i === j ? 1e-5 : 0)));
    const { logDeterminant, inverseTrace } = eliminate(shifted);
    const expected = -(logDeterminant + inverseTrace);
    expect((await score('jacob_cov')) / expected).toBeCloseTo(1, 3);
  });

  it('of images that all say the same is far below that of images that say different things', () => {
    const same = Float32Array.from({ length: 4 * 10 }, (_, i) => i % 10);
    const other = Float32Array.from({ length: 4 * 10 }, (_, i) => Math.sin(1.7 * i * i));
    expect(jacobianCovariance(same, 4)).toBeLessThan(-1e5);
    expect(jacobianCovariance(other, 4)).toBeGreaterThan(-100);
  });

  it('of a network without gradients is no number', () => {
    expect(jacobianCovariance(new Float32Array(40), 4)).toBeNaN();
  });
});

describe('on the device', () => {
  it.each(['grad_norm', 'snip', 'jacob_cov', 'synflow'] as const)('%s is as on the CPU', async (by) => {
    const executor = webGpuExecutor(device);
    expect((await score(by, executor)) / (await score(by))).toBeCloseTo(1, 3);
    // Nothing stays but the data.
    expect(executor.bufferBytes()).toBeLessThanOrEqual(
      digits.images.byteLength + digits.labels.byteLength + 64,
    );
  });
});

/** Pearson's correlations between the rows of a matrix. */
function correlations(values: readonly number[], count: number): number[][] {
  const length = values.length / count;
  const all = Array.from({ length: count }, (_, i) => values.slice(i * length, (i + 1) * length));
  const mean = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0) / length;
  const covariance = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - mean(a)) * (b[i] - mean(b)), 0);
  return all.map((a) => all.map((b) => covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b))));
}

/** Gauss and Jordan. */
function eliminate(matrix: readonly (readonly number[])[]): { logDeterminant: number; inverseTrace: number } {
  const n = matrix.length;
  const rowsOf = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  let logDeterminant = 0;
  for (let p = 0; p < n; p++) {
    const pivot = rowsOf[p][p];
    logDeterminant += Math.log(pivot);
    rowsOf[p] = rowsOf[p].map((value) => value / pivot);
    for (let r = 0; r < n; r++) {
      const factor = rowsOf[r][p];
      if (r !== p) rowsOf[r] = rowsOf[r].map((value, c) => value - factor * rowsOf[p][c]);
    }
  }
  return { logDeterminant, inverseTrace: rowsOf.reduce((sum, row, i) => sum + row[n + i], 0) };
}
