/** Runs Plans on a WebGPU device: allocates, compiles and binds once, then encodes the same dispatches per step. */
import { shareOf } from '../../compiler/optimizers/average.ts';
import { noFactors, type StepFactors } from '../../compiler/optimizers/optimizer.ts';
import { optimizerOf } from '../../compiler/optimizers/table.ts';
import { STEP_BYTES, STEP_WORDS } from '../../compiler/wgsl/kernels/step.ts';
import type { BufferRange, Plan, PlanDispatch, TensorSlot } from '../../compiler/wgsl/plan.ts';
import { labelOf } from '../../compiler/wgsl/printPlan.ts';
import { BLOCK_BYTES, TABLE_BYTES } from '../../compiler/wgsl/uniforms.ts';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { invariant, present } from '../../util/invariant.ts';
import type { Device } from '../device/device.ts';
import type { Pipeline } from '../device/pipelines.ts';
import { stateSlots, type OptimizerState } from './optimizerState.ts';
import { padInto, padTensor, unpadTensor } from './padding.ts';
import type { ResidentData } from './residentData.ts';

/** What changes from step to step. */
export interface StepValues {
  readonly learningRate?: number;
  /** Place in the row numbers where this step's batch begins; for plans with a feed. */
  readonly offset?: number;
}

/** The scalar outputs of the steps of a run, by name: element `i` is step `i`'s. */
export type Records = ReadonlyMap<string, Float32Array>;

/** A dispatch that is ready to be encoded. */
export interface ReadyDispatch {
  readonly label: string;
  readonly kernel: string;
  encode(pass: GPUComputePassEncoder): void;
}

/** A Plan on a device. */
export interface Execution {
  readonly plan: Plan;
  readonly device: Device;
  /** Device memory that it holds, resident data not counted. */
  readonly bytes: number;
  /** The buffers of the plan, in its order. */
  readonly buffers: readonly GPUBuffer[];
  /** The dispatches of each program, for traces. */
  readonly programs: Readonly<Record<string, readonly ReadyDispatch[]>>;
  /** Sets parameters and states, in logical layout. */
  readonly writeTensors: (values: ReadonlyMap<string, Float32Array>) => void;
  /** Parameters and states now, all of them or those named. */
  readonly readTensors: (names?: readonly string[]) => Promise<Map<string, Float32Array>>;
  readonly writeInput: (name: string, values: Float32Array | Int32Array) => void;
  /** Sets the row numbers that steps take their batches from. */
  readonly writeIndices: (order: Int32Array) => void;
  /** Sets what becomes of the images of these rows, for plans that change them. */
  readonly writeAugmentation: (changes: Int32Array) => void;
  readonly readOutput: (name: string) => Promise<Float32Array>;
  readonly readGradients: () => Promise<Map<string, Float32Array>>;
  /** What the optimiser keeps: the steps done and its states. */
  readonly readOptimizer: () => Promise<OptimizerState>;
  /** Continues from what an optimiser has kept. */
  readonly writeOptimizer: (state: OptimizerState) => void;
  /** Steps that the optimiser has done; set where a run goes back to an earlier one. */
  moves: number;
  /** Writes what a step's dispatches read of it and counts the optimiser's step, for whoever encodes them one by one. */
  readonly beginStep: (values: StepValues, slot?: number) => void;
  /** The bytes of some ranges, one after the other. */
  readonly readRanges: (ranges: readonly BufferRange[]) => Promise<ArrayBuffer>;
  /** Runs a program once per step and gives what the steps recorded. */
  readonly run: (program: string, steps: readonly StepValues[]) => Promise<Records>;
  readonly destroy: () => void;
}

/** A buffer that kernels read or write; of zeros, to begin with. */
export function createHeld(gpu: GPUDevice, label: string, size: number): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return gpu.createBuffer({ label, size, usage });
}

/** Arenas of so many bytes are put together on the host. */
const SMALL_ARENA = 1 << 22;

/** Steps that may be queued before the host waits: enough to keep the device busy. */
const QUEUED_STEPS = 16;

/** Buffers that outlive executions, by the names that plans have for them (`shared.ts`). */
export type SharedBuffers = ReadonlyMap<string, GPUBuffer>;

