/** One training step of a graph on the device, at a learning rate of 0: everything that it computes. */
import type { Graph } from '../../../compiler/graph/graph.ts';
import { planTraining, type PlanOptions } from '../../../compiler/wgsl/lower.ts';
import type { Question } from '../../../compiler/wgsl/tuning.ts';
import { verifyPlan } from '../../../compiler/wgsl/verify.ts';
import type { Device } from '../../../runtime/device/device.ts';
import type { Feeds } from '../../../runtime/execute/reference.ts';
import { prepare } from '../../../runtime/execute/webgpu.ts';
import { poison } from './onDevice.ts';

const optimizer = { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 } as const;

/** Tensors by name. */
export interface Results {
  readonly outputs: ReadonlyMap<string, Float32Array>;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly states: ReadonlyMap<string, Float32Array>;
  /** Dispatches of the step. */
  readonly dispatches: number;
  /** What the plan's kernels could have been answered. */
  readonly choices: readonly Question[];
}

/** Runs the step with scratch memory and outputs poisoned: whoever reads what nobody wrote shows it. */
export async function runTraining(
  device: Device,
  graph: Graph,
  feeds: Required<Feeds>,
  options: PlanOptions,
): Promise<Results> {
  const execution = await prepare(device, verifyPlan(planTraining(graph, { ...options, optimizer })));
  try {
    poison(execution);
    const kept = Object.entries({ ...feeds.parameters, ...feeds.states });
    execution.writeTensors(new Map(kept.map(([name, { data }]) => [name, Float32Array.from(data)])));
    for (const { name } of execution.plan.inputs) {
      const { data } = feeds.inputs[name];
      execution.writeInput(name, data instanceof Int32Array ? data : Float32Array.from(data));
    }
    await execution.run('train', [{ learningRate: 0 }]);
    const outputs = new Map<string, Float32Array>();
    for (const { name } of execution.plan.outputs) outputs.set(name, await execution.readOutput(name));
    const gradients = await execution.readGradients();
    const states = await execution.readTensors(Object.keys(feeds.states));
    const dispatches = execution.plan.programs['train'].length;
    const { choices } = execution.plan;
    return { outputs, gradients, states, dispatches, choices };
  } finally {
    execution.destroy();
  }
}
