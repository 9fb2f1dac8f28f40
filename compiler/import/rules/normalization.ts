/** ONNX's normalisations, written out so that all of them can be trained through. */
import { elementsOf } from '../../ops/shapes.ts';
import { flag, float, ignored, int, ints, requiredInt } from '../attributes.ts';
import type { Composer, Tensor } from '../compose.ts';
import { atMost, axisOf, misfit, rule, unsupported, type OnnxRules, type RuleContext } from '../rule.ts';

/** x less its mean, and its mean and variance, along axes. */
function centred(
  compose: Composer,
  x: Tensor,
  axes: readonly number[],
): { readonly distance: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  const mean = compose.mean(x, axes);
  const distance = compose.pair('sub', x, mean);
  return { distance, mean, variance: compose.mean(compose.square(distance), axes) };
}

/** 1 / sqrt(variance + epsilon) */
const inverse = (compose: Composer, variance: Tensor, epsilon: number): Tensor =>
  compose.map(compose.map(compose.shift(variance, epsilon), 'sqrt'), 'reciprocal');

/** One number for each channel (the second axis), in the rank of x. */
function perChannel(c: RuleContext, values: Tensor, x: Tensor): Tensor {
  const channels = x.shape[1] ?? 1;
  if (elementsOf(values.shape) === channels) {
    return c.compose.reshape(values, [channels, ...x.shape.slice(2).map(() => 1)]);
  }
  return misfit(c, `${elementsOf(values.shape)} numbers for ${channels} channels`, 'one for each channel');
}

const scaled = (c: RuleContext, y: Tensor): Tensor =>
  c.compose.pair(
    'add',
    c.compose.pair('mul', y, perChannel(c, c.tensor(1), y)),
    perChannel(c, c.tensor(2), y),
  );

const allButChannels = ({ shape }: Tensor): number[] =>
  shape.map((_, axis) => axis).filter((axis) => axis !== 1);

/** The axes from one to the last. */
function axesFrom(c: RuleContext, axis: number, { shape }: Tensor): number[] {
  const first = axisOf(c, axis, shape.length);
  return shape.map((_, i) => i).filter((i) => i >= first);
}

const legacy = { consumed_inputs: ignored, spatial: ignored } as const;

export const normalizationRules: OnnxRules<
  | 'BatchNormalization'
  | 'InstanceNormalization'
  | 'GroupNormalization'
  | 'LayerNormalization'
  | 'RMSNormalization'
  | 'LpNormalization'
  | 'MeanVarianceNormalization'
  | 'LRN'
