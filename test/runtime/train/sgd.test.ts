/** The reference executor's optimiser against steps worked out by hand from PyTorch's definition. */
import { expect, it } from 'vitest';
import { ReferenceOptimizer } from '../../../runtime/train/referenceOptimizer.ts';

const close = (w: Float32Array, expected: number): void => {
  // A handful of roundings to f32 of numbers near 1.
  expect(Math.abs(w[0] - expected)).toBeLessThan(1e-6);
};

const gradients = { w: { shape: [1], data: Float32Array.of(0.5) } };

it('plain steps decay the weight through the gradient', () => {
  const data = Float32Array.of(1);
  const optimizer = new ReferenceOptimizer({
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0.1 },
  });
  // g = 0.5 + 0.1 * 1 = 0.6; v = 0.6; w = 1 - 0.06
  optimizer.step({ w: { data } }, gradients, 0.1);
  close(data, 0.94);
  // g = 0.5 + 0.094 = 0.594; v = 0.54 + 0.594 = 1.134; w = 0.94 - 0.1134
  optimizer.step({ w: { data } }, gradients, 0.1);
  close(data, 0.8266);
});

it('Nesterov looks ahead', () => {
  const data = Float32Array.of(1);
  const optimizer = new ReferenceOptimizer({
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0 },
  });
  // v = 0.5; step = 0.5 + 0.45 = 0.95; w = 1 - 0.095
  optimizer.step({ w: { data } }, gradients, 0.1);
  close(data, 0.905);
  // v = 0.45 + 0.5 = 0.95; step = 0.5 + 0.855 = 1.355; at half the rate: w = 0.905 - 0.06775
  optimizer.step({ w: { data } }, gradients, 0.05);
  close(data, 0.83725);
});
