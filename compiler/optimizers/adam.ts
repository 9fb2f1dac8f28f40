/**
 * Adam (Kingma & Ba 2015, Algorithm 1) and AdamW (Loshchilov & Hutter 2019, Algorithm 2), as PyTorch has them: the
 * step is lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon). AdamW takes lr * weight_decay of the
 * weight off it; the learning rate is that of the schedule.
 */
import type { AdamSpec, Optimizer, StepFactors } from './optimizer.ts';
import { epsilon, fraction, learningRate, weightDecay } from './parameters.ts';

type Rule = Omit<AdamSpec, 'lr'>;

const parameters = {
  lr: learningRate(1e-3),
  beta1: fraction('beta1', 0.9, 'how much of the mean of gradients stays'),
  beta2: fraction('beta2', 0.999, 'how much of the mean of their squares stays'),
  epsilon,
};

const states = ['first', 'second'] as const;

/** 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t): both means begin at zero, which this corrects. */
function factors({ beta1, beta2 }: Rule, t: number): StepFactors {
  return [1 / (1 - beta1 ** t), 1 / Math.sqrt(1 - beta2 ** t)];
}

/** Moves the means, and gives what is subtracted for a learning rate of 1. */
function direction(
  { beta1, beta2, epsilon: small }: Rule,
  [c0, c1]: StepFactors,
  g: number,
  state: Float64Array,
): number {
  const first = beta1 * (state[0] ?? 0) + (1 - beta1) * g;
  const second = beta2 * (state[1] ?? 0) + (1 - beta2) * g * g;
  state[0] = first;
  state[1] = second;
  return (c0 * first) / (Math.sqrt(second) * c1 + small);
}

const fields = {
  decay: 'f32',
  beta1: 'f32',
  rest1: 'f32',
  beta2: 'f32',
  rest2: 'f32',
  epsilon: 'f32',
} as const;

function constants(spec: Rule): Record<keyof typeof fields, number> {
  const { weightDecay: decay, beta1, beta2, epsilon: small } = spec;
  return { decay, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon: small };
}

const means = [
  'let m = u.beta1 * first[i] + u.rest1 * g;',
  'let v = u.beta2 * second[i] + u.rest2 * g * g;',
  'first[i] = m;',
  'second[i] = v;',
];

export const adam: Optimizer<AdamSpec<'adam'>> = {
  doc: 'Adam; weight decay is part of the gradient.',
  paper: 'Kingma & Ba 2015, Algorithm 1',
  equations:
    'g += weight_decay w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g²; ' +
    'w -= lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)',
  parameters: { ...parameters, weightDecay: weightDecay(0, 'times the weight is added to the gradient') },
  states,
  factors,
  move(spec, rate, now) {
    return (w, gradient, state) => w - rate * direction(spec, now, gradient + spec.weightDecay * w, state);
  },
  fields,
  constants,
  wgsl: [
    'let g = d + u.decay * w;',
    ...means,
    'parameter[i] = w - rate * c0 * m / (sqrt(v) * c1 + u.epsilon);',
  ],
};

export const adamw: Optimizer<AdamSpec<'adamw'>> = {
  doc: 'Adam with weight decay of its own.',
  paper: 'Loshchilov & Hutter 2019, Algorithm 2',
  equations: 'w -= lr weight_decay w; then as `adam` without decay',
  parameters: { ...parameters, weightDecay: weightDecay(0.01, 'times lr, the share taken off the weight') },
  states,
  factors,
  move(spec, rate, now) {
    return (w, gradient, state) =>
      w - rate * spec.weightDecay * w - rate * direction(spec, now, gradient, state);
  },
  fields,
  constants,
  wgsl: [
    'let g = d;',
    ...means,
    'parameter[i] = w - rate * u.decay * w - rate * c0 * m / (sqrt(v) * c1 + u.epsilon);',
  ],
};
