/**
 * The training loop: initial values, epochs of stochastic gradient descent, then one measurement with the running
 * statistics. It is the same for every executor and a function of its request alone.
 */
import { diagnose, Refusal, refuse, type Diagnostic } from '../../grammar/diagnostics.ts';
import { AVERAGE } from '../../compiler/optimizers/average.ts';
import { initialValues } from '../../compiler/graph/initialize.ts';
import type { Graph, GraphNode } from '../../compiler/graph/graph.ts';
import { augmentOf, type TrainSpec } from '../../compiler/search/search.ts';
import { DROP_PATH_RATE } from '../../compiler/space/dropPath.ts';
import { invariant, present } from '../../util/invariant.ts';
import { partRows, type Dataset, type Part } from '../data/dataset.ts';
import { stratifiedShare } from '../data/split.ts';
import { stateName } from '../execute/optimizerState.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { changesOf } from './augment.ts';
import type { Checkpoint, Executor, Tensor, Tensors, TrainingRun } from './executor.ts';
import { faultDiagnostic, stepDiagnostic } from './faultDiagnostic.ts';
import { epochOrder, evaluationOrder, stepsPerEpoch } from './order.ts';
import { learningRates } from './schedule.ts';

/** One training and one measurement. */
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
  /** What parameters and states begin with, as far as it is here; the others are drawn by `seed`. */
  readonly initial?: Tensors | undefined;
  /** Share of the images of `trainOn`, the same ones for every network. */
  readonly subset?: number | undefined;
  /** Whether the network is measured after each epoch, too. */
  readonly observed?: boolean | undefined;
  /** Epochs from one checkpoint to the next; there is one after the last epoch, too. None are made where absent. */
  readonly checkpointEvery?: number | undefined;
  /** Where an earlier run of the same training stood; it goes on from there. */
  readonly resume?: Checkpoint | undefined;
}

