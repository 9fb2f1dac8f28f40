/** Weights that each channel has one of: biases, scales, batch normalisation. A new one leaves its tensor as it is. */
import type { NodeId } from '../../../compiler/graph/graph.ts';
import { present } from '../../../util/invariant.ts';
import type { ChannelMap, Image } from './image.ts';
import type { Beginning, Rule, Rules, Step, Way } from './rule.ts';

/** What each channel has in the parent, for each channel of the child. */
function byChannel(values: Float32Array, { of }: ChannelMap, rows = 1, factor = 1): Float32Array {
  const have = values.length / rows;
  return Float32Array.from(
    { length: rows * of.length },
    (_, at) => factor * (values[Math.floor(at / of.length) * have + (of[at % of.length] ?? 0)] ?? 0),
  );
}

/** A vector along the channels of an image, of the op `other` of the parent; undefined where it is computed there. */
function inherited(
  step: Pick<Step<'bias_add'>, 'parent'>,
  other: { readonly inputs: readonly NodeId[] },
  input: number,
  { channels }: Image,
  rows = 1,
  factor = 1,
): Beginning | undefined {
  const from = present(other.inputs[input], 'a weight');
  const values = step.parent.weights(from);
  if (!values) return undefined;
  return {
    input,
    key: `${from} ${factor} ${channels.key}`,
    values: () => byChannel(values, channels, rows, factor),
  };
}

function fill(input: number, channels: number, value: number): Beginning {
  return { input, key: `all ${value}`, values: () => new Float32Array(channels).fill(value) };
}

const biasAdd: Rule<'bias_add'> = function* (step) {
  const image = step.image(0);
  if (!image || !step.isWeight(1)) return;
  for (const other of step.parent.following(image.node, 'bias_add', step.node.site)) {
    const bias = inherited(step, other, 1, image, 1, image.factor);
    if (bias) yield { image: { ...image, node: other.id }, beginnings: [bias] };
  }
  yield { image, beginnings: [fill(1, image.channels.of.length, 0)] };
};

const channelScale: Rule<'channel_scale'> = function* (step) {
  const image = step.image(0);
  if (!image || !step.isWeight(1)) return;
  for (const other of step.parent.following(image.node, 'channel_scale', step.node.site)) {
    const scale = inherited(step, other, 1, image);
    if (scale) yield { image: { ...image, node: other.id }, beginnings: [scale] };
  }
  yield { image, beginnings: [fill(1, image.channels.of.length, 1)] };
};

const batchNorm: Rule<'batch_norm_inference'> = function* (step) {
  const image = step.image(0);
  if (!image) return;
  const { node, parent } = step;
  const { epsilon } = node.attributes;
  const affine = step.isWeight(1);
  if (image.factor === 1) {
    for (const other of parent.following(image.node, 'batch_norm_inference', node.site)) {
      const weights = [inherited(step, other, 3, image, 2)];
      const [scale, shift] = [inherited(step, other, 1, image), inherited(step, other, 2, image)];
      if (affine) weights.push(scale, shift);
      const otherAffine = parent.node(other.inputs[1] ?? -1).kind !== 'constant';
      if (other.attributes.epsilon !== epsilon || (!affine && otherAffine)) continue;
      if (weights.some((weight) => weight === undefined)) continue;
      yield { image: { ...image, node: other.id }, beginnings: weights.flatMap((weight) => weight ?? []) };
    }
  }
  yield affine ? identityNorm(step, image) : plainNorm(image, epsilon);
};

/** Scale and shift undo what the statistics do: in inference it is the identity, and in training where they are right. */
function identityNorm(step: Step<'batch_norm_inference'>, image: Image): Way {
  const { epsilon } = step.node.attributes;
  const { of, key } = image.channels;
  const moments = (): { mean: number; variance: number }[] => {
    const { mean, variance } = step.moments(image.node);
    return of.map((channel) => ({
      mean: image.factor * (mean[channel] ?? 0),
      variance: image.factor ** 2 * (variance[channel] ?? 1),
    }));
  };
  const named = `identity ${image.node} ${image.factor} ${key}`;
  return {
    image,
    beginnings: [
      {
        input: 1,
        key: named,
        // As rounded as the executors have the variance.
        values: () => Float32Array.from(moments(), (m) => Math.sqrt(Math.fround(m.variance) + epsilon)),
      },
      { input: 2, key: named, values: () => Float32Array.from(moments(), (m) => m.mean) },
      {
        input: 3,
        key: named,
        values: () =>
          Float32Array.from([...moments().map((m) => m.mean), ...moments().map((m) => m.variance)]),
      },
    ],
  };
}

/** Without scale and shift only these statistics are the identity. */
function plainNorm(image: Image, epsilon: number): Way {
  const channels = image.channels.of.length;
  const values = (): Float32Array =>
    Float32Array.from({ length: 2 * channels }, (_, at) => (at < channels ? 0 : 1 - epsilon));
  return { image, beginnings: [{ input: 3, key: 'plain', values }] };
}

export const channelRules: Pick<Rules, 'bias_add' | 'channel_scale' | 'batch_norm_inference'> = {
  bias_add: biasAdd,
  channel_scale: channelScale,
  batch_norm_inference: batchNorm,
};
