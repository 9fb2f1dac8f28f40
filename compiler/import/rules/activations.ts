/** ONNX operators for activations: functions of each element with fixed numbers in them. */
import { float, ignored, optionalFloat } from '../attributes.ts';
import type { Composer, Tensor } from '../compose.ts';
import { misfit, rule, simple, type OnnxRule, type OnnxRules, type RuleContext } from '../rule.ts';

const legacy = { consumed_inputs: ignored } as const;

function named(doc: string, name: Parameters<Composer['map']>[1]): OnnxRule {
  return rule({ doc, inputs: 'X', attributes: legacy, build: (c) => [c.compose.map(c.tensor(0), name)] });
}

/** A rule with a factor `alpha`. */
function withAlpha(
  doc: string,
  fallback: number,
  build: (compose: Composer, x: Tensor, alpha: number) => Tensor,
  since = 1,
): OnnxRule {
  return rule({
    doc,
    since,
    inputs: 'X',
    attributes: { ...legacy, alpha: float(fallback) },
    build: (c, { alpha }) => [build(c.compose, c.tensor(0), alpha)],
  });
}

const swish = (compose: Composer, x: Tensor, alpha: number): Tensor =>
  compose.pair('mul', x, compose.map(compose.scale(x, alpha), 'sigmoid'));

/** x within bounds, where there are any. */
function clip(
  { compose }: RuleContext,
  x: Tensor,
  low: Tensor | undefined,
  high: Tensor | undefined,
): Tensor {
  const above = low ? compose.pair('maximum', x, low) : x;
  return high ? compose.pair('minimum', above, high) : above;
}

/** The slopes of PRelu: before version 7 one for each channel, the second axis. */
function slopes(c: RuleContext, x: Tensor, slope: Tensor): Tensor {
  const [count = 1, ...others] = slope.shape;
  if (c.opset >= 7 || others.length > 0 || count === 1 || x.shape.length < 2) return slope;
  if (count !== x.shape[1])
    return misfit(c, `it has ${count} slopes`, `one, or ${x.shape[1]}: one for each channel`);
  return c.compose.reshape(slope, [count, ...x.shape.slice(2).map(() => 1)]);
}

export const activationRules: OnnxRules<
  | 'Relu'
  | 'Sigmoid'
  | 'Tanh'
  | 'Softplus'
  | 'HardSwish'
  | 'LeakyRelu'
  | 'Elu'
  | 'Celu'
  | 'Swish'
  | 'SwiGLU'
  | 'ThresholdedRelu'
  | 'Selu'
  | 'HardSigmoid'
  | 'Mish'
  | 'Shrink'
  | 'PRelu'
  | 'Clip'
  | 'Dropout'
> = {
  Relu: rule({
    doc: 'max(x, 0).',
    inputs: 'X',
    attributes: legacy,
    build: (c) => [c.compose.relu(c.tensor(0))],
  }),
  Sigmoid: named('1 / (1 + exp(-x)).', 'sigmoid'),
  Tanh: named('The hyperbolic tangent.', 'tanh'),
  Softplus: named('log(1 + exp(x)).', 'softplus'),
  HardSwish: named('x * max(0, min(1, x / 6 + 1/2)).', 'hard_swish'),
  LeakyRelu: withAlpha('x above zero, else alpha * x.', 0.01, (compose, x, alpha) =>
    compose.map(x, 'leaky_relu', alpha),
  ),
  Elu: withAlpha('x above zero, else alpha * (exp(x) - 1).', 1, (compose, x, alpha) =>
    compose.map(x, 'elu', alpha),
  ),
  Celu: withAlpha(
    'x above zero, else alpha * (exp(x / alpha) - 1).',
    1,
    (compose, x, alpha) => compose.scale(compose.map(compose.scale(x, 1 / alpha), 'elu', 1), alpha),
    12,
  ),
  Swish: withAlpha('x * sigmoid(alpha * x).', 1, swish, 24),
  SwiGLU: rule({
    doc: 'swish of A, times B.',
    since: 28,
    inputs: 'A, B',
    attributes: { alpha: float(1) },
    build: (c, { alpha }) => [c.compose.pair('mul', swish(c.compose, c.tensor(0), alpha), c.tensor(1))],
  }),
  ThresholdedRelu: withAlpha(
    'x above alpha, else 0.',
    1,
    (compose, x, alpha) => compose.pair('mul', x, compose.pair('greater', x, compose.constant(alpha, []))),
    10,
  ),
  Selu: rule({
    doc: 'gamma times x above zero, gamma * alpha * (exp(x) - 1) below.',
    inputs: 'X',
    attributes: { ...legacy, alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) },
    build: (c, { alpha, gamma }) => [c.compose.scale(c.compose.map(c.tensor(0), 'elu', alpha), gamma)],
  }),
  HardSigmoid: rule({
    doc: 'alpha * x + beta, within 0 and 1.',
    inputs: 'X',
    attributes: { ...legacy, alpha: float(0.2), beta: float(0.5) },
    build: (c, { alpha, beta }) => {
      const line = c.compose.shift(c.compose.scale(c.tensor(0), alpha), beta);
      return [clip(c, line, c.compose.constant(0, []), c.compose.constant(1, []))];
    },
  }),
  Mish: simple(
    'x * tanh(softplus(x)).',
    (compose, x) => compose.pair('mul', x, compose.map(compose.map(x, 'softplus'), 'tanh')),
    18,
  ),
  Shrink: rule({
    doc: 'x moved towards zero by the bias where it is further from zero than lambd, else 0.',
    since: 9,
    inputs: 'X',
    attributes: { bias: float(0), lambd: float(0.5) },
    build: ({ compose, tensor }, { bias, lambd }) => {
      const x = tensor(0);
      const far = compose.pair('greater', compose.map(x, 'abs'), compose.constant(lambd, []));
      const moved = compose.pair('sub', x, compose.scale(compose.map(x, 'sign'), bias));
      return [compose.pair('mul', far, moved)];
    },
  }),
  PRelu: rule({
    doc: 'x above zero, else slope * x, with slopes that are weights.',
    inputs: 'X, slope',
    attributes: legacy,
    build: (c) => {
      const { compose } = c;
      const x = c.tensor(0);
      const below = compose.relu(compose.scale(x, -1));
      const slope = slopes(c, x, c.tensor(1));
      return [compose.pair('sub', compose.relu(x), compose.pair('mul', below, slope))];
    },
  }),
  Clip: rule({
    doc: 'x within bounds: attributes before version 11, inputs since.',
    inputs: 'X, min?, max?',
    attributes: { ...legacy, min: optionalFloat, max: optionalFloat },
    build: (c, { min, max }) => {
      const bound = (index: number, fixed: number | undefined): Tensor | undefined =>
        fixed === undefined ? c.optional(index) : c.compose.constant(fixed, []);
      return [clip(c, c.tensor(0), bound(1, min), bound(2, max))];
    },
  }),
  Dropout: rule({
    doc: 'x itself, as at inference. The mask is all ones.',
    inputs: 'X, ratio?, training_mode?',
    attributes: { ...legacy, ratio: ignored, seed: ignored, is_test: ignored },
    build: (c) => {
      const trains = c.known(2)?.[0] === 1 && c.known(1)?.[0] !== 0;
      if (trains) {
        return misfit(
          c,
          'it drops elements at random',
          'a model for inference, or a ratio that is known to be 0',
        );
      }
      const x = c.value(0);
      const none = x.shape.includes(0);
      return [x, { ...(none ? { shape: x.shape } : c.compose.constant(1, x.shape)), dtype: 'bool' }];
    },
  }),
};
