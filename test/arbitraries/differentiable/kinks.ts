/**
 * How far the values that ops see are from where the ops have no derivative: kinks, steps, ties, and the poles
 * near which a rounding is magnified. Complete by type: a new op says here where it is not smooth.
 */
import type { OpNode, Shape } from '../../../compiler/graph/graph.ts';
import type { ActivationAttributes, OpName } from '../../../compiler/ops/attributes.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { axes4 } from '../../../compiler/ops/shapes.ts';
import { stridesOf, visitPlaces } from '../../../compiler/ops/strides.ts';
import { visitWindows } from '../../../compiler/ops/windows.ts';

type Values = CpuTensor['data'];

/** The smallest distance of any element: Infinity where there is nothing to come near to. */
type Distance<K extends OpName> = (
  inputs: readonly CpuTensor[],
  attributes: Extract<OpNode, { readonly op: K }>['attributes'],
) => number;

const least = (values: Values, distance: (value: number, i: number) => number): number => {
  let smallest = Infinity;
  values.forEach((value, i) => {
    smallest = Math.min(smallest, distance(value, i));
  });
  return smallest;
};

/**
 * From a kink. What is exactly there was put there (by a relu before, by padding) and stays while values move,
 * on every executor; both sides' slopes then multiply a gradient that goes nowhere.
 */
const fromKink = (distance: number): number => (distance === 0 ? Infinity : Math.abs(distance));

/** From a pole, from whose other side nothing is asked: values below it have no result at all. */
const above = (value: number, pole: number): number => (value > pole ? value : 0);

const fromWhole = (value: number): number => Math.abs(value - Math.round(value));

type Name = ActivationAttributes['name'];

/** Of the functions of one element. */
const bends: Readonly<Record<Name, ((x: number) => number) | 'smooth'>> = {
  relu6: (x) => Math.min(fromKink(x), fromKink(x - 6)),
  leaky_relu: fromKink,
  elu: fromKink,
  selu: fromKink,
  gelu: 'smooth',
  sigmoid: 'smooth',
  tanh: 'smooth',
  swish: 'smooth',
  hard_swish: (x) => Math.min(Math.abs(x + 3), Math.abs(x - 3)),
  softplus: 'smooth',
  abs: fromKink,
  exp: 'smooth',
  log: (x) => above(x, 0.1),
  sqrt: (x) => above(x, 0.1),
  reciprocal: (x) => above(Math.abs(x), 0.1),
  sin: 'smooth',
  cos: 'smooth',
  floor: fromWhole,
  ceil: fromWhole,
  round: (x) => fromWhole(x - 0.5),
  sign: Math.abs,
  erf: 'smooth',
};

/** How far the two largest of some values are apart; exact ties are of copies. */
function lead(values: readonly number[]): number {
  const [first, second = -Infinity] = [...values].sort((a, b) => b - a);
  return fromKink(first - second);
}

/**
 * Infinity where no factors of a product, taken in whatever order, leave the range of float32 on the way; else 0: a
 * product that overflows before it meets a zero is no number.
 */
function withinRange(factors: readonly number[]): number {
  let [large, small] = [0, 0];
  for (const factor of factors) {
    const size = factor === 0 ? 0 : Math.log2(Math.abs(factor));
    if (size > 0) large += size;
    else small -= size;
  }
  return Math.max(large, small) < 60 ? Infinity : 0;
}

/** The smallest distance of the groups of elements that are reduced along axes. */
function leastOfGroups(x: CpuTensor, axes: Shape, distance: (group: readonly number[]) => number): number {
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const strides = stridesOf(kept).map((n, axis) => (axes.includes(axis) ? 0 : n));
  const groups = new Map<number, number[]>();
  let from = 0;
  visitPlaces(x.shape, strides, (to) => {
    const group = groups.get(to) ?? [];
    group.push(x.data[from++]);
    groups.set(to, group);
  });
  return [...groups.values()].reduce((smallest, group) => Math.min(smallest, distance(group)), Infinity);
}

