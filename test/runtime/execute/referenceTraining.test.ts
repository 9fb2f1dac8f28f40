import { describe, expect, test } from 'vitest';
import { differentiate } from '../../../compiler/graph/autodiff.ts';
import { verify } from '../../../compiler/graph/passes/verify.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import {
  checkBatch,
  checkNetwork,
  checkParameters,
  learningRate,
  lossOfStep17,
} from '../../fixtures/checkNetwork.ts';

function descend(parameter: CpuTensor, gradient: CpuTensor): CpuTensor {
  const data = parameter.data.slice();
  for (let i = 0; i < data.length; i++) data[i] -= learningRate * gradient.data[i];
  return { shape: parameter.shape, data };
}

function train(steps: number, precision: 'f32' | 'f64'): number[] {
  const graph = verify(differentiate(checkNetwork(), 'loss'));
  const inputs = checkBatch();
  let parameters = checkParameters();
  if (precision === 'f64') {
    for (const [name, { shape, data }] of Object.entries(parameters)) {
      parameters[name] = { shape, data: new Float64Array(data) };
    }
  }
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { outputs, gradients } = runReference(graph, { inputs, parameters }, { precision });
    losses.push(outputs.loss.data[0]);
    parameters = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, descend(value, gradients[name])]),
    );
  }
  return losses;
}

describe('training the check network', () => {
  // 1e-4 leaves room for float32 rounding, which other frameworks do in other orders, over 17 steps.
  test.each(['f32', 'f64'] as const)(
    '%s reaches the loss that other frameworks reach',
    (precision) => {
      const losses = train(17, precision);
      expect(losses).toHaveLength(17);
      expect(Math.abs(losses[16] - lossOfStep17)).toBeLessThan(1e-4);
      expect(losses[16]).toBeLessThan(losses[0]);
    },
    180_000,
  ); // some seconds on an idle machine, many on a busy one
});
