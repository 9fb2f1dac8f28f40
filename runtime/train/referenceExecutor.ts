/**
 * The training loop's executor on the reference executor: plain loops on the CPU. Far too slow to search with; tests
 * hold the device against it.
 */
import type { Graph } from '../../compiler/graph/graph.ts';
import type { AugmentSpec } from '../../compiler/search/search.ts';
import { AUGMENT_WORDS } from '../../compiler/wgsl/kernels/augment.ts';
import { present } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import { inData, type Fault } from '../execute/fault.ts';
import { runReference, type NamedTensors } from '../execute/reference.ts';
import { changeImage } from './augment.ts';
import type {
  EvaluationRun,
  Executor,
  NetworkOnData,
  Pass,
  Passed,
  Tensor,
  Tensors,
  TrainingRun,
  UpdateSpec,
} from './executor.ts';
import { NO_ROW } from './executor.ts';
import { ReferenceOptimizer } from './referenceOptimizer.ts';
import { ReferenceWatch } from './referenceWatch.ts';

const OPTIONS = { precision: 'f32' } as const;

/** Runs on the CPU by the ops' definitions, rounding to f32 as a device does. */
export function referenceExecutor(): Executor {
  return {
    prepareTraining: (network, update) => Promise.resolve(trainingRun(network, update)),
    prepareEvaluation: (network) => Promise.resolve(evaluationRun(network)),
    runOnce: (pass) => Promise.resolve(runOnce(pass)),
  };
}

function runOnce({ graph, dataset, tensors, rows }: Pass): Passed {
  const feeds = {
    inputs: gather(graph, dataset, rows),
    parameters: values(graph, 'parameter', tensors),
    states: values(graph, 'state', tensors),
  };
  const { gradients, outputs } = runReference(graph, feeds, OPTIONS);
  const data = Object.entries(outputs).map(([name, value]) => [name, Float32Array.from(value.data)] as const);
  return { gradients: new Map(Object.entries(floats(gradients))), outputs: new Map(data) };
}

function trainingRun(
  { graph, dataset, batch, tensors, augment }: NetworkOnData,
  update: UpdateSpec,
): TrainingRun {
  const parameters = values(graph, 'parameter', tensors);
  let states = values(graph, 'state', tensors);
  const optimizer = new ReferenceOptimizer(update);
  return {
    steps: (order, rates, changes) => {
      const losses = new Float32Array(rates.length);
      for (const [step, rate] of rates.entries()) {
        const rows = order.subarray(step * batch, (step + 1) * batch);
        const changed = augment && changes?.subarray(step * batch * AUGMENT_WORDS);
        const inputs = gather(graph, dataset, rows, changed && { augment, changes: changed });
        const watch = new ReferenceWatch();
        const result = runReference(graph, { inputs, parameters, states }, { ...OPTIONS, watch: watch.see });
        optimizer.step(parameters, result.gradients, rate);
        states = floats(result.states);
        losses[step] = scalar(result.outputs, 'loss');
        const { gradients } = result;
        const kept = { ...recorded(result.outputs), ...named('gradient of ', gradients), ...states };
        const moved = { ...parameters, ...optimizer.kept() };
        const origin = watch.blame({ ...kept, ...moved }, update.optimizer.name, Object.values(gradients));
        if (origin) return Promise.resolve({ losses, fault: { step, origin: inData(origin, rows) } });
      }
      return Promise.resolve({ losses, fault: undefined });
    },
    read: () => Promise.resolve(new Map(Object.entries({ ...copies(parameters), ...copies(states) }))),
    write: (given) => {
      for (const [name, tensor] of given) {
        const of = name in parameters ? parameters : states;
        of[name] = { shape: tensor.shape, data: tensor.data.slice() };
      }
    },
    readOptimizer: () => Promise.resolve(optimizer.read()),
    writeOptimizer: (state) => optimizer.write(state),
    release: () => undefined,
  };
}

function evaluationRun({ graph, dataset, batch, tensors }: NetworkOnData): EvaluationRun {
  const parameters = values(graph, 'parameter', tensors);
  const states = values(graph, 'state', tensors);
  return {
    measure: (order) => {
      const sum = { loss: 0, correct: 0 };
      let fault: Fault | undefined;
      for (let start = 0; start < order.length; start += batch) {
        const rows = order.subarray(start, start + batch);
        const inputs = gather(graph, dataset, rows);
        const watch = new ReferenceWatch();
        const feeds = { inputs, parameters, states };
        const { outputs } = runReference(graph, feeds, { ...OPTIONS, watch: watch.see });
        const origin = watch.blame(recorded(outputs), 'loss', []);
        if (origin) fault ??= { step: start / batch, origin: inData(origin, rows) };
        sum.loss += scalar(outputs, 'loss');
        sum.correct += scalar(outputs, 'correct');
      }
      return Promise.resolve({ ...sum, fault });
    },
    release: () => undefined,
  };
}

/** A scalar output. */
function scalar(outputs: NamedTensors, name: string): number {
  return present(outputs[name], `the output ${name}`).data[0] ?? NaN;
}

/** The outputs that a device records: the scalars. */
function recorded(outputs: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(outputs).filter(([, { data }]) => data.length === 1));
}

function named(prefix: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));
}

function copies(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
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

/** What the inputs of a graph read: rows of the data. */
export function gather(
  graph: Graph,
  dataset: Dataset,
  rows: Int32Array,
  changed?: { readonly augment: AugmentSpec; readonly changes: Int32Array },
): NamedTensors {
  const [height, width, channels] = dataset.imageShape;
  const elements = height * width * channels;
  const images = new Float32Array(rows.length * elements);
  rows.forEach((row, i) => {
    if (row === NO_ROW) return;
    const image = dataset.images.subarray(row * elements, (row + 1) * elements);
    const change = changed?.changes.subarray(i * AUGMENT_WORDS, (i + 1) * AUGMENT_WORDS);
    const seen = changed && change ? changeImage(image, dataset.imageShape, change, changed.augment) : image;
    images.set(seen, i * elements);
  });
  const labels = rows.map((row) => (row === NO_ROW ? -1 : (dataset.labels[row] ?? -1)));
  // A graph without a loss reads no labels.
  const inputs = graph.nodes.filter((node) => node.kind === 'input');
  return Object.fromEntries(
    inputs.map(({ name, shape }) => [name, { shape, data: name === 'labels' ? labels : images }]),
  );
}
