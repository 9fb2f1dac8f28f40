/** Activations beside relu, their gradients, and dropout. */
import { elementFunctions, parameterOf, selu } from '../../ops/activations.ts';
import type { ActivationAttributes, ActivationName } from '../../ops/attributes.ts';
import { droppedHashes } from '../../ops/dropout.ts';
import { input, output, type KernelRule } from '../rule.ts';
import { family } from '../source.ts';
import { channelDispatch, channelKernel, extentOf, keepLanes, mapSlicing } from './channels.ts';
import { elementaryExpressions, type Expressions } from './elementary.ts';
import { elementwise, helpersOf } from './elementwise.ts';
import { elementsOf } from '../../ops/shapes.ts';

type FunctionName = ActivationAttributes['name'];

const activationExpressions: Readonly<Record<ActivationName, Expressions>> = {
  relu6: {
    value: 'relu6(a)',
    slope: 'select(vec4f(), vec4f(1), (b > vec4f()) & (b < vec4f(6)))',
  },
  leaky_relu: {
    value: 'select(a, u.factor * a, a <= vec4f())',
    slope: 'select(vec4f(1), vec4f(u.factor), b <= vec4f())',
  },
  elu: {
    value: 'select(a, u.factor * (decay(a) - 1), a <= vec4f())',
    slope: 'select(vec4f(1), u.factor * decay(b), b <= vec4f())',
  },
  selu: {
    value: `${selu.scale} * select(a, ${selu.alpha} * (decay(a) - 1), a <= vec4f())`,
    slope: `${selu.scale} * select(vec4f(1), ${selu.alpha} * decay(b), b <= vec4f())`,
  },
  gelu: {
    value: 'a * normal_share(a)',
    slope: '(normal_share(b) + b * normal_density(b))',
  },
  sigmoid: { value: 'sigmoid(a)', slope: 'sigmoid(b) * sigmoid(-b)' },
  tanh: { value: 'squash(a)', slope: '(1 - squash(b) * squash(b))' },
  swish: { value: 'a * sigmoid(a)', slope: 'sigmoid(b) * (1 + b * sigmoid(-b))' },
  hard_swish: {
    value: 'a * relu6(a + 3) / 6',
    slope: 'select(select((2 * b + 3) / 6, vec4f(), b <= vec4f(-3)), vec4f(1), b > vec4f(3))',
  },
  softplus: { value: 'softplus(a)', slope: 'sigmoid(b)' },
};

const expressions: Readonly<Record<FunctionName, Expressions>> = {
  ...activationExpressions,
  ...elementaryExpressions,
};

/** For functions that are not zero at zero: padding must stay zero. */
const maskedKernel = family((name: FunctionName): ReturnType<typeof channelKernel> =>
  channelKernel({
    name,
    inputs: ['x'],
    before: [keepLanes],
    each: ['let a = x[i];', `y[i] = select(vec4f(), ${expressions[name].value}, keep);`],
    helpers: helpersOf(expressions[name].value),
  }),
);

/** For derivatives that are no numbers at zero, or zero with a sign: zero times them is not plain zero. */
const maskedGradient = family((name: FunctionName): ReturnType<typeof channelKernel> =>
  channelKernel({
    name: `${name}_gradient`,
    inputs: ['dy', 'x'],
    before: [keepLanes],
    each: [
      'let a = dy[i];',
      'let b = x[i];',
      `y[i] = select(vec4f(), a * ${expressions[name].slope}, keep);`,
    ],
    helpers: helpersOf(expressions[name].slope),
  }),
);

export const activationRule: KernelRule<'activation'> = ({ node, output: out, profile }) => {
  const { name } = node.attributes;
  if (elementFunctions[name].value(0, 1) !== 0) {
    return [channelDispatch(maskedKernel(name), [input(0), output], mapSlicing(extentOf(out), profile))];
  }
  const pieces = { count: elementsOf(out.physical) / 4, factor: parameterOf(node.attributes) };
  return [elementwise(profile, name, expressions[name].value, [input(0), output], pieces)];
};

export const activationGradientRule: KernelRule<'activation_gradient'> = ({ node, output: out, profile }) => {
  const { name } = node.attributes;
  const bindings = [input(0), input(1), output];
  const atZero = elementFunctions[name].slope(0, 1);
  if (!Number.isFinite(atZero) || Object.is(atZero, -0)) {
    return [channelDispatch(maskedGradient(name), bindings, mapSlicing(extentOf(out), profile))];
  }
  const pieces = { count: elementsOf(out.physical) / 4, factor: parameterOf(node.attributes) };
  const expression = `a * ${expressions[name].slope}`;
  return [elementwise(profile, `${name}_gradient`, expression, bindings, pieces)];
};

/** The hash of `compiler/ops/dropout.ts`. */
export const hashHelper: string = `fn hash(n: u32) -> u32 {
  let state = n * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}`;

const dropoutKernel = channelKernel({
  name: 'dropout',
  inputs: ['x', 'key', 'step'],
  before: [
    'let seed = hash(u32(step[0].x) ^ hash(u32(key[0].x)));',
    'let below = u32(u.epsilon);',
    'let factor = 16777216.0 / (16777216.0 - u.epsilon);',
  ],
  each: [
    'let first = u32(row * u.channels + 4 * quad);',
    ...[0, 1, 2, 3].map((lane) => `let h${lane} = hash((first + ${lane}u) ^ seed) >> 8u;`),
    'let dropped = vec4u(h0, h1, h2, h3) < vec4u(below);',
    'y[i] = select(factor * x[i], vec4f(), dropped);',
  ],
  helpers: [hashHelper],
});

export const dropoutRule: KernelRule<'dropout'> = ({ node, output: out, profile }) => [
  channelDispatch(
    dropoutKernel,
    [input(0), input(1), input(2), output],
    mapSlicing(extentOf(out), profile),
    droppedHashes(node.attributes.rate),
  ),
];
