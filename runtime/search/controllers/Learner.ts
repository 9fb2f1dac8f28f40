/** Weights that are learned: graphs run with them in float64 on the reference executor, and Adam moves them. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import { type NamedTensors, runReference } from '../../execute/reference.ts';
import { ReferenceOptimizer } from '../../train/referenceOptimizer.ts';

/** Weights by name. */
export type Weights = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

/** All that a learner is, beside its graphs. */
export interface LearnerState {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly step: number;
  readonly kept: Readonly<Record<string, readonly number[]>>;
}

export class Learner {
  readonly weights: Weights;
  readonly #optimizer = new ReferenceOptimizer({
    optimizer: { name: 'adam', lr: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  });

  /** All parameters of `graph`, drawn. */
  constructor({ nodes }: Graph, seed: number) {
    this.weights = Object.fromEntries(
      nodes.flatMap((node) =>
        node.kind === 'parameter'
          ? [[node.name, { shape: node.shape, data: initialValues(node.name, node.shape, node.init, seed) }]]
          : [],
      ),
    );
  }

  /** Weights, and what Adam keeps of them, as JSON holds them, to the last bit. */
  save(): LearnerState {
    const { step, tensors } = this.#optimizer.read();
    const lists = (values: Iterable<readonly [string, Float32Array]>): Record<string, number[]> =>
      Object.fromEntries([...values].map(([name, data]) => [name, Array.from(data)]));
    const weights = Object.entries(this.weights).map(([name, { data }]) => [name, data] as const);
    return { weights: lists(weights), step, kept: lists(tensors) };
  }

  /** Goes on from what was saved. */
  load({ weights, step, kept }: LearnerState): void {
    for (const [name, { data }] of Object.entries(this.weights)) data.set(weights[name] ?? []);
    const tensors = new Map(Object.entries(kept).map(([name, values]) => [name, Float32Array.from(values)]));
    this.#optimizer.write({ step, tensors });
  }

  outputs(graph: Graph, inputs: NamedTensors): NamedTensors {
    return runReference(graph, { inputs, parameters: this.weights }, { precision: 'f64' }).outputs;
  }

  gradients(graph: Graph, inputs: NamedTensors): NamedTensors {
    return runReference(graph, { inputs, parameters: this.weights }, { precision: 'f64' }).gradients;
  }

  /** One step of Adam (Kingma & Ba 2015) down the sum of some gradients. */
  learn(gradients: Iterable<NamedTensors>, rate: number): void {
    const sums: Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }> = {};
    for (const some of gradients) {
      for (const [name, { shape, data }] of Object.entries(some)) {
        const sum = (sums[name] ??= { shape, data: new Float64Array(data.length) }).data;
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (data[i] ?? 0);
      }
    }
    this.#optimizer.step(this.weights, sums, rate);
  }
}
