/** The activation functions beside relu, each with its derivative: one op carries them all by name. */
import type { ActivationAttributes, ActivationName } from './attributes.ts';
import { density, elementary, type ElementFunction, shareAboveZero } from './elementary.ts';
import type { OpTable, ShapeProblem, TensorType } from './op.ts';
import { one, two } from './operands.ts';
import { mapInto, zipInto } from './rows.ts';
import { noMacs, otherShape, wrongDType } from './shapes.ts';

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** The share of the normal distribution below `x`. */
const normal = (x: number): number => 0.5 + shareAboveZero(x);

/** Klambauer et al. 2017, equation 14. */
export const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;

/** All of them, by name. */
export const activations: Readonly<Record<ActivationName, ElementFunction>> = {
  relu6: {
    doc: 'min(max(x, 0), 6) (Sandler et al. 2018).',
    value: (x) => Math.min(Math.max(x, 0), 6),
    slope: (x) => (x > 0 && x < 6 ? 1 : 0),
  },
  leaky_relu: {
    doc: 'x above zero, else slope * x (Maas et al. 2013).',
    parameter: 0.01,
    value: (x, slope) => (x > 0 ? x : slope * x),
    slope: (x, slope) => (x > 0 ? 1 : slope),
  },
  elu: {
    doc: 'x above zero, else alpha * (exp(x) - 1) (Clevert et al. 2016).',
    parameter: 1,
    value: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    slope: (x, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)),
  },
  selu: {
    doc: 'A scaled elu that keeps mean 0 and variance 1 (Klambauer et al. 2017).',
    value: (x) => selu.scale * (x > 0 ? x : selu.alpha * Math.expm1(x)),
    slope: (x) => selu.scale * (x > 0 ? 1 : selu.alpha * Math.exp(x)),
  },
  gelu: {
    doc: 'x times the share of the normal distribution below x (Hendrycks & Gimpel 2016).',
    value: (x) => x * normal(x),
    slope: (x) => normal(x) + x * density(x),
  },
  sigmoid: {
    doc: '1 / (1 + exp(-x)).',
    value: sigmoid,
    slope: (x) => sigmoid(x) * sigmoid(-x),
  },
  tanh: {
    doc: 'The hyperbolic tangent.',
    value: Math.tanh,
    slope: (x) => 1 - Math.tanh(x) ** 2,
  },
  swish: {
    doc: 'x * sigmoid(x) (Ramachandran et al. 2017).',
    value: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
  },
  hard_swish: {
    doc: 'x * relu6(x + 3) / 6 (Howard et al. 2019).',
    value: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
    slope: (x) => (x <= -3 ? 0 : x <= 3 ? (2 * x + 3) / 6 : 1),
  },
  softplus: {
    doc: 'log(1 + exp(x)).',
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: sigmoid,
  },
};

/** What `activation` may be asked for, by name. */
export const elementFunctions: Readonly<Record<ActivationAttributes['name'], ElementFunction>> = {
  ...activations,
  ...elementary,
};

/** The parameter of a node: its own, or the function's. */
export function parameterOf({ name, parameter }: ActivationAttributes): number {
  return parameter ?? elementFunctions[name].parameter ?? 0;
}

function badParameter(attributes: ActivationAttributes): ShapeProblem | undefined {
  const { parameter } = attributes;
  if (parameter === undefined || Number.isFinite(parameter)) return undefined;
  return { problem: `the parameter of ${attributes.name} is ${parameter}`, expected: 'a finite number' };
}

function likeTheInput(x: TensorType, attributes: ActivationAttributes): TensorType | ShapeProblem {
  return wrongDType('the input', x) ?? badParameter(attributes) ?? x;
}

export const activationOps: Pick<OpTable, 'activation' | 'activation_gradient'> = {
  activation: {
    doc: 'A named function of each element.',
    cheap: true,
    arity: 1,
    shape: (inputs, attributes) => likeTheInput(one(inputs), attributes),
    cost: noMacs,
    reference(inputs, out, attributes) {
      const { value } = elementFunctions[attributes.name];
      const parameter = parameterOf(attributes);
      mapInto(out, one(inputs), (x) => value(x, parameter));
    },
    gradient({ builder, node, inputs, dy, wants }) {
      return [wants(0) ? builder.op('activation_gradient', [dy, one(inputs)], node.attributes) : undefined];
    },
  },

  activation_gradient: {
    doc: 'The gradient times the derivative of a named function at the input.',
    arity: 2,
    shape(inputs, attributes) {
      const [dy, x] = two(inputs);
      const type = likeTheInput(x, attributes);
      return 'problem' in type ? type : (otherShape('the gradient', dy, x.shape) ?? x);
    },
    cost: noMacs,
    reference(inputs, out, attributes) {
      const [dy, x] = two(inputs);
      const { slope } = elementFunctions[attributes.name];
      const parameter = parameterOf(attributes);
      zipInto(out, dy, x, (d, at) => d * slope(at, parameter));
    },
    gradient: { none: 'second derivatives of activations are not needed by any method here' },
  },
};
