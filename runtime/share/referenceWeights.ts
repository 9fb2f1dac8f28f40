/** Shared weights on the CPU, by the ops' definitions: what devices are held against, and what laws are tried on. */
import type { Graph, ParameterNode } from '../../compiler/graph/graph.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { sliceIndices } from '../../compiler/share/slice.ts';
import type { SharedLayout } from '../../compiler/wgsl/shared.ts';
import { invariant, present } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import { runReference, type NamedTensors, type ReferenceResult } from '../execute/reference.ts';
import { gather } from '../train/referenceExecutor.ts';
import { ReferenceOptimizer } from '../train/referenceOptimizer.ts';
import type {
  Batch,
  NumberTensor,
  NumberTensors,
  Passed,
  SharedNetwork,
  SharedUpdate,
  SharedWeights,
} from './sharedWeights.ts';
import { stateAt } from './ownStates.ts';

export interface ReferenceWeightsOptions {
  readonly layout: SharedLayout;
  readonly update: SharedUpdate;
  readonly dataset: Dataset;
  readonly seed: number;
  /** What weights are held in and ops compute with. */
  readonly precision: 'f32' | 'f64';
}

/** Weights begin as zeros until they are written. */
export function referenceWeights(options: ReferenceWeightsOptions): SharedWeights {
  const { layout, update, dataset, seed, precision } = options;
  const optimizer = new ReferenceOptimizer(update);
  const weights: Record<string, NumberTensor> = {};
  const zeros = (n: number): NumberTensor['data'] =>
    precision === 'f32' ? new Float32Array(n) : new Float64Array(n);
  for (const { name, shape } of layout.slots.values()) {
    weights[name] = { shape, data: zeros(shape.reduce((a, b) => a * b, 1)) };
  }
  let moves = 0;

  /** A weight as a network has it: whole, or a slice. */
  const valueOf = ({ name, shape }: ParameterNode, own: NumberTensors | undefined): CpuTensor => {
    const held = weights[name];
    if (held === undefined) return present(own?.get(name), 'the value of', name);
    const slice = sliceIndices(shape, held.shape);
    if (slice === undefined) return held;
    const data = zeros(slice.length);
    slice.forEach((index, i) => (data[i] = present(held.data[index], 'an element')));
    return { shape, data };
  };

  const pass = (graph: Graph, { rows, own }: Batch): ReferenceResult => {
    const parameters: Record<string, CpuTensor> = {};
    const states: Record<string, CpuTensor> = {};
    for (const node of graph.nodes) {
      if (node.kind === 'parameter') parameters[node.name] = valueOf(node, own);
      if (node.kind === 'state') states[node.name] = stateAt(node, seed, moves);
    }
    const inputs = gather(graph, dataset, rows);
    return runReference(graph, { inputs, parameters, states }, { precision });
  };

  const passed = ({ outputs }: ReferenceResult): Passed => {
    const scalar = (name: string): number => outputs[name]?.data[0] ?? NaN;
    return { loss: scalar('loss'), correct: scalar('correct') };
  };

  const network = (graph: Graph): SharedNetwork => ({
    train: (batch, rate) => {
      const result = pass(graph, batch);
      const moved: Record<string, CpuTensor> = {};
      const slices = new Map<string, Int32Array>();
      for (const [name, gradient] of Object.entries(result.gradients)) {
        const held = weights[name];
        if (held === undefined) continue;
        moved[name] = gradient;
        const slice = sliceIndices(gradient.shape, held.shape);
        if (slice) slices.set(name, slice);
      }
      optimizer.step(weights, moved, rate, slices);
      moves += 1;
      return Promise.resolve(passed(result));
    },
    differentiate: (batch) => {
      const result = pass(graph, batch);
      return Promise.resolve({ ...passed(result), gradients: asTensors(result.gradients) });
    },
    measure: (batch) => Promise.resolve(passed(pass(graph, batch))),
    release: () => undefined,
  });

  return {
    network,
    read: () => Promise.resolve(asTensors(weights)),
    write: (tensors) => {
      for (const [name, { data }] of tensors) present(weights[name], 'the weight', name).data.set(data);
    },
    readOptimizer: () => Promise.resolve(optimizer.read()),
    writeOptimizer: (state) => {
      moves = state.step;
      optimizer.write(state);
    },
    release: () => undefined,
  };
}

/** Copies, as exact as they are held. */
function asTensors(tensors: NamedTensors): NumberTensors {
  return new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      invariant(!(data instanceof Int32Array), 'a weight is no whole number');
      return [name, { shape, data: data.slice() }];
    }),
  );
}