const betweenPairs = ([a, b]: readonly CpuTensor[]): number =>
  least(a.data, (value, i) => fromKink(value - b.data[i]));

const smooth = (): number => Infinity;

const distances: { readonly [K in OpName]: Distance<K> } = {
  conv: smooth,
  conv_input_gradient: smooth,
  conv_weight_gradient: smooth,
  depthwise: smooth,
  depthwise_input_gradient: smooth,
  depthwise_weight_gradient: smooth,
  matmul: smooth,
  bias_add: smooth,
  sum_rows: smooth,
  channel_scale: smooth,
  batch_matmul: smooth,
  moments: smooth,
  batch_norm_training: smooth,
  batch_norm_gradient_sums: smooth,
  batch_norm_input_gradient: smooth,
  batch_norm_inference: smooth,
  update_statistics: smooth,
  row: smooth,
  normalize_rows: smooth,
  normalize_rows_gradient: smooth,
  softmax: smooth,
  softmax_gradient: smooth,
  log_softmax: smooth,
  log_softmax_gradient: smooth,
  activation([x], { name }) {
    const bend = bends[name];
    return bend === 'smooth' ? Infinity : least(x.data, bend);
  },
  activation_gradient([, x], { name }) {
    const bend = bends[name];
    return bend === 'smooth' ? Infinity : least(x.data, bend);
  },
  dropout: smooth,
  drop_path: smooth,
  relu: ([x]) => least(x.data, fromKink),
  // A relu's output is exactly zero, or above: that it is zero does not change while values move.
  relu_gradient: ([, y]) => least(y.data, fromKink),
  add: smooth,
  sub: smooth,
  mul: smooth,
  scale: smooth,
  div: ([, b]) => least(b.data, (value) => above(Math.abs(value), 0.1)),
  // Whole powers are smooth everywhere.
  pow: ([a, b]) =>
    least(a.data, (value, i) =>
      Number.isInteger(b.data[i]) && b.data[i] >= 1 ? Infinity : above(value, 0.1),
    ),
  maximum: betweenPairs,
  minimum: betweenPairs,
  greater: betweenPairs,
  where: ([c]) => least(c.data, fromKink),
  mix: smooth,
  mix_weight_gradient: smooth,
  max_pool([x], attributes) {
    const [, height, width, channels] = axes4(x.shape);
    let smallest = Infinity;
    visitWindows(x.shape, attributes.window, attributes, ({ image, top, bottom, left, right }) => {
      for (let c = 0; c < channels; c++) {
        const seen: number[] = [];
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            seen.push(x.data[((image * height + row) * width + column) * channels + c]);
          }
        }
        smallest = Math.min(smallest, lead(seen));
      }
    });
    return smallest;
  },
  max_pool_gradient: ([, x], attributes) => distances.max_pool([x], attributes),
  avg_pool: smooth,
  avg_pool_gradient: smooth,
  global_avg_pool: smooth,
  global_avg_pool_gradient: smooth,
  reduce([x], { kind, axes }) {
    if (kind === 'sum') return Infinity;
    const distance = kind === 'product' ? withinRange : lead;
    const sign = kind === 'min' ? -1 : 1;
    return leastOfGroups(x, axes, (group) => distance(group.map((value) => sign * value)));
  },
  product_gradient: ([, x], { axes }) => leastOfGroups(x, axes, withinRange),
  broadcast: smooth,
  reverse: smooth,
  concat: smooth,
  slice: smooth,
  pad: smooth,
  reshape: smooth,
  transpose: smooth,
  embedding: smooth,
  embedding_gradient: smooth,
  softmax_cross_entropy: smooth,
  softmax_cross_entropy_gradient: smooth,
  correct: smooth,
};

/** How far the inputs of an op are from where it has no derivative. */
export function kinkDistance<K extends OpName>(
  { op, attributes }: { readonly op: K; readonly attributes: Parameters<Distance<K>>[1] },
  inputs: readonly CpuTensor[],
): number {
  const distance: Distance<K> = distances[op];
  return distance(inputs, attributes);
}
