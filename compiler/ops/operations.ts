/**
 * The operations of the language: what a `.nas` file may call. Each says how it is called and builds
 * itself out of ops; shapes, parameters and costs follow from what it builds and are stated nowhere else.
 */
import type { Operation } from './operation.ts';
import { activation, elu, leakyRelu, relu, scale, softmax } from './operations/activation.ts';
import { attention, conv, dense, depthwise, embedding } from './operations/convolution.ts';
import { concat, foldOf, mean, sub } from './operations/merge.ts';
import { batchNorm, dropout, layerNorm } from './operations/normalization.ts';
import { firstChannels, flatten, identity, shift, splitPart, zero } from './operations/places.ts';
import { globalAvgPool, globalMaxPool, pool } from './operations/pooling.ts';

export { paddingWords, type AttributeKind, type AttributeKinds, type PaddingMode } from './attributeKinds.ts';
export type { BuildContext, Mode, Operation, OperationParam, Takes } from './operation.ts';

/** The names of all operations. */
export type OperationName =
  | 'conv'
  | 'depthwise'
  | 'dense'
  | 'embedding'
  | 'attention'
  | 'batch_norm'
  | 'layer_norm'
  | 'dropout'
  | 'relu'
  | 'relu6'
  | 'leaky_relu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'sigmoid'
  | 'tanh'
  | 'swish'
  | 'hard_swish'
  | 'softplus'
  | 'softmax'
  | 'identity'
  | 'zero'
  | 'max_pool'
  | 'avg_pool'
  | 'global_avg_pool'
  | 'global_max_pool'
  | 'flatten'
  | 'first_channels'
  | 'split_part'
  | 'shift'
  | 'add'
  | 'mul'
  | 'mean'
  | 'concat'
  | 'sub'
  | 'scale';

/** All operations by name. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  conv,
  depthwise,
  dense,
  embedding,
  attention,
  batch_norm: batchNorm,
  layer_norm: layerNorm,
  dropout,
  relu,
  relu6: activation('relu6'),
  leaky_relu: leakyRelu,
  elu,
  selu: activation('selu'),
  gelu: activation('gelu'),
  sigmoid: activation('sigmoid'),
  tanh: activation('tanh'),
  swish: activation('swish'),
  hard_swish: activation('hard_swish'),
  softplus: activation('softplus'),
  softmax,
  identity,
  zero,
  max_pool: pool('max_pool', 'Largest value of each window; padding never wins.'),
  avg_pool: pool('avg_pool', 'Mean of each window; padding is not counted.'),
  global_avg_pool: globalAvgPool,
  global_max_pool: globalMaxPool,
  flatten,
  first_channels: firstChannels,
  split_part: splitPart,
  shift,
  add: foldOf('add', '+', 'Sum of a list of tensors of one shape; `x + y` for two.'),
  mul: foldOf('mul', '*', 'Product, element by element, of a list of tensors of one shape; `x * y` for two.'),
  mean,
  concat,
  sub,
  scale,
};

/** Whether a file may call it by this name. Those that are operators alone have none. */
export function isCallable(name: string): name is OperationName {
  if (!Object.hasOwn(operations, name)) return false;
  const { operator, tensors } = operations[name as OperationName];
  return operator === undefined || tensors === 'list';
}
