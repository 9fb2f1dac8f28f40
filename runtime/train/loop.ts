/**
 * The training loop: initial values, epochs of stochastic gradient descent, then one measurement with the running
 * statistics. It is the same for every executor and a function of its request alone.
 */
import { diagnose, Refusal, refuse, type Diagnostic } from '../../grammar/diagnostics.ts';
import { AVERAGE } from '../../compiler/optimizers/average.ts';
import { initialValues } from '../../compiler/graph/initialize.ts';
import type { Graph, GraphNode } from '../../compiler/graph/graph.ts';
import type { TrainSpec } from '../../compiler/search/search.ts';
import { partRows, type Dataset, type Part } from '../data/dataset.ts';
import { stateName } from '../execute/optimizerState.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import type { Executor, Tensor, Tensors, TrainingRun } from './executor.ts';
import { faultDiagnostic, stepDiagnostic } from './faultDiagnostic.ts';
import { epochOrder, evaluationOrder, stepsPerEpoch } from './order.ts';
import { learningRates } from './schedule.ts';

/** One training from scratch and one measurement. */
export interface Training {
  /** With loss, gradients and updates; inputs `x` and `labels`, the first axis of each the batch of training. */
  readonly training: Graph;
  /** The same network for inference; outputs `loss` (a sum) and `correct`. Its batch may be another one. */
  readonly evaluation: Graph;
  readonly dataset: Dataset;
  readonly trainOn: Part;
  readonly evaluateOn: Part;
  readonly train: TrainSpec;
  readonly seed: number;
  /** Whether the trained tensors are wanted back. */
  readonly keepTensors: boolean;
  /** What was measured: which kernels a device runs. */
  readonly tuning?: Tuning | undefined;
}

export interface Trained {
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
  /** On the images of `evaluateOn`: mean loss, share of right answers, number of images. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  readonly tensors: Tensors | undefined;
}

/** Called after each epoch, counted from 1, with its mean training loss. */
export type OnEpoch = (epoch: number, loss: number) => void;

/** Trains and measures. Refuses when network and data do not fit or when a number stops being one. */
export async function trainAndMeasure(
  executor: Executor,
  task: Training,
  onEpoch: OnEpoch,
): Promise<Trained> {
  const problems = checkTraining(task);
  if (problems.length > 0) throw new Refusal(...problems);
  const { epochLosses, tensors } = await train(executor, task, onEpoch);
  const measured = await measure(executor, task, tensors);
  return { epochLosses, ...measured, tensors: task.keepTensors ? tensors : undefined };
}

/** Everything that can be seen to be wrong before anything runs. */
export function checkTraining(task: Training): readonly Diagnostic[] {
  const { dataset } = task;
  const images = partRows(dataset, task.trainOn).length;
  const found: Diagnostic[] = [];
  if (task.train.batch > images) {
    found.push(diagnose('batchTooLarge', { batch: task.train.batch, images }));
  }
  const shape = input(task.training, 'x')?.shape.slice(1) ?? [];
  if (shape.join() !== dataset.imageShape.join()) {
    const problem = `its input \`x\` is image[${shape.join(', ')}], and the images are [${dataset.imageShape.join(', ')}]`;
    const hint = `write \`input x: image[${dataset.imageShape.join(', ')}]\``;
    found.push(diagnose('dataDoesNotFit', { data: dataset.name, problem }, { hint }));
  }
  const logits = task.training.outputs['logits'];
  const classes = logits === undefined ? undefined : task.training.nodes[logits]?.shape.at(-1);
  if (classes !== undefined && classes < dataset.classes) {
    const problem = `its output has ${classes} numbers, and the data have ${dataset.classes} classes`;
    found.push(diagnose('dataDoesNotFit', { data: dataset.name, problem }));
  }
  return found;
}

async function train(
  executor: Executor,
  task: Training,
  onEpoch: OnEpoch,
): Promise<{ epochLosses: number[]; tensors: Tensors }> {
  const { dataset, seed } = task;
  const { epochs, batch, schedule, ...update } = task.train;
  const rows = partRows(dataset, task.trainOn);
  const steps = stepsPerEpoch(rows.length, batch);
  const tensors = initialTensors(task.training, seed);
  const { tuning } = task;
  const network = { graph: task.training, dataset, batch, capacity: steps * batch, tensors, tuning };
  const run = await executor.prepareTraining(network, update);
  try {
    const epochLosses: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      const order = epochOrder(rows, batch, seed, epoch);
      const rates = learningRates(schedule, update.optimizer.lr, epochs * steps, epoch * steps, steps, steps);
      const { losses, fault } = await run.steps(order, rates);
      if (fault) throw new Refusal(stepDiagnostic(fault, epoch + 1, fault.step + 1, dataset.name));
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      epochLosses.push(loss);
      onEpoch(epoch + 1, loss);
    }
    const trained = await run.read();
    return { epochLosses, tensors: update.ema === undefined ? trained : await averaged(run, trained) };
  } finally {
    run.release();
  }
}

/** The tensors with the running mean of weights in place of the last ones; statistics are the last ones. */
async function averaged(run: TrainingRun, trained: Tensors): Promise<Tensors> {
  const { tensors: kept } = await run.readOptimizer();
  return new Map(
    [...trained].map(([name, { shape, data }]) => [
      name,
      { shape, data: kept.get(stateName(AVERAGE, name)) ?? data },
    ]),
  );
}

async function measure(
  executor: Executor,
  task: Training,
  trained: Tensors,
): Promise<Pick<Trained, 'loss' | 'accuracy' | 'images'>> {
  const { evaluation: graph, dataset, tuning } = task;
  const rows = partRows(dataset, task.evaluateOn);
  const batch = input(graph, 'x')?.shape[0] ?? task.train.batch;
  const order = evaluationOrder(rows, batch);
  const network = { graph, dataset, batch, capacity: order.length, tensors: trained, tuning };
  const run = await executor.prepareEvaluation(network);
  try {
    const { loss, correct, fault } = await run.measure(order);
    // Finite weights and yet no finite loss here: the last step went too far.
    if (fault?.origin) {
      const occasion = { when: `when the trained network was measured`, data: dataset.name };
      throw new Refusal(faultDiagnostic(fault.origin, occasion));
    }
    if (!Number.isFinite(loss)) refuse('measurementNotFinite', { images: rows.length });
    return { loss: loss / rows.length, accuracy: correct / rows.length, images: rows.length };
  } finally {
    run.release();
  }
}

/** The values that parameters and states begin with. */
function initialTensors(graph: Graph, seed: number): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const { name, shape, init } = node;
    tensors.set(name, { shape, data: initialValues(name, shape, init, seed) });
  }
  return tensors;
}

function input(graph: Graph, name: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.kind === 'input' && node.name === name);
}
