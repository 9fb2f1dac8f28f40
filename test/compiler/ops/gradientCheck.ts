/**
 * Compares the gradients that a graph computes with central differences of its float64 reference.
 *
 * With step h the difference quotient is off by O(h^2) and by rounding / h; at h = 1e-5 and values near 1
 * both are about 1e-10. The tolerance of 1e-6 leaves room for curvature and is far below any wrong rule.
 * Where a kink lies within a step, a smaller one is tried.
 */
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, NodeId, ParameterNode } from '../../../compiler/graph/graph.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { type Feeds, runReference } from '../../../runtime/execute/reference.ts';
import { type Spread, tensorFor } from '../../arbitraries/tensors.ts';

const steps = [1e-5, 1e-6, 1e-7];
const tolerance = 1e-6;

/**
 * A scalar that reads every element of a node with a weight of its own: sum of r * y with a constant-like
 * input `r`. Uses mul, reshape, global_avg_pool, scale, matmul, bias_add and sum_rows as the rank demands.
 */
export function weightedSum(builder: GraphBuilder, y: NodeId): NodeId {
  const shape = builder.shape(y);
  let sum = builder.op('mul', [y, builder.input('r', shape)], {});
  if (shape.length === 1) sum = builder.op('bias_add', [builder.constant(0, [1, shape[0]]), sum], {});
  if (shape.length === 3) {
    sum = builder.op('reshape', [sum], { shape: [shape[0] * shape[1], shape[2]] });
  }
  if (shape.length === 4) {
    sum = builder.op('global_avg_pool', [sum], {});
    sum = builder.op('scale', [sum], { factor: shape[1] * shape[2] });
  }
  const [, columns] = builder.shape(sum);
  const total = builder.op('matmul', [sum, builder.constant(1, [columns, 1])], {
    transposeA: false,
    transposeB: false,
  });
  return builder.op('sum_rows', [total], {});
}

/** Values for all inputs, parameters and states of a graph. Inputs of type i32 must be given. */
export function feedsFor(
  graph: Graph,
  seed: number,
  spread: Spread,
  given: Readonly<Record<string, CpuTensor>> = {},
): Required<Feeds> {
  const feeds = {
    input: {} as Record<string, CpuTensor>,
    parameter: {} as Record<string, CpuTensor>,
    state: {} as Record<string, CpuTensor>,
  };
  for (const node of graph.nodes) {
    if (node.kind === 'op' || node.kind === 'constant') continue;
    feeds[node.kind][node.name] = given[node.name] ?? tensorFor(node.name, node.shape, seed, spread);
  }
  return { inputs: feeds.input, parameters: feeds.parameter, states: feeds.state };
}

function moved(point: CpuTensor, direction: CpuTensor, step: number): CpuTensor {
  const data = Float64Array.from(point.data, (value, i) => value + step * direction.data[i]);
  return { shape: point.shape, data };
}

/** What is wrong with the gradients of output `loss`, for each parameter along a random direction. */
export function gradientErrors(
  graph: Graph,
  seed: number,
  spread: Spread = 'normal',
  given: Readonly<Record<string, CpuTensor>> = {},
): string[] {
  const differentiated = verify(differentiate(graph, 'loss'));
  const feeds = feedsFor(graph, seed, spread, given);
  const { parameters } = feeds;
  const { gradients } = runReference(differentiated, feeds, { precision: 'f64' });
  const lossWith = (name: string, value: CpuTensor): number =>
    runReference(graph, { ...feeds, parameters: { ...parameters, [name]: value } }, { precision: 'f64' })
      .outputs.loss.data[0];

  const isParameter = (node: Graph['nodes'][number]): node is ParameterNode => node.kind === 'parameter';
  return graph.nodes.filter(isParameter).flatMap(({ name, shape }) => {
    const gradient = gradients[name];
    if (!gradient) return [`${name} has no gradient`];
    const point = parameters[name];
    const direction = tensorFor(`direction of ${name}`, shape, seed);
    let computed = 0;
    let scale = 1e-2;
    gradient.data.forEach((value, i) => {
      computed += value * direction.data[i];
      scale += Math.abs(value * direction.data[i]);
    });
    const middle = lossWith(name, point);
    let message = '';
    for (const h of steps) {
      const above = (lossWith(name, moved(point, direction, h)) - middle) / h;
      const below = (middle - lossWith(name, moved(point, direction, -h))) / h;
      const measured = (above + below) / 2;
      const error = Math.abs(computed - measured);
      if (error <= tolerance * scale) return [];
      // At a kink the slopes on its two sides differ by twice the error; a wrong rule has no such excuse,
      // for on smooth ground they differ by h times the curvature.
      if (h === steps.at(-1) && error <= Math.abs(above - below)) return [];
      message = `${name}: computed ${computed}, measured ${measured}`;
    }
    return [message];
  });
}

/** Gradient errors of the op (or ops) that `build` makes from parameters that it declares. */
export function opGradientErrors(
  build: (builder: GraphBuilder) => NodeId,
  seed: number,
  spread: Spread = 'normal',
): string[] {
  const builder = new GraphBuilder();
  builder.outputs.loss = weightedSum(builder, build(builder));
  return gradientErrors(builder.finish(), seed, spread);
}
