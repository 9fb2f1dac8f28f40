/** Runs graphs on the machine's device and on the reference executor, side by side. */
import { afterAll, beforeAll, expect } from 'vitest';
import { GraphBuilder } from '../../../compiler/graph/builder.ts';
import type { Graph, Shape } from '../../../compiler/graph/graph.ts';
import type { OpAttributes, OpName } from '../../../compiler/ops/attributes.ts';
import type { CpuTensor } from '../../../compiler/ops/op.ts';
import { elementsOf } from '../../../compiler/ops/shapes.ts';
import { planInference } from '../../../compiler/wgsl/lower.ts';
import type { Profile } from '../../../compiler/wgsl/plan.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import { openDevice, type Device } from '../../../runtime/device/device.ts';
import { runReference } from '../../../runtime/execute/reference.ts';
import { prepare, type Execution } from '../../../runtime/execute/webgpu.ts';

/** The device of a test file: opened before its tests, closed after. No adapter fails the tests. */
export function useDevice(): () => Device {
  let device: Device | undefined;
  beforeAll(async () => {
    device = await openDevice();
  });
  afterAll(() => device?.destroy());
  return () => {
    if (!device) throw new Error('the device is not open');
    return device;
  };
}

/** The profiles whose kernels a device can run: its own, and the one without subgroups. */
export function profilesOf(device: Device): readonly Profile[] {
  const portable: Profile = { kind: device.profile.kind, subgroupSize: undefined };
  return device.profile.subgroupSize === undefined ? [portable] : [device.profile, portable];
}

/** Reproducible numbers in [-1, 1), of 24 bits. */
export function noise(count: number, seed: number, mean = 0, size = 1): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return mean + size * ((state >>> 8) / 2 ** 23 - 1);
  });
}

/** Fills scratch memory and outputs with NaN: whoever reads what nobody wrote shows it. */
export function poison({ plan, buffers, device }: Execution): void {
  plan.buffers.forEach(({ role, bytes }, i) => {
    if (role !== 'scratch' && role !== 'output') return;
    device.gpu.queue.writeBuffer(buffers[i], 0, new Uint32Array(bytes / 4).fill(0x7fc12345));
  });
}

/** Largest difference relative to the largest expected element, or to `floor` where that is larger. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>, floor = 1e-30): number {
  let largest = floor;
  let difference = 0;
  for (let i = 0; i < expected.length; i += 1) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const d = Math.abs(found[i] - expected[i]);
    difference = Number.isNaN(d) ? Infinity : Math.max(difference, d);
  }
  return found.length === expected.length ? difference / largest : Infinity;
}

export interface OpCase<K extends OpName> {
  readonly op: K;
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly { readonly shape: Shape; readonly data: Float32Array | Int32Array }[];
  /** Inputs that are laid out as weights. */
  readonly weights?: readonly number[];
}

/** The graph of one op whose inputs are inputs (or parameters, where they are weights). */
export function graphOf<K extends OpName>({ op, attributes, inputs, weights = [] }: OpCase<K>): Graph {
  const builder = new GraphBuilder();
  const ids = inputs.map(({ shape, data }, i) =>
    weights.includes(i)
      ? builder.parameter(`w${i}`, shape, { kind: 'constant', value: 0 })
      : builder.input(`i${i}`, shape, data instanceof Int32Array ? 'i32' : 'f32'),
  );
  builder.outputs['y'] = builder.op(op, ids, attributes);
  return builder.finish();
}

/** Runs one op on the device under a profile and compares it with the float64 reference. */
export async function compareOp<K extends OpName>(
  device: Device,
  profile: Profile,
  one: OpCase<K>,
  tolerance: number,
  floor?: number,
): Promise<void> {
  const { found, expected } = await runOp(device, profile, one);
  expect(
    relativeError(found, expected, floor),
    `${one.op} ${JSON.stringify(one.attributes)} of ${one.inputs.map(({ shape }) => shape.join('x')).join(', ')}`,
  ).toBeLessThan(tolerance);
}

/** The op's result on the device, its scratch memory poisoned before, and in the float64 reference. */
export async function runOp<K extends OpName>(
  device: Device,
  profile: Profile,
  one: OpCase<K>,
): Promise<{ readonly found: Float32Array; readonly expected: CpuTensor['data'] }> {
  const graph = graphOf(one);
  const plan = verifyPlan(planInference(graph, { profile }));
  const execution = await prepare(device, plan);
  try {
    poison(execution);
    const feeds: { inputs: Record<string, CpuTensor>; parameters: Record<string, CpuTensor> } = {
      inputs: {},
      parameters: {},
    };
    one.inputs.forEach(({ shape, data }, i) => {
      if (one.weights?.includes(i)) {
        execution.writeTensors(new Map([[`w${i}`, data as Float32Array]]));
        feeds.parameters[`w${i}`] = { shape, data };
      } else {
        execution.writeInput(`i${i}`, data);
        feeds.inputs[`i${i}`] = { shape, data };
      }
    });
    await execution.run('evaluate', [{}]);
    await expectZeroPadding(execution);
    const found = await execution.readOutput('y');
    const expected = runReference(graph, feeds, { precision: 'f64' }).outputs['y'].data;
    return { found, expected };
  } finally {
    execution.destroy();
  }
}

/** The padding of the last axis of every output is zero. */
async function expectZeroPadding(execution: Execution): Promise<void> {
  for (const slot of execution.plan.outputs) {
    const wide = { ...slot, shape: slot.physicalShape };
    const plan = { ...execution.plan, outputs: [wide] };
    const padded = await readRange(execution, plan.outputs[0].range.buffer, elementsOf(wide.shape));
    const [columns, inMemory] = [slot.shape.at(-1)!, slot.physicalShape.at(-1)!];
    const stray = padded.findIndex((value, i) => i % inMemory >= columns && !Object.is(value, 0));
    expect(stray, `padding of ${slot.name} holds ${padded[stray]}`).toBe(-1);
  }
}

/** The first `elements` of a buffer, as they lie in memory. */
export async function readRange(
  { device, buffers }: Execution,
  buffer: number,
  elements: number,
): Promise<Float32Array> {
  const { gpu } = device;
  const staging = gpu.createBuffer({
    size: elements * 4,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(buffers[buffer], 0, staging, 0, elements * 4);
  gpu.queue.submit([encoder.finish()]);
  await device.settle(staging.mapAsync(GPUMapMode.READ));
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return values;
}
