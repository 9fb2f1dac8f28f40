/** Shared weights on a WebGPU device: one buffer for all of them, which the plans of all networks bind. */
import type { Graph } from '../../compiler/graph/graph.ts';
import { optimizerOf } from '../../compiler/optimizers/table.ts';
import { planGradients, planInference, planTraining } from '../../compiler/wgsl/lower.ts';
import { limits } from '../../compiler/wgsl/limits.ts';
import type { Plan, TensorSlot } from '../../compiler/wgsl/plan.ts';
import { SHARED_PARAMETERS, type SharedLayout, type SharedSlot } from '../../compiler/wgsl/shared.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../device/device.ts';
import { stateName } from '../execute/optimizerState.ts';
import { padInto, unpadTensor } from '../execute/padding.ts';
import { uploadData } from '../execute/residentData.ts';
import { createHeld, prepare, readBuffer, type Execution } from '../execute/webgpu.ts';
import type { Tensor, Tensors } from '../train/executor.ts';
import { stateAt } from './ownStates.ts';
import {
  floats,
  type Batch,
  type NumberTensor,
  type NumberTensors,
  type Passed,
  type SharedNetwork,
  type SharedUpdate,
  type SharedWeights,
} from './sharedWeights.ts';

export interface DeviceWeightsOptions {
  readonly layout: SharedLayout;
  /** How weights move. */
  readonly update: SharedUpdate;
  readonly dataset: Dataset;
  /** Draws what networks have for themselves: the keys of dropout. */
  readonly seed: number;
  readonly tuning?: Tuning | undefined;
}

type Program = 'train' | 'gradients' | 'evaluate';

/** Weights begin as zeros until they are written. The device stays the caller's. */
export function deviceWeights(device: Device, options: DeviceWeightsOptions): SharedWeights {
  const { layout, update, dataset, seed, tuning } = options;
  const profile = tuning === undefined ? device.profile : { ...device.profile, tuning };
  const { states } = optimizerOf(update.optimizer.name);
  const limit = 'maxStorageBufferBindingSize';
  if (layout.bytes > limits[limit]) {
    const what = 'the weights of the supernet';
    refuse('deviceLimit', { what, needed: layout.bytes, limit, allowed: limits[limit] });
  }
  const buffers = new Map(
    [SHARED_PARAMETERS, ...states].map((name) => [
      name,
      createHeld(device.gpu, name, Math.max(16, layout.bytes)),
    ]),
  );
  const data = uploadData(device, { x: dataset.images, labels: dataset.labels });
  const slots = [...layout.slots.values()];
  let moves = 0;

  const planOf = (graph: Graph, program: Program, capacity: number): Plan => {
    const given = { profile, feed: { capacity }, shared: layout, recordSlots: 1 } as const;
    if (program === 'train') return planTraining(graph, { ...given, ...update });
    return program === 'gradients' ? planGradients(graph, given) : planInference(graph, given);
  };

  const read = async (buffer: string): Promise<Tensors> => {
    const bytes = await readBuffer(device, present(buffers.get(buffer), buffer), layout.bytes);
    return new Map(
      slots.map((slot) => {
        const values = new Float32Array(bytes, slot.offset, slot.bytes / 4);
        return [slot.name, { shape: slot.shape, data: unpadTensor(padded(slot), values) }];
      }),
    );
  };

  const writeAll = (
    buffer: string,
    tensors: (slot: SharedSlot) => NumberTensor['data'] | undefined,
  ): void => {
    const to = present(buffers.get(buffer), buffer);
    const found = slots.flatMap((slot) => {
      const values = tensors(slot);
      return values === undefined ? [] : [{ slot, values }];
    });
    if (found.length === slots.length) {
      const whole = new Float32Array(layout.bytes / 4);
      for (const { slot, values } of found) padInto(padded(slot), floats(values), whole, slot.offset / 4);
      device.gpu.queue.writeBuffer(to, 0, whole);
      return;
    }
    for (const { slot, values } of found) {
      const one = new Float32Array(slot.bytes / 4);
      padInto(padded(slot), floats(values), one, 0);
      device.gpu.queue.writeBuffer(to, slot.offset, one);
    }
  };

  const network = (graph: Graph): SharedNetwork => {
    const executions = new Map<Program, Promise<Execution>>();
    const executionOf = (program: Program, { rows }: Batch): Promise<Execution> => {
      const known = executions.get(program);
      if (known) return known;
      const made = prepare(device, planOf(graph, program, rows.length), data, buffers);
      executions.set(program, made);
      return made;
    };
    const run = async (program: Program, batch: Batch, learningRate = 0): Promise<[Execution, Passed]> => {
      const execution = await executionOf(program, batch);
      execution.writeTensors(ownValues(execution.plan, batch.own, seed, moves));
      execution.writeIndices(batch.rows);
      if (program === 'train') {
        execution.moves = moves;
        moves += 1;
      }
      const records = await execution.run(program, [{ learningRate, offset: 0 }]);
      const recorded = (name: string): number => records.get(name)?.[0] ?? NaN;
      return [execution, { loss: recorded('loss'), correct: recorded('correct') }];
    };
    return {
      train: async (batch, rate) => (await run('train', batch, rate))[1],
      measure: async (batch) => (await run('evaluate', batch))[1],
      differentiate: async (batch) => {
        const [execution, passed] = await run('gradients', batch);
        const shapes = new Map(execution.plan.parameters.map(({ name, shape }) => [name, shape]));
        const gradients = new Map<string, Tensor>();
        for (const [name, values] of await execution.readGradients()) {
          gradients.set(name, { shape: present(shapes.get(name), name), data: values });
        }
        return { ...passed, gradients };
      },
      release: () => {
        // Whoever waits for one that cannot be made ready is told why.
        const destroyed = (one: Execution): void => one.destroy();
        for (const execution of executions.values()) void execution.then(destroyed, () => undefined);
        executions.clear();
      },
    };
  };

  return {
    network,
    read: () => read(SHARED_PARAMETERS),
    write: (tensors) => writeAll(SHARED_PARAMETERS, ({ name }) => tensors.get(name)?.data),
    readOptimizer: async () => {
      const tensors = new Map<string, Float32Array>();
      for (const state of states) {
        // oxlint-disable-next-line no-await-in-loop -- one buffer after the other
        for (const [name, { data: values }] of await read(state)) tensors.set(stateName(state, name), values);
      }
      return { step: moves, tensors };
    },
    writeOptimizer: ({ step, tensors }) => {
      moves = step;
      for (const state of states) {
        writeAll(state, ({ name }) => present(tensors.get(stateName(state, name)), stateName(state, name)));
      }
    },
    release: () => {
      for (const buffer of buffers.values()) buffer.destroy();
      data.destroy();
    },
  };
}

/** What padding needs to know of a slot. */
function padded({ name, shape, physicalShape, offset, bytes }: SharedSlot): TensorSlot {
  return { name, shape, physicalShape, dtype: 'f32', range: { buffer: 0, offset, bytes } };
}

/**
 * The values of what is the network's own: its gates, as they are given, and its states. What of those counts steps stands at
 * the number of the step, for each network is built anew.
 */
function ownValues(
  { parameters, states }: Plan,
  given: NumberTensors | undefined,
  seed: number,
  step: number,
): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const { name } of parameters) {
    const tensor = given?.get(name);
    if (tensor) values.set(name, floats(tensor.data));
  }
  for (const state of states) values.set(state.name, stateAt(state, seed, step).data);
  return values;
}
