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

export interface PoolAttributes extends WindowAttributes {
  readonly window: Pair;
}

export interface OpAttributes {
  // convolution: x NHWC, w HWIO
  /** (x, w) -> y */
  conv: WindowAttributes;
  /** (dy, w) -> dx, of shape `inputShape` */
  conv_input_gradient: WindowAttributes & { readonly inputShape: Shape };
  /** (x, dy) -> dw, of spatial size `kernel` */
  conv_weight_gradient: WindowAttributes & { readonly kernel: Pair };

  // matrices
  /** (a, b) -> a b, each of rank 2, each transposed first where told */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x, b) -> x + b, with b along the last axis */
  bias_add: NoAttributes;
  /** (x) -> sum over all axes but the last */
  sum_rows: NoAttributes;

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

  // elementwise
  relu: NoAttributes;
  /** (dy, y) -> dx, where y = relu(x) */
  relu_gradient: NoAttributes;
  /** (a, b) of one shape */
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  /** (x) -> factor * x */
  scale: { readonly factor: number };

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

  // classification: logits [N, K], labels i32 [N]; a label below 0 takes no part
  /** (logits, labels) -> [1] */
  softmax_cross_entropy: { readonly reduction: 'mean' | 'sum' };
  /** (logits, labels, dloss [1]) -> dlogits */
  softmax_cross_entropy_gradient: { readonly reduction: 'mean' | 'sum' };
  /** (logits, labels) -> [1]: how many rows have their largest logit (the first of equals) at the label */
  correct: NoAttributes;
}

export type NoAttributes = Readonly<Record<string, never>>;

export type OpName = keyof OpAttributes;
