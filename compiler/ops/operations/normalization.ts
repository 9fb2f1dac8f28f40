/** Normalisation, and dropout. */
import { channelsOf } from '../shapes.ts';
import { constant, one, operation, type Operation } from '../operation.ts';

export const batchNorm: Operation = operation({
  doc: 'Batch normalisation over all axes but channels (Ioffe & Szegedy 2015), with scale and shift unless told.',
  takes: 'any',
  tensors: ['x'],
  params: [
    { name: 'epsilon', kind: 'positive', default: 1e-5, doc: 'added to the variance' },
    {
      name: 'momentum',
      kind: 'positive',
      default: 0.1,
      doc: 'share of the new batch in the kept statistics',
    },
    { name: 'affine', kind: 'flag', default: true, doc: 'a trained scale and shift for each channel' },
  ],
  build: ({ builder, parameter, state, mode }, inputs, { epsilon, momentum, affine }) => {
    const x = one(inputs);
    const shape = builder.shape(x);
    const channels = channelsOf(shape);
    const each = (name: string, value: number): number =>
      affine ? parameter(name, [channels], constant(value)) : builder.constant(value, [channels]);
    const scale = each('scale', 1);
    const shift = each('shift', 0);
    const kept = (): number => state('statistics', [2, channels], { kind: 'rows', values: [0, 1] });
    if (mode === 'inference') {
      return builder.op('batch_norm_inference', [x, scale, shift, kept()], { epsilon });
    }
    const statistics = mode === 'training' ? kept() : undefined;
    const moments = builder.op('moments', [x], {});
    if (statistics !== undefined) {
      const elements = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const updated = builder.op('update_statistics', [statistics, moments], { momentum, elements });
      builder.update(statistics, updated);
    }
    return builder.op('batch_norm_training', [x, scale, shift, moments], { epsilon });
  },
});

export const layerNorm: Operation = operation({
  doc: 'Normalisation of the features at each place by themselves (Ba et al. 2016), with scale and shift unless told.',
  takes: 'any',
  tensors: ['x'],
  params: [
    { name: 'epsilon', kind: 'positive', default: 1e-5, doc: 'added to the variance' },
    { name: 'affine', kind: 'flag', default: true, doc: 'a trained scale and shift for each feature' },
  ],
  build: ({ builder, parameter }, inputs, { epsilon, affine }) => {
    const y = builder.op('normalize_rows', inputs, { epsilon });
    if (!affine) return y;
    const features = channelsOf(builder.shape(y));
    const scaled = builder.op('channel_scale', [y, parameter('scale', [features], constant(1))], {});
    return builder.op('bias_add', [scaled, parameter('shift', [features], constant(0))], {});
  },
});

export const dropout: Operation = operation({
  doc: 'While training, makes elements zero at random and scales the rest (Srivastava et al. 2014); else the tensor itself. Which ones is a function of seed, place in the network, step and element.',
  takes: 'any',
  tensors: ['x'],
  params: [{ name: 'rate', kind: 'probability', default: 0.5, doc: 'probability of zero' }],
  build: ({ builder, state, mode }, inputs, { rate }) => {
    const x = one(inputs);
    if (mode !== 'training' || rate === 0) return x;
    const key = state('key', [1], { kind: 'key' });
    const step = state('step', [1], constant(0));
    // A site that is used twice counts its steps once, and its uses drop alike: as in one pass over time.
    if (!builder.updates.some((update) => update.state === step)) {
      builder.update(step, builder.op('add', [step, builder.constant(1, [1])], {}));
    }
    return builder.op('dropout', [x, key, step], { rate });
  },
});