/** Makes a plan ready to run. Parameters and states of its own begin as zeros until they are written. */
export async function prepare(
  device: Device,
  plan: Plan,
  data?: ResidentData,
  shared?: SharedBuffers,
): Promise<Execution> {
  const { gpu } = device;
  const compiled = Promise.all(plan.kernels.map((kernel) => device.pipelines.get(kernel)));
  gpu.pushErrorScope('out-of-memory');
  const own: GPUBuffer[] = [];
  const keep = (buffer: GPUBuffer): GPUBuffer => {
    own.push(buffer);
    return buffer;
  };
  const resident = new Map(
    Object.entries(plan.feed?.data ?? {}).map(([name, { buffer }]) => [
      buffer,
      present(data?.buffers[name], 'prepare: resident data for', name),
    ]),
  );
  const buffers = plan.buffers.map(({ name, bytes, role }, i) => {
    if (role === 'shared') return present(shared?.get(name), 'prepare: the shared buffer', name);
    return resident.get(i) ?? keep(createHeld(gpu, name, bytes));
  });
  const uniformBytes = Math.max(16, plan.uniforms.length * 4);
  const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const uniforms = keep(gpu.createBuffer({ label: 'uniforms', size: uniformBytes, usage }));
  gpu.queue.writeBuffer(uniforms, 0, plan.uniforms);
  const outOfMemory = gpu.popErrorScope();
  const [pipelines, failed] = await device.settle(Promise.all([compiled, outOfMemory]));
  if (failed) {
    for (const buffer of own) buffer.destroy();
    throw new Refusal(diagnose('deviceError', { message: failed.message }));
  }
  const groups = new BindGroups(gpu, buffers, uniforms);
  const bound = (dispatch: PlanDispatch): ReadyDispatch => {
    const { kernel } = dispatch;
    const { name } = present(plan.kernels[kernel], 'prepare: kernel', kernel);
    return new BoundDispatch(dispatch, name, present(pipelines[kernel], 'prepare: kernel', kernel), groups);
  };
  const programs = Object.fromEntries(
    Object.entries(plan.programs).map(([name, dispatches]) => [name, dispatches.map(bound)]),
  );
  const execution = new WebGpuExecution(device, plan, buffers, own, programs);
  for (const slot of plan.constants) {
    invariant(slot.init.kind === 'constant', 'prepare: a constant has one value');
    // Kept memory begins as zeros; the tensors of edges that are `none` are as large as images.
    if (Object.is(slot.init.value, 0)) continue;
    const values = new Float32Array(slot.shape.reduce((a, b) => a * b, 1)).fill(slot.init.value);
    execution.write(slot, values);
  }
  device.check();
  return execution;
}

/**
 * Bind groups, made when they are first needed. Dispatches that bind the same buffers share one, whatever they do (making one
 * costs as much as eight dispatches).
 */
class BindGroups {
  readonly #gpu: GPUDevice;
  readonly #buffers: readonly GPUBuffer[];
  readonly #uniforms: GPUBuffer;
  /** By layout, and by the numbers of the buffers. */
  readonly #groups = new Map<GPUBindGroupLayout, Map<string, GPUBindGroup>>();

  constructor(gpu: GPUDevice, buffers: readonly GPUBuffer[], uniforms: GPUBuffer) {
    this.#gpu = gpu;
    this.#buffers = buffers;
    this.#uniforms = uniforms;
  }

  get(layout: GPUBindGroupLayout, ranges: readonly BufferRange[]): GPUBindGroup {
    let key = '';
    for (const { buffer } of ranges) key += `${buffer},`;
    let groups = this.#groups.get(layout);
    if (!groups) this.#groups.set(layout, (groups = new Map<string, GPUBindGroup>()));
    const known = groups.get(key);
    if (known) return known;
    const uniforms = this.#uniforms;
    const resources: GPUBufferBinding[] = ranges.map(({ buffer }) => ({
      buffer: present(this.#buffers[buffer], 'prepare: buffer', buffer),
    }));
    resources.push({ buffer: uniforms, size: BLOCK_BYTES }, { buffer: uniforms, size: TABLE_BYTES });
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const group = this.#gpu.createBindGroup({ layout, entries });
    groups.set(key, group);
    return group;
  }
}

/** A dispatch with its pipeline and, once it was encoded, its bind group. */
class BoundDispatch implements ReadyDispatch {
  readonly #dispatch: PlanDispatch;
  readonly #pipeline: Pipeline;
  readonly #groups: BindGroups;
  readonly kernel: string;
  #group: GPUBindGroup | undefined;

  constructor(dispatch: PlanDispatch, kernel: string, pipeline: Pipeline, groups: BindGroups) {
    this.#dispatch = dispatch;
    this.kernel = kernel;
    this.#pipeline = pipeline;
    this.#groups = groups;
  }

