/**
 * Adam and momentum against ONNX's published vectors (ai.onnx.preview.training), on the device and on the reference
 * executor. They lie beside the repository. They are steps number 0, for which ONNX corrects no bias; PyTorch's do so
 * never after very many steps, so that is when they are run here.
 */
import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '../../../compiler/optimizers/optimizer.ts';
import { planTraining } from '../../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { ReferenceOptimizer } from '../../../runtime/train/referenceOptimizer.ts';
import { present, readVector, type Vector } from '../../onnx/vectors.ts';
import { relativeError, useDevice } from '../execute/onDevice.ts';
import { fedGradients } from './fedGradients.ts';

if (!present) console.log('skipped: ../shared/data/onnx-node is not there');

const LATE = 1_000_000;

interface Case {
  readonly file: string;
  readonly states: readonly string[];
  readonly spec: (attributes: Readonly<Record<string, unknown>>) => OptimizerSpec;
}

const momentum: Omit<Case, 'file'> = {
  states: ['velocity'],
  spec: ({ alpha, norm_coefficient: decay, mode }) => ({
    name: 'sgd',
    lr: 1,
    momentum: Number(alpha),
    nesterov: mode === 'nesterov',
    weightDecay: Number(decay),
  }),
};

const adam: Omit<Case, 'file'> = {
  states: ['first', 'second'],
  spec: ({ alpha, beta, epsilon = 1e-6, norm_coefficient: decay = 0 }) => ({
    name: 'adam',
    lr: 1,
    beta1: Number(alpha),
    beta2: Number(beta),
    epsilon: Number(epsilon),
    weightDecay: Number(decay),
  }),
};

const cases: readonly Case[] = [
  { file: 'node.test_momentum.json', ...momentum },
  { file: 'node.test_momentum_multiple.json', ...momentum },
  { file: 'node.test_nesterov_momentum.json', ...momentum },
  { file: 'node.test_adam.json', ...adam },
  { file: 'node.test_adam_multiple.json', ...adam },
];

/** The tensors of a vector after R and T come kind by kind: weights, gradients, then each state. */
function groups(values: readonly { readonly data: number[] }[], kinds: number): Float32Array[][] {
  const count = values.length / kinds;
  return Array.from({ length: kinds }, (_, kind) =>
    values.slice(kind * count, (kind + 1) * count).map(({ data }) => Float32Array.from(data)),
  );
}

const device = useDevice();

describe.skipIf(!present)('ONNX vectors', () => {
  it.each(cases)('$file', async ({ file, states, spec: specOf }) => {
    const { model, inputs, outputs }: Vector = readVector(file);
    const spec = specOf(model.nodes[0].attributes);
    const [rate, step, ...rest] = inputs.values();
    expect(step.data).toEqual([0]);
    const [weights, gradients, ...kept] = groups(rest, 2 + states.length);
    const [expectedWeights, ...expectedStates] = groups(outputs, 1 + states.length);
    const name = (i: number): string => `w${i}`;
    const state = {
      step: LATE,
      tensors: new Map(
        states.flatMap((s, k) => kept[k].map((data, i) => [`${s} of ${name(i)}`, data] as const)),
      ),
    };

    const reference = new ReferenceOptimizer({ optimizer: spec });
    reference.write(state);
    const moved = weights.map((data) => ({ data: data.slice() }));
    reference.step(
      Object.fromEntries(moved.map((w, i) => [name(i), w])),
      Object.fromEntries(gradients.map((data, i) => [name(i), { shape: [data.length], data }])),
      rate.data[0],
    );

    const graph = fedGradients(Object.fromEntries(weights.map((w, i) => [name(i), [w.length]])));
    const plan = planTraining(graph, { profile: device().profile, optimizer: spec });
    const execution = await prepare(device(), verifyPlan(plan));
    execution.writeTensors(new Map(weights.map((w, i) => [name(i), w])));
    execution.writeOptimizer(state);
    gradients.forEach((g, i) => execution.writeInput(`gradient of ${name(i)}`, g));
    await execution.run('train', [{ learningRate: rate.data[0] }]);
    const found = await execution.readTensors();
    const after = await execution.readOptimizer();
    execution.destroy();

    // The vectors are written with eight digits, and a step is a few roundings.
    const close = (actual: Float32Array | undefined, expected: Float32Array): void =>
      expect(relativeError(actual!, expected)).toBeLessThan(1e-6);
    expectedWeights.forEach((expected, i) => {
      close(found.get(name(i)), expected);
      close(moved[i].data, expected);
      states.forEach((s, k) => {
        close(after.tensors.get(`${s} of ${name(i)}`), expectedStates[k][i]);
        close(reference.read().tensors.get(`${s} of ${name(i)}`), expectedStates[k][i]);
      });
    });
  });
});
