/** How each op passes on what is known of its inputs in terms of the parent's tensors, complete by type. */
import type { OpName } from '../../../compiler/ops/attributes.ts';
import { channelsOf, sameShape } from '../../../compiler/ops/shapes.ts';
import { channelRules } from './channelRules.ts';
import { channelRange, isWhole } from './image.ts';
import { linearRules } from './linearRules.ts';
import { placeRules } from './placeRules.ts';
import { pointRules, sameAttributes } from './pointRules.ts';
import type { Beginning, Rule, Rules } from './rule.ts';

/** The same op of the same tensors, with the same weights: where channels are mixed, none may be missing or repeated. */
function exact<K extends OpName>(): Rule<K> {
  return function* (step) {
    const { node, parent } = step;
    const images = node.inputs.map((_, i) => step.image(i));
    const first = images.findIndex((image) => image !== undefined);
    const start = images[first];
    if (!start) return;
    for (const other of parent.readers(start.node)) {
      if (other.op !== node.op || other.inputs.length !== node.inputs.length) continue;
      if (!sameAttributes(other.attributes, node.attributes) || !sameShape(other.shape, node.shape)) continue;
      const beginnings: Beginning[] = [];
      const agrees = other.inputs.every((id, input) => {
        const image = images[input];
        const theirs = parent.node(id);
        if (image) {
          return image.node === id && image.factor === 1 && isWhole(image.channels, channelsOf(theirs.shape));
        }
        const values = parent.weights(id);
        if (!values || !sameShape(theirs.shape, step.shape(input))) return false;
        beginnings.push({ input, key: String(id), values: () => values.slice() });
        return true;
      });
      if (!agrees) continue;
      yield {
        image: { node: other.id, channels: channelRange(0, channelsOf(node.shape)), factor: 1 },
        beginnings,
      };
    }
  };
}

/** Only training has it: networks are compared as they are measured. */
const trainingAlone: Rule<OpName> = () => [];

export const rules: Rules = {
  ...linearRules,
  ...channelRules,
  ...pointRules,
  ...placeRules,

  batch_matmul: exact(),
  sum_rows: exact(),
  row: exact(),
  normalize_rows: exact(),
  softmax: exact(),
  log_softmax: exact(),
  dropout: exact(),
  where: exact(),
  mix: exact(),
  reduce: exact(),
  broadcast: exact(),
  reverse: exact(),
  transpose: exact(),
  softmax_cross_entropy: exact(),
  correct: exact(),

  conv_input_gradient: trainingAlone,
  conv_weight_gradient: trainingAlone,
  depthwise_input_gradient: trainingAlone,
  depthwise_weight_gradient: trainingAlone,
  drop_path: trainingAlone,
  moments: trainingAlone,
  batch_norm_training: trainingAlone,
  batch_norm_gradient_sums: trainingAlone,
  batch_norm_input_gradient: trainingAlone,
  update_statistics: trainingAlone,
  normalize_rows_gradient: trainingAlone,
  softmax_gradient: trainingAlone,
  log_softmax_gradient: trainingAlone,
  activation_gradient: trainingAlone,
  relu_gradient: trainingAlone,
  mix_weight_gradient: trainingAlone,
  max_pool_gradient: trainingAlone,
  avg_pool_gradient: trainingAlone,
  global_avg_pool_gradient: trainingAlone,
  product_gradient: trainingAlone,
  embedding_gradient: trainingAlone,
  softmax_cross_entropy_gradient: trainingAlone,
};
