/**
 * Trains a supernet to its end, epoch by epoch, and keeps what it came to after each of them, so that whatever ends it, the same call
 * goes on to the same bits.
 */
import type { MethodSpec, TrainSpec } from '../../compiler/search/search.ts';
import { sharedParameters } from '../../compiler/share/parameters.ts';
import { searchForm } from '../../compiler/share/searchForm.ts';
import { initialValues } from '../../compiler/graph/initialize.ts';
import { sharedLayout, type SharedLayout } from '../../compiler/wgsl/shared.ts';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { hashString, permutation, Random } from '../../util/random.ts';
import { partRows, type Dataset } from '../data/dataset.ts';
import type { StrategySpace } from '../search/host.ts';
import { seedOf, strategyKey } from '../search/seeds.ts';
import { stepsPerEpoch, epochOrder } from '../train/order.ts';
import { learningRates } from '../train/schedule.ts';
import type { Tensors } from '../train/executor.ts';
import type { Checkpoint, CheckpointFile } from './checkpoint.ts';
import type { EpochReport, MethodTask, SharingMethod } from './method.ts';
import { methodArguments, methodOf } from './methods/table.ts';
import { floats, type SharedUpdate, type SharedWeights } from './sharedWeights.ts';
import { Supernet } from './Supernet.ts';

/** Everything that a supernet and its training follow from. */
export interface SupernetTask {
  readonly searched: StrategySpace;
  readonly dataset: Dataset;
  readonly method: MethodSpec;
  /** How weights are trained. */
  readonly train: TrainSpec;
  readonly seed: number;
}

export interface SupernetHooks {
  /** Makes the weights, of zeros. */
  readonly makeWeights: (layout: SharedLayout, update: SharedUpdate) => SharedWeights;
  /** Where it goes on from, and what it leaves; undefined to keep nothing. */
  readonly file: CheckpointFile | undefined;
  readonly onEpoch?: (epoch: number, report: EpochReport) => void | Promise<void>;
}

/** A supernet that was trained. */
export interface TrainedSupernet {
  readonly supernet: Supernet;
  readonly method: SharingMethod;
  /** Sums over all whole batches of validation images, with their own statistics. */
  readonly score: (choices: readonly number[]) => Promise<Score>;
  readonly release: () => void;
}

export interface Score {
  /** Mean loss and share of right answers. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
}

/** Trains what is left to train. Refuses what does not fit, and a training that diverges. */
export async function trainSupernet(task: SupernetTask, hooks: SupernetHooks): Promise<TrainedSupernet> {
  const { searched, dataset, train, seed } = task;
  const kind = methodOf(task.method);
  const args = methodArguments(kind, task.method);
  const { zero = false, ...form } = kind.form(args);
  const space = searchForm(searched.space, form);
  const layout = sharedLayout(sharedParameters(space));
  const { epochs, batch, schedule, optimizer, clip } = train;
  const update = { optimizer, ...(clip !== undefined && { clip }) };
  const rows = partRows(dataset, 'train');
  const validation = partRows(dataset, 'validation');
  const steps = stepsPerEpoch(rows.length, batch);
  stepsPerEpoch(validation.length, batch);
  const weights = hooks.makeWeights(layout, update);
  const supernet = new Supernet(space, weights, batch, zero);
  const key = strategyKey(seed);
  const streamSeed = seedOf(key);
  const methodTask: MethodTask = {
    supernet,
    members: searched.members,
    epochs,
    steps,
    trainBatch: memoised((epoch) => epochOrder(rows, batch, seed, epoch), batch),
    validationBatch: (epoch, index) => drawBatch(validation, batch, seed, `validation ${epoch} ${index}`),
    rate: (epoch, step) =>
      learningRates(schedule, optimizer.lr, epochs * steps, epoch * steps + step, 1, steps)[0] ?? NaN,
    random: (purpose, epoch, step) => new Random(streamSeed, hashString(`${purpose} ${epoch} ${step}`)),
  };
  try {
    const method = kind.create({ task: methodTask, args, searched, optimizer, key });
    const kept = await hooks.file?.read();
    let done = 0;
    if (kept) {
      done = kept.epochs;
      weights.write(kept.weights);
      weights.writeOptimizer(kept.optimizer);
      method.load(kept.method);
    } else weights.write(initialWeights(layout, seed));
    for (let epoch = done; epoch < epochs; epoch++) {
      // oxlint-disable-next-line no-await-in-loop -- epochs follow each other
      const report = await method.epoch(epoch);
      if (!Number.isFinite(report.loss))
        throw new Refusal(diagnose('supernetDiverged', { epoch: epoch + 1 }));
      // oxlint-disable-next-line no-await-in-loop -- before the next changes them
      await hooks.file?.write(await checkpoint(epoch + 1, weights, method));
      // oxlint-disable-next-line no-await-in-loop -- told in order
      await hooks.onEpoch?.(epoch, report);
    }
    const release = (): void => {
      supernet.release();
      weights.release();
    };
    return { supernet, method, score: (choices) => score(supernet, validation, choices), release };
  } catch (error) {
    supernet.release();
    weights.release();
    throw error;
  }
}

async function checkpoint(
  epochs: number,
  weights: SharedWeights,
  method: SharingMethod,
): Promise<Checkpoint> {
  const values = [...(await weights.read())].map(
    ([name, { shape, data }]) => [name, { shape, data: floats(data) }] as const,
  );
  return {
    epochs,
    weights: new Map(values),
    optimizer: await weights.readOptimizer(),
    method: method.save(),
  };
}

async function score(supernet: Supernet, rows: Int32Array, choices: readonly number[]): Promise<Score> {
  const { batch, space } = supernet;
  let [loss, correct, images] = [0, 0, 0];
  for (let start = 0; start + batch <= rows.length; start += batch) {
    const part = rows.subarray(start, start + batch);
    // oxlint-disable-next-line no-await-in-loop -- batches follow each other
    const passed = await supernet.measurePath({ space: space.name, choices }, part);
    loss += passed.loss;
    correct += passed.correct;
    images += batch;
  }
  return { loss: loss / images, accuracy: correct / images, images };
}

/** The weights that a supernet begins with, each drawn by its name. */
export function initialWeights(layout: SharedLayout, seed: number): Tensors {
  return new Map(
    [...layout.slots.values()].map(({ name, shape, init }) => [
      name,
      { shape, data: initialValues(name, shape, init, seed) },
    ]),
  );
}

/** Batches of epochs; the order of the last epoch is remembered. */
function memoised(order: (epoch: number) => Int32Array, batch: number): MethodTask['trainBatch'] {
  let known: { readonly epoch: number; readonly rows: Int32Array } | undefined;
  return (epoch, step) => {
    if (known?.epoch !== epoch) known = { epoch, rows: order(epoch) };
    return known.rows.subarray(step * batch, (step + 1) * batch);
  };
}

/** A batch of different rows, each set of rows equally likely. */
function drawBatch(rows: Int32Array, batch: number, seed: number, purpose: string): Int32Array {
  const order = permutation(rows.length, seed, hashString(purpose)).subarray(0, batch);
  return Int32Array.from(order, (i) => rows[i] ?? -1);
}
