/**
 * Scores of untrained networks from one pass forward and back (Abdelfattah, Mehrotra, Dudziak & Lane 2021, "Zero-Cost
 * Proxies for Lightweight NAS"). A weight is what they call one: a tensor that an image or a vector is multiplied by, of
 * two axes or more; biases and what normalisations are scaled by do not count.
 */
import type { Graph } from '../../compiler/graph/graph.ts';
import { invariant, present } from '../../util/invariant.ts';
import { symmetricEigenvalues } from '../../util/symmetricEigenvalues.ts';
import type { Dataset } from '../data/dataset.ts';
import { partRows } from '../data/dataset.ts';
import { runReference } from '../execute/reference.ts';
import type { Executor, Tensors } from '../train/executor.ts';
import { initialTensors } from '../train/loop.ts';
import { epochOrder } from '../train/order.ts';
import type { ScoreRequest } from './protocol.ts';

/** Every candidate is scored on the same images, whatever its seed. */
const BATCH_SEED = 3;

/** The score of a network. Of gradients that are no numbers it is none either. */
export async function scoreNetwork(
  executor: Executor,
  { score, graph, batch, seed }: Pick<ScoreRequest, 'score' | 'graph' | 'batch' | 'seed'>,
  dataset: Dataset,
): Promise<number> {
  const tensors = initialTensors(graph, seed);
  if (score === 'synflow') return synflow(graph, tensors);
  const rows = epochOrder(partRows(dataset, 'train'), batch, BATCH_SEED, 0).slice(0, batch);
  const { gradients, outputs } = await executor.runOnce({ graph, tensors, dataset, rows });
  switch (score) {
    case 'grad_norm':
      return gradNorm(gradients);
    case 'snip':
      return saliency(gradients, tensors);
    case 'jacob_cov':
      return jacobianCovariance(
        present(outputs.get('jacobian'), 'zero cost: the gradients by the images'),
        batch,
      );
    default:
      return score satisfies never;
  }
}

/** The sum of the Euclidean norms of the weights' gradients. */
export function gradNorm(gradients: Tensors): number {
  let sum = 0;
  for (const { shape, data } of gradients.values()) {
    if (shape.length < 2) continue;
    sum += Math.sqrt(data.reduce((squares, value) => squares + value * value, 0));
  }
  return sum;
}

/** SNIP (Lee, Ajanthan & Torr 2019), summed over all weights: |dL/dw w|. */
export function saliency(gradients: Tensors, weights: Tensors): number {
  let sum = 0;
  for (const [name, { shape, data }] of gradients) {
    if (shape.length < 2) continue;
    const values = present(weights.get(name), `zero cost: the weight ${name}`).data;
    data.forEach((gradient, i) => (sum += Math.abs(gradient * (values[i] ?? 0))));
  }
  return sum;
}

/**
 * SynFlow (Tanaka, Kunin, Yamins & Ganguli 2020): the sum over all weights of dR/dw w, where R is the sum of the scores of
 * classes for an image of ones and all parameters are taken without their signs. In float64 on the CPU, since it grows
 * with the depth beyond what a float32 holds.
 */
export function synflow(graph: Graph, tensors: Tensors): number {
  const parameters: Record<string, { shape: readonly number[]; data: Float64Array }> = {};
  const states: typeof parameters = {};
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const { shape, data } = present(tensors.get(node.name), `zero cost: ${node.name}`);
    const values = Float64Array.from(data, (value) => (node.kind === 'parameter' ? Math.abs(value) : value));
    (node.kind === 'parameter' ? parameters : states)[node.name] = { shape, data: values };
  }
  const inputs: typeof parameters = {};
  for (const node of graph.nodes) {
    if (node.kind !== 'input') continue;
    const elements = node.shape.reduce((product, size) => product * size, 1);
    inputs[node.name] = { shape: node.shape, data: new Float64Array(elements).fill(1) };
  }
  const { gradients } = runReference(graph, { inputs, parameters, states }, { precision: 'f64' });
  let sum = 0;
  for (const [name, { shape, data }] of Object.entries(gradients)) {
    if (shape.length < 2) continue;
    const values = present(parameters[name], `zero cost: the weight ${name}`).data;
    for (let i = 0; i < data.length; i++) sum += (data[i] ?? 0) * (values[i] ?? 0);
  }
  return sum;
}

/** Keeps the logarithm and the inverse of an eigenvalue of 0 finite. */
const K = 1e-5;

/**
 * Jacobian covariance (Mellor, Turner, Storkey & Crowley 2021): minus the sum of log(v + k) + 1 / (v + k) over the
 * eigenvalues v of the correlations between the gradients of `rows` images. The less alike they are the higher.
 */
export function jacobianCovariance(jacobian: Float32Array, rows: number): number {
  invariant(jacobian.length % rows === 0, 'zero cost: the gradients of the images are of different lengths');
  const columns = jacobian.length / rows;
  const centred = Array.from({ length: rows }, (_, i) => {
    const row = Float64Array.from(jacobian.subarray(i * columns, (i + 1) * columns));
    const mean = row.reduce((sum, value) => sum + value, 0) / columns;
    const away = row.map((value) => value - mean);
    const norm = Math.sqrt(away.reduce((sum, value) => sum + value * value, 0));
    return away.map((value) => value / norm);
  });
  const correlations = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < columns; k++) product += (centred[i]?.[k] ?? 0) * (centred[j]?.[k] ?? 0);
      correlations[i * rows + j] = correlations[j * rows + i] = product;
    }
  }
  return -symmetricEigenvalues(correlations, rows).reduce((sum, value) => {
    // Rounding may leave an eigenvalue a little below 0.
    const v = Number.isNaN(value) ? NaN : Math.max(0, value);
    return sum + Math.log(v + K) + 1 / (v + K);
  }, 0);
}