export interface Trained {
  /** Mean training loss of each epoch that was trained. */
  readonly epochLosses: readonly number[];
  /** Accuracy on the images of `evaluateOn` after each of them, where it was measured. */
  readonly epochAccuracies?: readonly number[];
  /** On the images of `evaluateOn`: mean loss, share of right answers, number of images. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  readonly tensors: Tensors | undefined;
}

/**
 * Called after each epoch, counted from 1, with its mean training loss, and with the accuracy where it is measured, and the
 * checkpoint where one is due. False ends the training.
 */
export type OnEpoch = (
  epoch: number,
  loss: number,
  accuracy: number | undefined,
  checkpoint?: Checkpoint,
) => boolean | void | Promise<boolean | void>;

/** Trains and measures. Refuses when network and data do not fit or when a number stops being one. */
export async function trainAndMeasure(
  executor: Executor,
  task: Training,
  onEpoch: OnEpoch,
): Promise<Trained> {
  const problems = checkTraining(task);
  if (problems.length > 0) throw new Refusal(...problems);
  const { epochLosses, epochAccuracies, tensors } = await train(executor, task, onEpoch);
  const measured = await measureTrained(executor, task, tensors);
  return {
    epochLosses,
    ...(task.observed && { epochAccuracies }),
    ...measured,
    tensors: task.keepTensors ? tensors : undefined,
  };
}

/** Everything that can be seen to be wrong before anything runs. */
export function checkTraining(task: Training): readonly Diagnostic[] {
  const { dataset } = task;
  const images = trainingRows(task).length;
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
): Promise<{ epochLosses: number[]; epochAccuracies: number[]; tensors: Tensors }> {
  const { dataset, seed, resume, checkpointEvery } = task;
  const { epochs, batch, schedule, ...update } = task.train;
  const rows = trainingRows(task);
  const steps = stepsPerEpoch(rows.length, batch);
  const tensors = initialTensors(task.training, seed, resume?.tensors ?? task.initial);
  const { tuning } = task;
  const augment = augmentOf(task.train);
  const network = { graph: task.training, dataset, batch, capacity: steps * batch, tensors, augment, tuning };
  const run = await executor.prepareTraining(network, update);
  const drops = update.dropPath !== undefined && hasState(task.training, DROP_PATH_RATE);
  try {
    if (resume) run.writeOptimizer(resume.optimizer);
    const epochLosses: number[] = [...(resume?.epochLosses ?? [])];
    const epochAccuracies: number[] = [];
    const read = async (): Promise<Tensors> => {
      const trained = await run.read();
      return update.ema === undefined ? trained : averaged(run, trained);
    };
    for (let epoch = resume?.epoch ?? 0; epoch < epochs; epoch += 1) {
      const order = epochOrder(rows, batch, seed, epoch);
      const changes = augment && changesOf(augment, order, dataset.imageShape, seed, epoch);
      if (drops) run.write(dropPathRate(update.dropPath ?? 0, epoch, epochs));
      const rates = learningRates(schedule, update.optimizer.lr, epochs * steps, epoch * steps, steps, steps);
      const { losses, fault } = await run.steps(order, rates, changes);
      if (fault) throw new Refusal(stepDiagnostic(fault, epoch + 1, fault.step + 1, dataset.name));
      const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      epochLosses.push(loss);
      const accuracy = task.observed
        ? (await measureTrained(executor, task, await read())).accuracy
        : undefined;
      if (accuracy !== undefined) epochAccuracies.push(accuracy);
      const done = epoch + 1;
      const isDue = checkpointEvery !== undefined && (done % checkpointEvery === 0 || done === epochs);
      const checkpoint = isDue ? await checkpointOf(run, done, epochLosses) : undefined;
      if ((await onEpoch(done, loss, accuracy, checkpoint)) === false) break;
    }
    return { epochLosses, epochAccuracies, tensors: await read() };
  } finally {
    run.release();
  }
}

async function checkpointOf(run: TrainingRun, epoch: number, losses: readonly number[]): Promise<Checkpoint> {
  return { epoch, tensors: await run.read(), optimizer: await run.readOptimizer(), epochLosses: [...losses] };
}

/** The rate of an epoch, counted from 0: it grows by the same amount from each to the next (Liu et al. 2019, `train.py`). */
function dropPathRate(target: number, epoch: number, epochs: number): Tensors {
  return new Map([[DROP_PATH_RATE, { shape: [1], data: Float32Array.of((target * epoch) / epochs) }]]);
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

/** Measures a trained network on some images, with the running statistics. Refuses what gives no numbers. */
export async function measureTrained(
  executor: Executor,
  {
    evaluation: graph,
    evaluateOn,
    dataset,
    tuning,
  }: Pick<Training, 'evaluation' | 'evaluateOn' | 'dataset' | 'tuning'>,
  trained: Tensors,
): Promise<Pick<Trained, 'loss' | 'accuracy' | 'images'>> {
  const rows = partRows(dataset, evaluateOn);
  const batch = present(input(graph, 'x')?.shape[0], 'training: the images of a measurement');
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

/** The rows that a network is trained on. */
function trainingRows({ dataset, trainOn, subset = 1 }: Training): Int32Array {
  const rows = partRows(dataset, trainOn);
  return subset < 1 ? stratifiedShare(dataset, rows, subset) : rows;
}

/** The values that parameters and states begin with: those that are given, the others drawn by the seed. */
export function initialTensors(graph: Graph, seed: number, given: Tensors = new Map()): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const node of graph.nodes) {
    if (node.kind !== 'parameter' && node.kind !== 'state') continue;
    const { name, shape, init } = node;
    const found = given.get(name);
    invariant(
      found === undefined || found.shape.join() === shape.join(),
      `training: ${name} has another shape than what it begins with`,
    );
    tensors.set(name, found ?? { shape, data: initialValues(name, shape, init, seed) });
  }
  return tensors;
}

function hasState(graph: Graph, name: string): boolean {
  return graph.nodes.some((node) => node.kind === 'state' && node.name === name);
}

function input(graph: Graph, name: string): GraphNode | undefined {
  return graph.nodes.find((node) => node.kind === 'input' && node.name === name);
}
