/**
 * The training loop's executor on the reference executor: plain loops on the CPU. Far too slow to search with; tests
 * hold the device against it.
 */
import type { Graph, GraphNode, Shape } from '../../compiler/graph/graph.ts';
import type { SgdSpec } from '../../compiler/search/search.ts';
import { present } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import { runReference, type NamedTensors } from '../execute/reference.ts';
import type { EvaluationRun, Executor, NetworkOnData, Tensor, Tensors, TrainingRun } from './executor.ts';
import { NO_ROW } from './executor.ts';

const OPTIONS = { precision: 'f32' } as const;

/** Runs on the CPU by the ops' definitions, rounding to f32 as a device does. */
export function referenceExecutor(): Executor {
  return {
    prepareTraining: (network, optimizer) => Promise.resolve(trainingRun(network, optimizer)),
    prepareEvaluation: (network) => Promise.resolve(evaluationRun(network)),
  };
}

function trainingRun({ graph, dataset, batch, tensors }: NetworkOnData, optimizer: SgdSpec): TrainingRun {
  const parameters = values(graph, 'parameter', tensors);
  let states = values(graph, 'state', tensors);
  const velocity = new Map<string, Float32Array>();
  return {
    steps: (order, rates) => {
      const losses = Float32Array.from(rates, (rate, step) => {
        const inputs = gather(graph, dataset, order.subarray(step * batch, (step + 1) * batch));
        const result = runReference(graph, { inputs, parameters, states }, OPTIONS);
        for (const [name, gradient] of Object.entries(result.gradients)) {
          const parameter = present(parameters[name], `parameter ${name}`).data;
          moveSgd(parameter, gradient.data, velocity, name, rate, optimizer);
        }
        states = floats(result.states);
        return present(result.outputs['loss'], 'the output loss').data[0] ?? NaN;
      });
      return Promise.resolve(losses);
    },
    read: () => Promise.resolve(new Map(Object.entries({ ...parameters, ...states }))),
    release: () => undefined,
  };
}

function evaluationRun({ graph, dataset, batch, tensors }: NetworkOnData): EvaluationRun {
  const parameters = values(graph, 'parameter', tensors);
  const states = values(graph, 'state', tensors);
  return {
    measure: (order) => {
      const sum = { loss: 0, correct: 0 };
      for (let start = 0; start < order.length; start += batch) {
        const inputs = gather(graph, dataset, order.subarray(start, start + batch));
        const { outputs } = runReference(graph, { inputs, parameters, states }, OPTIONS);
        sum.loss += present(outputs['loss'], 'the output loss').data[0] ?? NaN;
        sum.correct += present(outputs['correct'], 'the output correct').data[0] ?? NaN;
      }
      return Promise.resolve(sum);
    },
    release: () => undefined,
  };
}

/**
 * One step of `torch.optim.SGD`: g += weightDecay * w; v = momentum * v + g (v = g at first); g = nesterov ?
 * g + momentum * v : v; w -= lr * g. All in f32 where a device would round.
 */
export function moveSgd(
  w: Float32Array,
  gradient: ArrayLike<number>,
  velocities: Map<string, Float32Array>,
  name: string,
  rate: number,
  { momentum, nesterov, weightDecay }: SgdSpec,
): void {
  // A velocity of zero makes the first step the same as PyTorch's, which copies the gradient.
  const v = velocities.get(name) ?? new Float32Array(w.length);
  velocities.set(name, v);
  const f = Math.fround;
  for (let i = 0; i < w.length; i += 1) {
    const g = f((gradient[i] ?? 0) + f(f(weightDecay) * (w[i] ?? 0)));
    v[i] = f(f(momentum) * (v[i] ?? 0)) + g;
    const step = nesterov ? f(g + f(f(momentum) * (v[i] ?? 0))) : (v[i] ?? 0);
    w[i] = (w[i] ?? 0) - f(rate * step);
  }
}

/** Copies, so that a run never writes into what it was given. */
function values(graph: Graph, kind: 'parameter' | 'state', tensors: Tensors): Record<string, Tensor> {
  const found: Record<string, Tensor> = {};
  for (const node of graph.nodes) {
    if (node.kind !== kind) continue;
    const { shape, data } = present(tensors.get(node.name), `the value of ${node.name}`);
    found[node.name] = { shape, data: data.slice() };
  }
  return found;
}

function floats(tensors: NamedTensors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) },
    ]),
  );
}

function gather(graph: Graph, dataset: Dataset, rows: Int32Array): NamedTensors {
  const shapeOf = (name: string): Shape =>
    present(
      graph.nodes.find((node: GraphNode) => node.kind === 'input' && node.name === name),
      `the input ${name}`,
    ).shape;
  const [height, width, channels] = dataset.imageShape;
  const elements = height * width * channels;
  const images = new Float32Array(rows.length * elements);
  rows.forEach((row, i) => {
    if (row === NO_ROW) return;
    images.set(dataset.images.subarray(row * elements, (row + 1) * elements), i * elements);
  });
  const labels = rows.map((row) => (row === NO_ROW ? -1 : (dataset.labels[row] ?? -1)));
  return {
    x: { shape: shapeOf('x'), data: images },
    labels: { shape: shapeOf('labels'), data: labels },
  };
}
