/** The kernels of every op, complete by type. */
import type { OpName } from '../ops/attributes.ts';
import { activationGradientRule, activationRule, dropoutRule } from './kernels/activation.ts';
import { batchMatmulRule } from './kernels/batchMatmul.ts';
import { correctRule, crossEntropyGradientRule, crossEntropyRule } from './kernels/classification.ts';
import {
  convInputGradientRule,
  convRule,
  convWeightGradientRule,
  matmulRule,
} from './kernels/convolution.ts';
import {
  depthwiseInputGradientRule,
  depthwiseRule,
  depthwiseWeightGradientRule,
} from './kernels/depthwise.ts';
import {
  addRule,
  mulRule,
  reluGradientRule,
  reluRule,
  rowRule,
  scaleRule,
  subRule,
} from './kernels/elementwise.ts';
import { dropPathRule } from './kernels/dropPath.ts';
import { embeddingGradientRule, embeddingRule } from './kernels/embedding.ts';
import {
  logSoftmaxGradientRule,
  logSoftmaxRule,
  normalizeRowsGradientRule,
  normalizeRowsRule,
  softmaxGradientRule,
  softmaxRule,
} from './kernels/lastAxis.ts';
import {
  batchNormInferenceRule,
  batchNormTrainingRule,
  biasAddRule,
  channelScaleRule,
  gradientSumsRule,
  inputGradientRule,
  momentsRule,
  sumRowsRule,
  updateStatisticsRule,
} from './kernels/normalization.ts';
import { divRule, greaterRule, maximumRule, minimumRule, powRule, whereRule } from './kernels/pairs.ts';
import { mixRule, mixWeightGradientRule } from './kernels/mix.ts';
import { concatRule, reshapeRule } from './kernels/places.ts';
import { avgPoolGradientRule, avgPoolRule, maxPoolGradientRule, maxPoolRule } from './kernels/pooling.ts';
import { globalAvgPoolGradientRule, globalAvgPoolRule } from './kernels/globalPooling.ts';
import { productGradientRule, reduceRule } from './kernels/reduce.ts';
import { broadcastRule, padRule, reverseRule, sliceRule, transposeRule } from './kernels/window.ts';
import type { KernelRule } from './rule.ts';

/** How each op becomes dispatches. */
export const kernelTable: { readonly [K in OpName]: KernelRule<K> } = {
  conv: convRule,
  conv_input_gradient: convInputGradientRule,
  conv_weight_gradient: convWeightGradientRule,
  depthwise: depthwiseRule,
  depthwise_input_gradient: depthwiseInputGradientRule,
  depthwise_weight_gradient: depthwiseWeightGradientRule,
  matmul: matmulRule,
  batch_matmul: batchMatmulRule,
  bias_add: biasAddRule,
  sum_rows: sumRowsRule,
  channel_scale: channelScaleRule,
  moments: momentsRule,
  batch_norm_training: batchNormTrainingRule,
  batch_norm_gradient_sums: gradientSumsRule,
  batch_norm_input_gradient: inputGradientRule,
  batch_norm_inference: batchNormInferenceRule,
  update_statistics: updateStatisticsRule,
  row: rowRule,
  normalize_rows: normalizeRowsRule,
  normalize_rows_gradient: normalizeRowsGradientRule,
  softmax: softmaxRule,
  softmax_gradient: softmaxGradientRule,
  log_softmax: logSoftmaxRule,
  log_softmax_gradient: logSoftmaxGradientRule,
  activation: activationRule,
  activation_gradient: activationGradientRule,
  dropout: dropoutRule,
  drop_path: dropPathRule,
  relu: reluRule,
  relu_gradient: reluGradientRule,
  add: addRule,
  sub: subRule,
  mul: mulRule,
  scale: scaleRule,
  div: divRule,
  pow: powRule,
  maximum: maximumRule,
  minimum: minimumRule,
  greater: greaterRule,
  where: whereRule,
  reduce: reduceRule,
  product_gradient: productGradientRule,
  broadcast: broadcastRule,
  reverse: reverseRule,
  mix: mixRule,
  mix_weight_gradient: mixWeightGradientRule,
  max_pool: maxPoolRule,
  max_pool_gradient: maxPoolGradientRule,
  avg_pool: avgPoolRule,
  avg_pool_gradient: avgPoolGradientRule,
  global_avg_pool: globalAvgPoolRule,
  global_avg_pool_gradient: globalAvgPoolGradientRule,
  concat: concatRule,
  slice: sliceRule,
  pad: padRule,
  reshape: reshapeRule,
  transpose: transposeRule,
  embedding: embeddingRule,
  embedding_gradient: embeddingGradientRule,
  softmax_cross_entropy: crossEntropyRule,
  softmax_cross_entropy_gradient: crossEntropyGradientRule,
  correct: correctRule,
};
