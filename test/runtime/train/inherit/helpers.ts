/** Parents that were trained, and their children: the largest difference of what they give. */
import { differentiate } from '../../../../compiler/graph/autodiff.ts';
import { initialValues } from '../../../../compiler/graph/initialize.ts';
import type { Graph } from '../../../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../../../compiler/graph/loss.ts';
import type { Architecture } from '../../../../compiler/space/architecture.ts';
import { complete } from '../../../../compiler/space/algebra/slots.ts';
import { instantiate } from '../../../../compiler/space/instantiate.ts';
import type { Space } from '../../../../compiler/space/space.ts';
import type { Dataset } from '../../../../runtime/data/dataset.ts';
import { runReference } from '../../../../runtime/execute/reference.ts';
import type { Tensors } from '../../../../runtime/train/executor.ts';
import { inherit, type Inheritance } from '../../../../runtime/train/inherit/inherit.ts';
import type { NoiseSpec } from '../../../../runtime/train/inherit/noise.ts';
import { trainAndMeasure } from '../../../../runtime/train/loop.ts';
import { referenceExecutor } from '../../../../runtime/train/referenceExecutor.ts';
import { normalAt } from '../../../../util/random.ts';

/** The architecture with these answers, by path; any other decision is answered by its first option. */
export function answered(space: Space, answers: Readonly<Record<string, string | number>>): Architecture {
  const left = new Set(Object.keys(answers));
  const choices = complete(space, ({ path, options }, allowed) => {
    left.delete(path);
    const wanted = answers[path];
    const option = options.findIndex(({ label }) => label === String(wanted));
    return wanted === undefined ? allowed[0] : option;
  });
  if (left.size > 0) throw new Error(`nothing asks ${[...left].join()}`);
  return { space: space.name, choices };
}

export const measuredForm = (space: Space, architecture: Architecture): Graph =>
  instantiate(space, architecture, { batch: 4, mode: 'inference' });

/** Images that mean nothing, of two classes. */
function noiseImages(shape: readonly number[], classes: number): Dataset {
  const images = 16;
  const size = shape.reduce((a, b) => a * b, 1);
  const rows = Int32Array.from({ length: images }, (_, i) => i);
  return {
    name: 'noise',
    images: Float32Array.from({ length: images * size }, (_, i) => normalAt(5, 0, i)),
    labels: rows.map((row) => row % classes),
    imageShape: shape,
    classes,
    split: { train: rows.slice(0, 8), validation: rows.slice(8, 12), test: rows.slice(12) },
  } as unknown as Dataset;
}

const trainedBefore = new WeakMap<Space, Map<string, Promise<Tensors>>>();

/** The tensors of a network after some steps on images that mean nothing: no weight and no statistic is as it began. */
export function trainedTensors(space: Space, architecture: Architecture): Promise<Tensors> {
  const before = trainedBefore.get(space) ?? new Map<string, Promise<Tensors>>();
  trainedBefore.set(space, before);
  const key = architecture.choices.join();
  const trained = before.get(key) ?? train(space, architecture);
  before.set(key, trained);
  return trained;
}

async function train(space: Space, architecture: Architecture): Promise<Tensors> {
  const batch = 4;
  const network = (mode: 'training' | 'inference'): Graph =>
    instantiate(space, architecture, { batch, mode });
  const training = network('training');
  const shape = training.nodes.find(({ kind }) => kind === 'input')!.shape.slice(1);
  const classes = training.nodes[training.outputs['logits']].shape[1];
  const { tensors } = await trainAndMeasure(
    referenceExecutor(),
    {
      training: differentiate(
        withClassificationLoss(training, { logits: 'logits', reduction: 'mean' }),
        'loss',
      ),
      evaluation: withClassificationLoss(network('inference'), { logits: 'logits', reduction: 'sum' }),
      dataset: noiseImages(shape, classes),
      trainOn: 'train',
      evaluateOn: 'validation',
      train: {
        epochs: 2,
        batch,
        optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
        schedule: { name: 'constant' },
      },
      seed: 3,
      keepTensors: true,
    },
    () => {},
  );
  return tensors!;
}

/** The logits of a network on the same images every time. */
export function logitsOf(graph: Graph, tensors: Tensors): Float64Array {
  const x = graph.nodes.find(({ kind }) => kind === 'input')!;
  const data = Float32Array.from({ length: x.shape.reduce((a, b) => a * b, 1) }, (_, i) => normalAt(7, 1, i));
  const named = (kind: string): Record<string, { shape: readonly number[]; data: Float32Array }> =>
    Object.fromEntries(
      graph.nodes.flatMap((node) =>
        node.kind === kind && 'name' in node ? [[node.name, tensors.get(node.name)!]] : [],
      ),
    );
  const feeds = {
    inputs: { x: { shape: x.shape, data } },
    parameters: named('parameter'),
    states: named('state'),
  };
  return Float64Array.from(runReference(graph, feeds, { precision: 'f32' }).outputs['logits'].data);
}

/** The largest difference of two networks' logits, as a share of the largest of them. */
export function relativeDifference(a: Float64Array, b: Float64Array): number {
  const scale = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]))) / scale;
}

export interface Family extends Inheritance {
  readonly parent: Graph;
  readonly child: Graph;
  readonly trained: Tensors;
  /** Of the two networks' logits. */
  readonly difference: number;
}

/** Trains a parent, and lets a child inherit from it. */
export async function family(
  space: Space,
  from: Architecture,
  to: Architecture,
  { noise, seed = 1 }: { readonly noise?: NoiseSpec; readonly seed?: number } = {},
): Promise<Family> {
  const trained = await trainedTensors(space, from);
  const [parent, child] = [measuredForm(space, from), measuredForm(space, to)];
  const inherited = inherit({ graph: parent, trained }, child, { noise, seed });
  const result = { ...inherited, parent, child, trained };
  const all = new Map(
    child.nodes.flatMap((node) => {
      if (node.kind !== 'parameter' && node.kind !== 'state') return [];
      const { name, shape, init } = node;
      return [[name, inherited.tensors.get(name) ?? { shape, data: initialValues(name, shape, init, seed) }]];
    }),
  );
  return { ...result, difference: relativeDifference(logitsOf(parent, trained), logitsOf(child, all)) };
}
