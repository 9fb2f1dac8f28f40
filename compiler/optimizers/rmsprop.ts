/** RMSProp (Tieleman & Hinton 2012, lecture 6.5) as PyTorch has it, not centred: epsilon stands outside the root. */
import { noFactors, type Optimizer, type RmsPropSpec } from './optimizer.ts';
import { epsilon, fraction, learningRate, weightDecay } from './parameters.ts';

export const rmsprop: Optimizer<RmsPropSpec> = {
  doc: 'RMSProp, with momentum where wanted.',
  paper: 'Tieleman & Hinton 2012',
  equations:
    'g += weight_decay w; s = alpha s + (1 - alpha) g²; v = momentum v + g / (sqrt(s) + epsilon); w -= lr v',
  parameters: {
    lr: learningRate(0.01),
    alpha: fraction('alpha', 0.99, 'how much of the mean of squares stays'),
    epsilon,
    momentum: fraction('momentum', 0, 'how much of the velocity stays'),
    weightDecay: weightDecay(0, 'times the weight is added to the gradient'),
  },
  states: ['square', 'velocity'],
  factors: () => noFactors,
  move({ alpha, epsilon: small, momentum, weightDecay: decay }, rate) {
    return (w, gradient, state) => {
      const g = gradient + decay * w;
      const square = alpha * (state[0] ?? 0) + (1 - alpha) * g * g;
      const v = momentum * (state[1] ?? 0) + g / (Math.sqrt(square) + small);
      state[0] = square;
      state[1] = v;
      return w - rate * v;
    };
  },
  fields: { decay: 'f32', alpha: 'f32', rest: 'f32', epsilon: 'f32', momentum: 'f32' },
  constants: ({ alpha, epsilon: small, momentum, weightDecay: decay }) => ({
    decay,
    alpha,
    rest: 1 - alpha,
    epsilon: small,
    momentum,
  }),
  wgsl: [
    'let g = d + u.decay * w;',
    'let s = u.alpha * square[i] + u.rest * g * g;',
    'let v = u.momentum * velocity[i] + g / (sqrt(s) + u.epsilon);',
    'square[i] = s;',
    'velocity[i] = v;',
    'parameter[i] = w - rate * v;',
  ],
};
