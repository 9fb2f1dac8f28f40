/**
 * The ops of the Graph by name, with the attributes of each. The records (shape rule, cost, reference,
 * gradient) stand in this folder by family; `table.ts` brings them together, complete by type.
 *
 * Ops that only a backward pass makes are listed beside the op that they serve.
 */
import type { Shape } from '../graph/graph.ts';

/** (height, width) */
export type Pair = readonly [number, number];

/** (top, bottom, left, right), in elements */
export type Padding = readonly [number, number, number, number];

export interface WindowAttributes {
  readonly stride: Pair;
  readonly padding: Padding;
}

export interface ConvAttributes extends WindowAttributes {
  /** Distance of neighbouring taps (height, width); 1 where left out. */
  readonly dilation?: Pair;
}

export interface GroupedAttributes extends ConvAttributes {
  /** Equal parts of the channels, each convolved by itself; 1 where left out. */
  readonly groups?: number;
}

export interface PoolAttributes extends WindowAttributes {
  readonly window: Pair;
}

export interface OpAttributes {
  // convolution: x NHWC, w HWIO
  /** (x, w) -> y; in groups, w reads channels / groups */
  conv: GroupedAttributes;
  /** (dy, w) -> dx, of shape `inputShape` */
  conv_input_gradient: GroupedAttributes & { readonly inputShape: Shape };
  /** (x, dy) -> dw, of spatial size `kernel` */
  conv_weight_gradient: GroupedAttributes & { readonly kernel: Pair };

  // depthwise convolution: one filter for each channel, w [height, width, channels]
  /** (x, w) -> y */
  depthwise: ConvAttributes;
  /** (dy, w) -> dx, of shape `inputShape` */
  depthwise_input_gradient: ConvAttributes & { readonly inputShape: Shape };
  /** (x, dy) -> dw, of spatial size `kernel` */
  depthwise_weight_gradient: ConvAttributes & { readonly kernel: Pair };

