/** Imports a vector and runs it on both executors. */
import type { Graph } from '../../compiler/graph/graph.ts';
import { simplify } from '../../compiler/graph/passes/simplify.ts';
import { verify } from '../../compiler/graph/passes/verify.ts';
import { importOnnx, type ImportedGraph } from '../../compiler/import/importOnnx.ts';
import type { CpuTensor } from '../../compiler/ops/op.ts';
import { planInference } from '../../compiler/wgsl/lower.ts';
import { verifyPlan } from '../../compiler/wgsl/verify.ts';
import type { Device } from '../../runtime/device/device.ts';
import { runReference, type Feeds } from '../../runtime/execute/reference.ts';
import { prepare } from '../../runtime/execute/webgpu.ts';
import { poison } from '../runtime/execute/onDevice.ts';
import type { Vector, VectorTensor } from './vectors.ts';

/** What came of a vector: nothing where it passed on both executors. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'not applicable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Results by name, those without elements left out. */
type Found = ReadonlyMap<string, ArrayLike<number>>;

/** This expectation is published with four decimals. */
const rounded = 'node.test_averagepool_2d_ceil_last_window_starts_on_pad';

function wrongElement(name: string, found: ArrayLike<number>, { data }: VectorTensor): string | undefined {
  const floor = name === rounded ? 1e-4 : 1e-5;
  if (found.length !== data.length) return `has ${found.length} elements, not ${data.length}`;
  for (let i = 0; i < data.length; i++) {
    const [got, expected] = [found[i], data[i]];
    const equal = Number.isNaN(expected) ? Number.isNaN(got) : got === expected;
    if (!equal && !(Math.abs(got - expected) <= floor + 1e-4 * Math.abs(expected))) {
      return `is ${got} at ${i}, not ${expected}`;
    }
  }
  return undefined;
}

function compare({ name, outputs }: Vector, imported: ImportedGraph, found: Found): string | undefined {
  for (const expected of outputs) {
    const output = imported.outputs.find((one) => one.name === expected.name);
    if (output?.shape.join() !== expected.shape.join() || output.dtype !== expected.dtype) {
      return `${expected.name} is ${output?.dtype} [${output?.shape.join()}], not ${expected.dtype} [${expected.shape.join()}]`;
    }
    const wrong = wrongElement(name, found.get(expected.name) ?? [], expected);
    if (wrong) return `${expected.name} ${wrong}`;
  }
  return undefined;
}

/** The feeds of a graph: what the vector gives, and what the model holds. */
function feedsOf({ inputs }: Vector, graph: Graph, { tensors }: ImportedGraph): Required<Feeds> {
  const feeds: Record<'inputs' | 'parameters' | 'states', Record<string, CpuTensor>> = {
    inputs: {},
    parameters: {},
    states: {},
  };
  for (const node of graph.nodes) {
    if (node.kind === 'op' || node.kind === 'constant') continue;
    const { name, shape, dtype } = node;
    const given = node.kind === 'input' ? inputs.get(name)?.data : tensors.get(name);
    const data = dtype === 'i32' ? Int32Array.from(given ?? []) : Float32Array.from(given ?? []);
    feeds[node.kind === 'input' ? 'inputs' : node.kind === 'parameter' ? 'parameters' : 'states'][name] = {
      shape,
      data,
    };
  }
  return feeds;
}

async function onDevice(device: Device, graph: Graph, feeds: Required<Feeds>): Promise<Found> {
  const execution = await prepare(device, verifyPlan(planInference(graph, { profile: device.profile })));
  try {
    const weights = Object.entries({ ...feeds.parameters, ...feeds.states });
    execution.writeTensors(new Map(weights.map(([name, { data }]) => [name, data as Float32Array])));
    for (const { name } of execution.plan.inputs) {
      execution.writeInput(name, feeds.inputs[name].data as Float32Array | Int32Array);
    }
    poison(execution);
    await execution.run('evaluate', [{}]);
    const found = new Map<string, Float32Array>();
    for (const { name } of execution.plan.outputs) found.set(name, await execution.readOutput(name));
    return found;
  } finally {
    execution.destroy();
  }
}

export async function runVector(vector: Vector, device: Device): Promise<Outcome> {
  const { value, diagnostics } = importOnnx(vector.model);
  if (!value) {
    return {
      kind: 'not applicable',
      reason: diagnostics.map(({ code, message }) => `${code} ${message}`).join('; '),
    };
  }
  const graph = verify(simplify(verify(value.graph, 'the import')));
  const feeds = feedsOf(vector, graph, value);
  const { outputs } = runReference(graph, feeds, { precision: 'f64' });
  const reference = new Map(Object.entries(outputs).map(([name, { data }]) => [name, data]));
  const wrong = compare(vector, value, reference);
  if (wrong) return { kind: 'failed', reason: `reference: ${wrong}` };
  const different = compare(vector, value, await onDevice(device, graph, feeds));
  return different ? { kind: 'failed', reason: `device: ${different}` } : { kind: 'passed' };
}
