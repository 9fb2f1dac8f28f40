/** Weights that are learned: graphs run with them in float64 on the reference executor, and Adam moves them. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { initialValues } from '../../../compiler/graph/initialize.ts';
import { type NamedTensors, runReference } from '../../execute/reference.ts';
import { ReferenceOptimizer } from '../../train/referenceOptimizer.ts';

/** Weights by name. */
export type Weights = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

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