  // matrices
  /** (a, b) -> a b, each of rank 2, each transposed first where told */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x, b) -> x + b, with b along the last axis */
  bias_add: NoAttributes;
  /** (x) -> sum over all axes but the last */
  sum_rows: NoAttributes;
  /** (x, s) -> x s, with s along the last axis */
  channel_scale: NoAttributes;
  /** (a, b) -> a b for each matrix of a batch: [B, M, K] and [B, K, N], transposed first where told */
  batch_matmul: { readonly transposeA: boolean; readonly transposeB: boolean };

  // batch normalisation over all axes but the last (channels)
  /** (x) -> [2, C]: mean and biased variance */
  moments: NoAttributes;
  /**
   * (x, scale, shift, moments) -> y. `moments` must be `moments(x)`: the gradient for x includes the way
   * through them, and they themselves receive none.
   */
  batch_norm_training: { readonly epsilon: number };
  /** (dy, x, moments) -> [2, C]: sum of dy, sum of dy * xhat */
  batch_norm_gradient_sums: { readonly epsilon: number };
  /** (dy, x, moments, scale, sums) -> dx */
  batch_norm_input_gradient: { readonly epsilon: number };
  /** (x, scale, shift, statistics) -> y, with kept statistics [2, C] */
  batch_norm_inference: { readonly epsilon: number };
  /**
   * (statistics, moments) -> statistics': (1 - momentum) * old + momentum * new, the variance made unbiased
   * by n / (n - 1) where n = `elements` per channel (PyTorch's convention, momentum 0.1)
   */
  update_statistics: { readonly momentum: number; readonly elements: number };
  /** (t) -> row `index` of the first axis */
  row: { readonly index: number };

  // rows: the last axis
  /** (x) -> (x - mean) / sqrt(variance + epsilon) of each row */
  normalize_rows: { readonly epsilon: number };
  /** (dy, x) -> dx */
  normalize_rows_gradient: { readonly epsilon: number };
  /** (x) -> exp(x) / sum of exp over the row; `causal`: in row i of each matrix only the elements up to i */
  softmax: { readonly causal?: boolean };
  /** (dy, y) -> dx, where y = softmax(x) */
  softmax_gradient: NoAttributes;
  /** (x) -> x less the logarithm of the sum of exp over the row */
  log_softmax: NoAttributes;
  /** (dy, y) -> dx, where y = log_softmax(x) */
  log_softmax_gradient: NoAttributes;

  // elementwise
  /** (x) -> the named function of each element; `parameter` is its slope or scale, where it has one */
  activation: ActivationAttributes;
  /** (dy, x) -> dx */
  activation_gradient: ActivationAttributes;
  /**
   * (x, key [1], step [1]) -> zero with probability `rate`, else x / (1 - rate). Which elements are dropped
   * is a function of key, step and place alone.
   */
  dropout: { readonly rate: number };
  /**
   * (x, key [1], step [1], rate [1]) -> zero, the whole of an example (first axis), with probability `rate` from 0 to below 1,
   * else x / (1 - rate). Which examples are dropped is a function of key, step and place in the batch alone.
   */
  drop_path: NoAttributes;
  relu: NoAttributes;
  /** (dy, y) -> dx, where y = relu(x) */
  relu_gradient: NoAttributes;
  /** (a, b) of one shape */
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  /** (x) -> factor * x */
  scale: { readonly factor: number };
  /** (a, b) of one shape -> a / b */
  div: NoAttributes;
  /** (a, b) of one shape -> a to the power of b */
  pow: NoAttributes;
  /** (a, b) of one shape -> the larger of each two */
  maximum: NoAttributes;
  /** (a, b) of one shape -> the smaller of each two */
  minimum: NoAttributes;
  /** (a, b) of one shape -> 1 where a > b, else 0 */
  greater: NoAttributes;
  /** (c, a, b) of one shape -> a where c is not 0, else b */
  where: NoAttributes;

  // relaxed choices
  /** (weights [R, n], x_0, x_1, ...) -> sum of weights[row, columns[k]] * x_k */
  mix: { readonly row: number; readonly columns: Shape };
  /** (dy, x_0, x_1, ...) -> [R, n] = `weights`: sum of dy * x_k at [row, columns[k]], zero elsewhere */
  mix_weight_gradient: { readonly row: number; readonly columns: Shape; readonly weights: Pair };

  // pooling: x NHWC
  /** padding never wins; ties go to the first in row-major order */
  max_pool: PoolAttributes;
  /** (dy, x) -> dx */
  max_pool_gradient: PoolAttributes;
  /** padding is not counted */
  avg_pool: PoolAttributes;
  /** (dy) -> dx */
  avg_pool_gradient: PoolAttributes & { readonly inputShape: Shape };
  /** (x) -> [N, C] */
  global_avg_pool: NoAttributes;
  /** (dy) -> dx, of shape `inputShape` */
  global_avg_pool_gradient: { readonly inputShape: Shape };

  // along axes, up to four
  /** (x) -> x with each of `axes` made 1: its sum, largest, smallest or product */
  reduce: { readonly kind: ReduceKind; readonly axes: Shape };
  /** (dy, x) -> dx of `reduce` by product; dy has `axes` of size 1 */
  product_gradient: { readonly axes: Shape };
  /** (x) -> x repeated to `shape`: axes of size 1 are stretched, missing ones added in front */
  broadcast: { readonly shape: Shape };
  /** (x) -> x with the order along `axes` turned round */
  reverse: { readonly axes: Shape };

  // places: tensors taken apart and put together, up to four axes
  /** (a, b, ...) -> one after the other along the last axis */
  concat: NoAttributes;
  /** (x) -> the part of `size` that starts at `begin` */
  slice: { readonly begin: Shape; readonly size: Shape };
  /** (x) -> x with zeros before and after each axis */
  pad: { readonly before: Shape; readonly after: Shape };
  /** (x) -> the same elements, row-major, in another shape */
  reshape: { readonly shape: Shape };
  /** (x) -> axis i of the result is axis `axes[i]` of x */
  transpose: { readonly axes: Shape };

  // tokens: ids i32, 0 or above
  /** (ids, table [V, C]) -> the row of each id; an id without a row gives zeros */
  embedding: NoAttributes;
  /** (ids, dy) -> dtable, of `rows` rows */
  embedding_gradient: { readonly rows: number };

  // classification: logits [N, K], labels i32 [N]; a label below 0 takes no part
  /** (logits, labels) -> [1] */
  softmax_cross_entropy: CrossEntropyAttributes;
  /** (logits, labels, dloss [1]) -> dlogits */
  softmax_cross_entropy_gradient: CrossEntropyAttributes;
  /** (logits, labels) -> [1]: how many rows have their largest logit (the first of equals) at the label */
  correct: NoAttributes;
}

export interface CrossEntropyAttributes {
  readonly reduction: 'mean' | 'sum';
  /** The share of each label that is spread evenly over all classes (Szegedy et al. 2016, section 7); 0 where left out. */
  readonly smoothing?: number;
}

export type ActivationName =
  'relu6' | 'leaky_relu' | 'elu' | 'selu' | 'gelu' | 'sigmoid' | 'tanh' | 'swish' | 'hard_swish' | 'softplus';

/** Functions of elements that are no activations of networks by themselves. */
export type ElementaryName =
  'abs' | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'sin' | 'cos' | 'floor' | 'ceil' | 'round' | 'sign' | 'erf';

export type ReduceKind = 'sum' | 'max' | 'min' | 'product';

export interface ActivationAttributes {
  readonly name: ActivationName | ElementaryName;
  readonly parameter?: number;
}

export type NoAttributes = Readonly<Record<string, never>>;

export type OpName = keyof OpAttributes;
