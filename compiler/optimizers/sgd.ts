/**
 * Stochastic gradient descent with momentum (Sutskever et al. 2013, "On the importance of initialization and
 * momentum in deep learning") in PyTorch's form, where the learning rate scales the velocity and is no part of it.
 * A velocity of zero makes the first step PyTorch's, which copies the gradient.
 */
import { noFactors, type Optimizer, type SgdSpec } from './optimizer.ts';
import { fraction, learningRate, weightDecay } from './parameters.ts';

export const sgd: Optimizer<SgdSpec> = {
  doc: 'Stochastic gradient descent.',
  paper: 'Sutskever et al. 2013',
  equations: 'g += weight_decay w; v = momentum v + g; w -= lr v, with Nesterov lr (g + momentum v)',
  parameters: {
    lr: learningRate(0.05),
    momentum: fraction('momentum', 0.9, 'how much of the velocity stays'),
    nesterov: { word: 'nesterov', kind: 'flag', default: false, doc: 'whether the step looks ahead' },
    weightDecay: weightDecay(0, 'times the weight is added to the gradient'),
  },
  states: ['velocity'],
  factors: () => noFactors,
  move({ momentum, nesterov, weightDecay: decay }, rate) {
    return (w, gradient, state) => {
      const g = gradient + decay * w;
      const v = momentum * (state[0] ?? 0) + g;
      state[0] = v;
      return w - rate * (nesterov ? g + momentum * v : v);
    };
  },
  fields: { momentum: 'f32', decay: 'f32', nesterov: 'u32' },
  constants: ({ momentum, nesterov, weightDecay: decay }) => ({
    momentum,
    decay,
    nesterov: nesterov ? 1 : 0,
  }),
  wgsl: [
    'let g = d + u.decay * w;',
    'let v = u.momentum * velocity[i] + g;',
    'velocity[i] = v;',
    'parameter[i] = w - rate * select(v, g + u.momentum * v, u.nesterov != 0);',
  ],
};