  get label(): string {
    return labelOf(this.#dispatch);
  }

  encode(pass: GPUComputePassEncoder): void {
    const { pipeline, layout } = this.#pipeline;
    const { instances, blockOffset, tableOffset, workgroups } = this.#dispatch;
    this.#group ??= this.#groups.get(layout, present(instances[0], 'an instance').ranges);
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#group, [blockOffset, tableOffset]);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
}

class WebGpuExecution implements Execution {
  readonly plan: Plan;
  readonly device: Device;
  readonly bytes: number;
  readonly buffers: readonly GPUBuffer[];
  readonly programs: Readonly<Record<string, readonly ReadyDispatch[]>>;
  readonly #own: readonly GPUBuffer[];
  readonly #step = new DataView(new ArrayBuffer(STEP_BYTES));
  moves = 0;

  constructor(
    device: Device,
    plan: Plan,
    buffers: readonly GPUBuffer[],
    own: readonly GPUBuffer[],
    programs: Readonly<Record<string, readonly ReadyDispatch[]>>,
  ) {
    this.device = device;
    this.plan = plan;
    this.buffers = buffers;
    this.programs = programs;
    this.#own = own;
    this.bytes = own.reduce((sum, { size }) => sum + size, 0);
  }

  /** Writes a tensor, padded. */
  write(slot: TensorSlot, values: Float32Array | Int32Array): void {
    const { buffer, offset } = slot.range;
    this.device.gpu.queue.writeBuffer(this.#buffer(buffer), offset, padTensor(slot, values));
  }

  writeTensors = (values: ReadonlyMap<string, Float32Array>): void => {
    const { parameters, states } = this.plan;
    let written = 0;
    for (const slots of [parameters, states]) {
      const found = slots.filter(({ name }) => values.has(name));
      written += found.length;
      const tensorOf = ({ name }: TensorSlot): Float32Array => present(values.get(name), name);
      if (found.length === slots.length) this.#writeArena(slots, tensorOf);
      else for (const slot of found) this.write(slot, tensorOf(slot));
    }
    invariant(written === values.size, 'writeTensors: every name is that of a parameter or a state');
  };

  /** Writes all tensors of an arena: at once, where it is small, for a write costs as much as two dispatches. */
  #writeArena(slots: readonly TensorSlot[], tensorOf: (slot: TensorSlot) => Float32Array): void {
    const [first] = slots;
    if (!first) return;
    const { buffer } = first.range;
    const { bytes } = present(this.plan.buffers[buffer], 'buffer', buffer);
    if (bytes > SMALL_ARENA || slots.some(({ range }) => range.buffer !== buffer)) {
      for (const slot of slots) this.write(slot, tensorOf(slot));
      return;
    }
    const whole = new Float32Array(bytes / 4);
    for (const slot of slots) padInto(slot, tensorOf(slot), whole, slot.range.offset / 4);
    this.device.gpu.queue.writeBuffer(this.#buffer(buffer), 0, whole);
  }

  readTensors = (names?: readonly string[]): Promise<Map<string, Float32Array>> => {
    const slots = [...this.plan.parameters, ...this.plan.states];
    return this.#read(names ? slots.filter(({ name }) => names.includes(name)) : slots);
  };

  writeInput = (name: string, values: Float32Array | Int32Array): void => {
    const slot = this.plan.inputs.find((one) => one.name === name);
    this.write(present(slot, `writeInput: an input called ${name}`), values);
  };

  writeIndices = (order: Int32Array): void => {
    const { indices, capacity } = present(this.plan.feed, 'writeIndices: a plan with a feed');
    invariant(order.length <= capacity, `writeIndices: ${order.length} row numbers, room for ${capacity}`);
    this.device.gpu.queue.writeBuffer(this.#buffer(indices.buffer), indices.offset, order);
  };

  writeAugmentation = (changes: Int32Array): void => {
    const { augmentation } = this.plan.feed ?? {};
    const { buffer, offset, bytes } = present(augmentation, 'writeAugmentation: a plan that changes images');
    invariant(changes.byteLength <= bytes, `writeAugmentation: ${changes.length} numbers, too many`);
    this.device.gpu.queue.writeBuffer(this.#buffer(buffer), offset, changes);
  };

  readOutput = async (name: string): Promise<Float32Array> => {
    const slots = this.plan.outputs.filter((slot) => slot.name === name);
    return present((await this.#read(slots)).get(name), `readOutput: an output called ${name}`);
  };

  readGradients = (): Promise<Map<string, Float32Array>> => this.#read(this.plan.gradients);

  readOptimizer = async (): Promise<OptimizerState> => ({
    step: this.moves,
    tensors: await this.#read(stateSlots(this.plan)),
  });

  writeOptimizer = ({ step, tensors }: OptimizerState): void => {
    this.moves = step;
    for (const slot of stateSlots(this.plan)) {
      this.write(slot, present(tensors.get(slot.name), `writeOptimizer: ${slot.name}`));
    }
  };

  run = async (program: string, steps: readonly StepValues[]): Promise<Records> => {
    const { records } = this.plan;
    const slots = records?.slots ?? Infinity;
    const found = new Map((records?.names ?? []).map((name) => [name, new Float32Array(steps.length)]));
    for (let first = 0; first < steps.length; first += slots) {
      const part = steps.slice(first, first + slots);
      // oxlint-disable-next-line no-await-in-loop -- steps follow each other
      await this.#runSteps(program, part);
      if (!records) {
        // oxlint-disable-next-line no-await-in-loop -- steps follow each other
        await this.device.finish();
        continue;
      }
      const bytes = part.length * records.names.length * 4;
      // oxlint-disable-next-line no-await-in-loop -- the next part overwrites these records
      const values = new Float32Array(await this.readRanges([{ ...records.range, bytes }]));
      this.device.check();
      records.names.forEach((name, k) => {
        found.get(name)?.set(
          part.map((_, i) => values[i * records.names.length + k] ?? NaN),
          first,
        );
      });
    }
    return found;
  };

  beginStep = ({ learningRate = 0, offset = 0 }: StepValues, slot = 0): void => {
    this.#step.setFloat32(STEP_WORDS.learningRate * 4, learningRate, true);
    this.#step.setUint32(STEP_WORDS.offset * 4, offset, true);
    this.#step.setUint32(STEP_WORDS.slot * 4, slot, true);
    const factors = this.#factors();
    STEP_WORDS.factors.forEach((word, k) => this.#step.setFloat32(word * 4, factors[k] ?? 1, true));
    const ema = this.plan.optimizer?.ema;
    const share = ema === undefined ? 1 : shareOf(ema, this.moves);
    this.#step.setFloat32(STEP_WORDS.share * 4, share, true);
    const { buffer, offset: place } = this.plan.step;
    this.device.gpu.queue.writeBuffer(this.#buffer(buffer), place, this.#step.buffer);
  };

  destroy = (): void => {
    for (const buffer of this.#own) buffer.destroy();
  };

  /** Submits steps, and waits for those that would make the queue long: the last ones may still be under way. */
  async #runSteps(program: string, steps: readonly StepValues[]): Promise<void> {
    const { gpu } = this.device;
    const dispatches = present(this.programs[program], `run: a program called ${program}`);
    for (const [slot, values] of steps.entries()) {
      this.beginStep(values, slot);
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const dispatch of dispatches) dispatch.encode(pass);
      pass.end();
      gpu.queue.submit([encoder.finish()]);
      // oxlint-disable-next-line no-await-in-loop -- keeps the queue, and its memory, short
      if (slot % QUEUED_STEPS === QUEUED_STEPS - 1) await this.device.finish();
    }
  }

  /** The optimiser's numbers for the step that begins; counts it. */
  #factors(): StepFactors {
    const { optimizer } = this.plan;
    if (!optimizer) return noFactors;
    this.moves += 1;
    return optimizerOf(optimizer.rule.name).factors(optimizer.rule, this.moves);
  }

  #buffer(index: number): GPUBuffer {
    return present(this.buffers[index], 'buffer', index);
  }

  async #read(slots: readonly TensorSlot[]): Promise<Map<string, Float32Array>> {
    const all = await this.readRanges(slots.map(({ range }) => range));
    const found = new Map<string, Float32Array>();
    let at = 0;
    for (const slot of slots) {
      found.set(slot.name, unpadTensor(slot, new Float32Array(all, at, slot.range.bytes / 4)));
      at += slot.range.bytes;
    }
    return found;
  }

  readRanges = (ranges: readonly BufferRange[]): Promise<ArrayBuffer> =>
    readParts(
      this.device,
      ranges.map(({ buffer, offset, bytes }) => ({ buffer: this.#buffer(buffer), offset, bytes })),
    );
}

/** The first bytes of a buffer. */
export function readBuffer(device: Device, buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  return readParts(device, [{ buffer, offset: 0, bytes }]);
}

interface BufferPart {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

/** Parts of buffers, one after the other. */
async function readParts({ gpu, settle, check }: Device, parts: readonly BufferPart[]): Promise<ArrayBuffer> {
  const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (size === 0) return new ArrayBuffer(0);
  const staging = gpu.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = gpu.createCommandEncoder();
  let at = 0;
  for (const { buffer, offset, bytes } of parts) {
    encoder.copyBufferToBuffer(buffer, offset, staging, at, bytes);
    at += bytes;
  }
  gpu.queue.submit([encoder.finish()]);
  try {
    await settle(staging.mapAsync(GPUMapMode.READ));
    return staging.getMappedRange().slice(0);
  } catch (error) {
    check();
    throw error;
  } finally {
    staging.destroy();
  }
}