> = {
  BatchNormalization: rule({
    doc: 'Each channel normalised: by statistics that are given, or in training by its own, which move them.',
    inputs: 'X, scale, B, mean, var',
    attributes: {
      ...legacy,
      epsilon: float(1e-5),
      momentum: float(0.9),
      training_mode: flag(false),
      is_test: flag(false),
    },
    build: (c, { epsilon, momentum, training_mode: training, is_test: test }) => {
      const { compose } = c;
      if (c.opset < 7 && !test) return unsupported(c, 'it trains', '`is_test` of 1, or version 7 or later');
      const x = c.tensor(0);
      if (!training) {
        const distance = compose.pair('sub', x, perChannel(c, c.kept(3), x));
        return [
          scaled(c, compose.pair('mul', distance, inverse(compose, perChannel(c, c.kept(4), x), epsilon))),
        ];
      }
      const { distance, mean, variance } = centred(compose, x, allButChannels(x));
      const moved = (index: number, fresh: Tensor): Tensor => {
        const old = c.kept(index);
        const share = compose.scale(compose.reshape(fresh, old.shape), 1 - momentum);
        return compose.pair('add', compose.scale(old, momentum), share);
      };
      const y = scaled(c, compose.pair('mul', distance, inverse(compose, variance, epsilon)));
      return c.outputCount > 1 ? [y, moved(3, mean), moved(4, variance)] : [y];
    },
  }),
  InstanceNormalization: rule({
    doc: 'Each channel of each example normalised.',
    inputs: 'X, scale, B',
    attributes: { ...legacy, epsilon: float(1e-5) },
    build: (c, { epsilon }) => {
      const x = c.tensor(0);
      const axes = allButChannels(x).filter((axis) => axis > 1);
      const { distance, variance } = centred(c.compose, x, axes);
      return [scaled(c, c.compose.pair('mul', distance, inverse(c.compose, variance, epsilon)))];
    },
  }),
  GroupNormalization: rule({
    doc: 'Groups of channels of each example normalised.',
    since: 21,
    inputs: 'X, scale, B',
    attributes: { epsilon: float(1e-5), num_groups: requiredInt, stash_type: ignored },
    build: (c, { epsilon, num_groups: groups }) => {
      const x = c.tensor(0);
      const [examples = 1, channels = 1] = x.shape;
      if (groups < 1 || channels % groups !== 0) {
        return misfit(
          c,
          `${channels} channels in ${groups} groups`,
          'a number of groups that divides the channels',
        );
      }
      const grouped = c.compose.reshape(x, [examples, groups, elementsOf(x.shape) / examples / groups]);
      const { distance, variance } = centred(c.compose, grouped, [2]);
      const y = c.compose.pair('mul', distance, inverse(c.compose, variance, epsilon));
      return [scaled(c, c.compose.reshape(y, x.shape))];
    },
  }),
  LayerNormalization: rule({
    doc: 'Normalised over an axis and all behind it; also the mean and one over the deviation.',
    since: 17,
    inputs: 'X, Scale, B?',
    attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: ignored },
    build: (c, { axis, epsilon }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const { distance, mean, variance } = centred(compose, x, axesFrom(c, axis, x));
      const rest = inverse(compose, variance, epsilon);
      const y = compose.pair('mul', compose.pair('mul', distance, rest), c.tensor(1));
      const shift = c.optional(2);
      return [shift ? compose.pair('add', y, shift) : y, mean, rest];
    },
  }),
  RMSNormalization: rule({
    doc: 'Divided by the root of the mean square over an axis and all behind it.',
    since: 23,
    inputs: 'X, scale',
    attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: ignored },
    build: (c, { axis, epsilon }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const squares = compose.mean(compose.square(x), axesFrom(c, axis, x));
      return [compose.pair('mul', compose.pair('mul', x, inverse(compose, squares, epsilon)), c.tensor(1))];
    },
  }),
  LpNormalization: rule({
    doc: 'Divided by the sum of absolute values, or by the root of the sum of squares, along an axis.',
    inputs: 'X',
    attributes: { axis: int(-1), p: int(2) },
    build: (c, { axis: written, p }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const axes = [axisOf(c, written, x.shape.length)];
      if (p !== 1 && p !== 2) return misfit(c, `\`p\` is ${p}`, '1 or 2');
      const norm =
        p === 1
          ? compose.reduce('sum', compose.map(x, 'abs'), axes)
          : compose.map(compose.reduce('sum', compose.square(x), axes), 'sqrt');
      // Zeros alone stay zeros.
      return [compose.pair('div', x, compose.where(norm, norm, compose.constant(1, norm.shape)))];
    },
  }),
  MeanVarianceNormalization: rule({
    doc: 'Mean 0 and variance 1 along axes.',
    since: 9,
    inputs: 'X',
    attributes: { axes: ints },
    build: (c, { axes: written }) => {
      const x = c.tensor(0);
      const axes = (written ?? [0, 2, 3]).map((axis) => axisOf(c, axis, x.shape.length));
      const { distance, variance } = centred(c.compose, x, axes);
      return [c.compose.pair('div', distance, c.compose.shift(c.compose.map(variance, 'sqrt'), 1e-9))];
    },
  }),
  LRN: rule({
    doc: 'Divided by a power of the squares of neighbouring channels (Krizhevsky et al. 2012).',
    inputs: 'X',
    attributes: { alpha: float(1e-4), beta: float(0.75), bias: float(1), size: requiredInt },
    build: (c, { alpha, beta, bias, size }) => {
      const { compose } = c;
      const x = c.tensor(0);
      const channels = x.shape[1] ?? 1;
      if (size < 1) return misfit(c, `\`size\` is ${size}`, 'a whole number of 1 or more');
      atMost(c, size, 1000, 'neighbouring channels');
      const before = Math.floor((size - 1) / 2);
      const wide = compose.pad(compose.square(x), 1, before, size - 1 - before);
      let sum = compose.slice(wide, 1, 0, channels);
      for (let i = 1; i < size; i++) sum = compose.pair('add', sum, compose.slice(wide, 1, i, channels));
      const base = compose.shift(compose.scale(sum, alpha / size), bias);
      return [compose.pair('div', x, compose.pair('pow', base, compose.constant(beta, [])))];
    },
  }),
};
