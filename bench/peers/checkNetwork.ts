/** The check network, compiled from `bench/checkNetwork.nas` as any space is, with the weights that are known. */
import { readFileSync } from 'node:fs';
import { compileSpace, type CompiledSpace } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import { withClassificationLoss } from '../../compiler/graph/loss.ts';
import { runGraphPasses } from '../../compiler/graph/pipeline.ts';
import { initialValues } from '../../compiler/graph/initialize.ts';
import { instantiate } from '../../compiler/space/instantiate.ts';
import type { Plan } from '../../compiler/wgsl/plan.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { nodeHost } from '../../runtime/host.ts';
import { batch, checkParameters } from '../../test/fixtures/checkNetwork.ts';

/** Parameters of the network that the space makes, and what the seeded weights call them. */
const names: Readonly<Record<string, string>> = {
  'first.conv.kernel': 'conv1.kernel',
  'first.batch_norm.scale': 'bn1.scale',
  'first.batch_norm.shift': 'bn1.shift',
  'second.conv.kernel': 'conv2.kernel',
  'second.batch_norm.scale': 'bn2.scale',
  'second.batch_norm.shift': 'bn2.shift',
  'third.conv.kernel': 'conv3.kernel',
  'dense.kernel': 'dense.kernel',
  'dense.bias': 'dense.bias',
};

/** The space, which has one architecture. */
export function compileCheckSpace(): CompiledSpace {
  const name = 'checkNetwork.nas';
  const text = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
  const program = readProgram({ name, text }, nodeHost());
  const compiled = program.value && compileSpace(program.value, undefined);
  if (!compiled?.value) throw new Refusal(...program.diagnostics, ...(compiled?.diagnostics ?? []));
  return compiled.value;
}

/** The graph of a training step on a batch, or of a forward pass. */
export function checkGraph({ space, members }: CompiledSpace, mode: 'training' | 'inference'): Graph {
  const network = instantiate(space, members.unrank(0n), { batch, mode });
  if (mode === 'inference') return runGraphPasses(network, { loss: undefined });
  const withLoss = withClassificationLoss(network, { logits: 'logits', reduction: 'mean' });
  return runGraphPasses(withLoss, { loss: 'loss' });
}

/** The seeded weights and fresh running statistics for a plan of the network. */
export function seededTensors({ parameters, states }: Plan): Map<string, Float32Array> {
  const weights = checkParameters();
  const tensors = new Map<string, Float32Array>();
  for (const { name } of parameters) {
    const tensor = weights[names[name] ?? ''];
    if (!tensor) throw new Error(`${name}: no seeded weights for it`);
    tensors.set(name, Float32Array.from(tensor.data));
  }
  for (const { name, shape, init } of states) tensors.set(name, initialValues(name, shape, init, 0));
  return tensors;
}
