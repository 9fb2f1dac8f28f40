/**
 * The training loop's executor on a WebGPU device. Data sets stay on the device; pipelines are shared by all networks;
 * everything else is freed with its run, so that memory does not grow from network to network.
 */
import { planInference, planTraining } from '../../compiler/wgsl/lower.ts';
import type { Plan, Profile } from '../../compiler/wgsl/plan.ts';
import { withWatch } from '../../compiler/wgsl/watch.ts';
import { present } from '../../util/invariant.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../device/device.ts';
import { uploadData, type ResidentData } from '../execute/residentData.ts';
import { firstNotFinite, inData, type Fault, type Origin } from '../execute/fault.ts';
import { findHeld, findOrigin } from '../execute/origin.ts';
import { runWatched } from '../execute/watch.ts';
import { prepare, type Execution, type StepValues } from '../execute/webgpu.ts';
import type { Executor, NetworkOnData, Tensors } from './executor.ts';

export interface WebGpuExecutor extends Executor {
  /** Bytes of device buffers held now: data sets, and networks being run. */
  readonly bufferBytes: () => number;
}

/** Data sets that stay on the device; a search uses one, a retraining the same. */
const KEPT_DATA_SETS = 2;

/** Runs on `device`, which stays the caller's. */
export function webGpuExecutor(device: Device): WebGpuExecutor {
  const resident = new Map<Dataset, ResidentData>();
  const running = new Set<Execution>();

  const dataOf = (dataset: Dataset): ResidentData => {
    const known = resident.get(dataset);
    if (known !== undefined) return known;
    for (const [old, data] of resident) {
      if (resident.size < KEPT_DATA_SETS) break;
      resident.delete(old);
      data.destroy();
    }
    const data = uploadData(device, { x: dataset.images, labels: dataset.labels });
    resident.set(dataset, data);
    return data;
  };

  const tunedProfile = ({ tuning }: NetworkOnData): Profile =>
    tuning === undefined ? device.profile : { ...device.profile, tuning };

  const start = async (plan: Plan, { dataset, tensors }: NetworkOnData): Promise<Execution> => {
    const execution = await prepare(device, plan, dataOf(dataset));
    running.add(execution);
    const values = [...plan.parameters, ...plan.states].map(
      ({ name }) => [name, present(tensors.get(name), `the value of ${name}`).data] as const,
    );
    execution.writeTensors(new Map(values));
    return execution;
  };

  const release = (execution: Execution) => (): void => {
    running.delete(execution);
    execution.destroy();
  };

  return {
    prepareTraining: async (network, update) => {
      const { graph, batch, capacity, augment } = network;
      const profile = tunedProfile(network);
      const plan = withWatch(planTraining(graph, { profile, feed: { capacity, augment }, ...update }));
      const execution = await start(plan, network);
      return {
        steps: async (order, rates, changes) => {
          execution.writeIndices(order);
          if (changes) execution.writeAugmentation(changes);
          const steps = Array.from(rates, (learningRate, i) => ({ learningRate, offset: i * batch }));
          const { records, fault } = await runWatched(execution, 'train', steps);
          const losses = present(records.get('loss'), 'the recorded loss');
          return { losses, fault: fault && inOrder(fault, order, batch) };
        },
        read: () => readTensors(execution),
        write: (tensors) =>
          execution.writeTensors(new Map([...tensors].map(([name, { data }]) => [name, data]))),
        readOptimizer: execution.readOptimizer,
        writeOptimizer: execution.writeOptimizer,
        release: release(execution),
      };
    },
    prepareEvaluation: async (network) => {
      const { graph, batch, capacity } = network;
      const plan = planInference(graph, { profile: tunedProfile(network), feed: { capacity } });
      const execution = await start(plan, network);
      return {
        measure: async (order) => {
          execution.writeIndices(order);
          const steps = Array.from({ length: order.length / batch }, (_, i) => ({ offset: i * batch }));
          const records = await execution.run('evaluate', steps);
          const step = firstNotFinite(present(records.get('loss'), 'the recorded loss'));
          const fault = step === -1 ? undefined : { step, origin: await originOf(execution, steps[step]) };
          const sum = (name: string): number =>
            present(records.get(name), `the recorded ${name}`).reduce((total, value) => total + value, 0);
          return {
            loss: sum('loss'),
            correct: sum('correct'),
            fault: fault && inOrder(fault, order, batch),
          };
        },
        release: release(execution),
      };
    },
    runOnce: async ({ graph, dataset, tensors, rows }) => {
      const { profile } = device;
      const trained = graph.gradients.length > 0;
      // With a learning rate of 0 a step leaves nothing but gradients.
      const optimizer = { name: 'sgd', lr: 1, momentum: 0, nesterov: false, weightDecay: 0 } as const;
      const feed = { capacity: rows.length };
      const plan = trained
        ? planTraining(graph, { profile, feed, optimizer })
        : planInference(graph, { profile, feed });
      const execution = await start(plan, {
        graph,
        dataset,
        tensors,
        batch: rows.length,
        capacity: rows.length,
      });
      try {
        execution.writeIndices(rows);
        await execution.run(trained ? 'train' : 'evaluate', [{ learningRate: 0, offset: 0 }]);
        const read = trained ? await execution.readGradients() : new Map<string, Float32Array>();
        const outputs = new Map<string, Float32Array>();
        // oxlint-disable-next-line no-await-in-loop -- one buffer after the other
        for (const { name } of plan.outputs) outputs.set(name, await execution.readOutput(name));
        const shapes = new Map(plan.parameters.map(({ name, shape }) => [name, shape]));
        const gradients = [...read].map(
          ([name, data]) =>
            [name, { shape: present(shapes.get(name), `the shape of ${name}`), data }] as const,
        );
        return { gradients: new Map(gradients), outputs };
      } finally {
        release(execution)();
      }
    },
    bufferBytes: () => {
      const holders: { readonly bytes: number }[] = [...resident.values(), ...running];
      return holders.reduce((total, { bytes }) => total + bytes, 0);
    },
  };
}

/** What makes the loss of a step of a measurement no number; a measurement changes nothing, so it can be repeated. */
async function originOf(execution: Execution, values: StepValues = {}): Promise<Origin | undefined> {
  return (await findHeld(execution)) ?? (await findOrigin(execution, 'evaluate', values));
}

/** A fault with the row of the data, where it is a row that is to blame. */
function inOrder({ step, origin }: Fault, order: Int32Array, batch: number): Fault {
  return { step, origin: inData(origin, order.subarray(step * batch, (step + 1) * batch)) };
}

async function readTensors(execution: Execution): Promise<Tensors> {
  const values = await execution.readTensors();
  const { parameters, states } = execution.plan;
  return new Map(
    [...parameters, ...states].map(({ name, shape }) => [
      name,
      { shape, data: present(values.get(name), `the value of ${name}`) },
    ]),
  );
}
