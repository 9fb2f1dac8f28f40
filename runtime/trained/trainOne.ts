/**
 * Trains one architecture on training and validation images, measures it on test images, and leaves a folder that can be
 * taken away. After its epochs it leaves checkpoints there, from which it goes on to the same bits whenever it was stopped.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledTraining } from '../../compiler/training.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { toCompact, toJson } from '../../compiler/space/encode.ts';
import { costOfArchitecture } from '../../compiler/space/members.ts';
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { Evaluator, TrainProgress, TrainRequest } from '../evaluate/protocol.ts';
import { evaluationGraph, trainingGraph } from '../search/evaluation/graphs.ts';
import { Interrupted, resultProblem, trainUntil } from '../search/training.ts';
import { removeDrafts } from '../store/files.ts';
import { readCheckpoint, type CheckpointOrigin } from './checkpoint.ts';
import { CheckpointWriter } from './CheckpointWriter.ts';
import { trainingId } from './identity.ts';
import { MODEL_FILES, readModel, removeModel, writeModel, type Model } from './model.ts';
import { tensorsOf } from './weights.ts';

/** What is trained, and where it is left. */
export interface TrainTask {
  readonly compiled: CompiledTraining;
  readonly architecture: Architecture;
  readonly seed: number;
  /** Hash of the images, labels and split. */
  readonly dataHash: string;
  readonly folder: string;
  /** Epochs from one checkpoint to the next. */
  readonly checkpointEvery: number;
  /** Whether what is in the folder is removed first. */
  readonly fresh: boolean;
  /** Version of naslang. */
  readonly version: string;
}

/** What is told while it goes on. */
export type TrainEvent =
  | {
      readonly kind: 'started';
      /** Epochs that a checkpoint holds; 0 without one. */
      readonly epoch: number;
      readonly epochs: number;
    }
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly epochs: number;
      /** Mean training loss. */
      readonly loss: number;
      /** So far, those of earlier runs included. */
      readonly seconds: number;
    }
  | { readonly kind: 'warning'; readonly diagnostic: Diagnostic };

export interface TrainOptions {
  readonly evaluator: Evaluator;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The short name of what a task comes to; equal for tasks that come to the same. */
export function taskId({ compiled, architecture, seed, dataHash }: IdentifiedTask): string {
  const { text, train, data, trained } = compiled;
  return trainingId({
    text,
    architecture: toCompact(trained.space, architecture),
    train,
    data,
    dataHash,
    seed,
  });
}

type IdentifiedTask = Pick<TrainTask, 'compiled' | 'architecture' | 'seed' | 'dataHash'>;

/** What came of it. */
export interface TrainOutcome {
  readonly model: Model;
  /** Whether it had been trained before, and nothing was left to do. */
  readonly earlier: boolean;
}

/**
 * Trains, or goes on, or finds that it is done. Refuses what cannot be trained, and a folder that holds something else; throws
 * {@link Interrupted} where the signal says so.
 */
export async function trainOne(task: TrainTask, options: TrainOptions): Promise<TrainOutcome> {
  const { folder, fresh } = task;
  const identity = taskId(task);
  if (fresh) await removeModel(folder);
  const before = await readModel(folder);
  if (before?.identity === identity) {
    // A process that was killed at its very end left it.
    await rm(join(folder, MODEL_FILES.checkpoint), { force: true });
    return { model: before, earlier: true };
  }
  if (before) {
    const hint = 'choose another folder with `--out`; `--fresh` removes what is there';
    throw new Refusal(diagnose('trainedForeign', { path: folder }, { hint }));
  }
  await removeDrafts(folder);
  return { model: await trainAnew(task, identity, options), earlier: false };
}

async function trainAnew(task: TrainTask, identity: string, options: TrainOptions): Promise<Model> {
  const { compiled, architecture, folder, seed, dataHash, version } = task;
  const { space } = compiled.trained;
  const { onEvent, evaluator, now = Date.now } = options;
  const { epochs } = compiled.train;
  const name = toCompact(space, architecture);
  const request = requestOf(task);
  warnOfPaths(request, name, onEvent);
  const path = join(folder, MODEL_FILES.checkpoint);
  const found = await readCheckpoint(path, identity, request.training, epochs);
  onEvent({ kind: 'started', epoch: found?.checkpoint.epoch ?? 0, epochs });
  const start = now();
  const secondsBefore = found?.origin.seconds ?? 0;
  const seconds = (): number => secondsBefore + Math.max(0, now() - start) / 1000;
  const origin = (adapter: string): CheckpointOrigin => ({ identity, version, adapter, seconds: seconds() });
  const stopped = new AbortController();
  const writer = new CheckpointWriter(path, () => stopped.abort());
  const moved = new Moved(found?.origin, version, onEvent);
  const onProgress = (progress: TrainProgress): void => {
    const { epoch, loss, checkpoint, adapter } = progress;
    onEvent({ kind: 'epoch', epoch, epochs, loss, seconds: seconds() });
    if (adapter !== undefined) moved.see(adapter);
    if (checkpoint) writer.put(checkpoint, origin(adapter ?? ''));
  };
  const asked = { ...request, ...(found && { resume: found.checkpoint }) };
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  let response;
  try {
    response = await trainUntil(evaluator, asked, onProgress, signal);
  } catch (error) {
    // A checkpoint that was begun is finished: the next start goes on from it.
    if (error instanceof Interrupted) await writer.finish();
    throw error;
  }
  await writer.finish();
  if (response.kind === 'failure') throw new Refusal(response.diagnostic);
  const problem = resultProblem(response);
  if (problem) throw new Refusal(problem);
  moved.see(response.device.adapter);
  const { accuracy, loss, images, epochLosses } = response;
  const tensors = tensorsOf(request.evaluation, present(response.tensors, 'train: the trained tensors'));
  const model = await writeModel(
    folder,
    {
      naslang: version,
      identity,
      space: space.name,
      architecture: name,
      decisions: toJson(space, architecture),
      ...costOfArchitecture(space, architecture),
      data: compiled.data,
      dataHash,
      trainedOn: 'train+validation',
      train: compiled.train,
      seed,
      epochLosses,
      test: { accuracy, loss, images },
      adapter: response.device.adapter,
      seconds: seconds(),
      finished: new Date(now()).toISOString(),
    },
    { text: compiled.text, tensors },
  );
  await rm(path, { force: true });
  return model;
}

function requestOf({ compiled, architecture, seed, checkpointEvery }: TrainTask): TrainRequest {
  const { trained, train: terms, data } = compiled;
  return {
    kind: 'train',
    id: 0,
    training: trainingGraph(trained.space, architecture, terms.batch, terms),
    evaluation: evaluationGraph(trained.space, architecture, terms.batch),
    data,
    trainOn: 'train+validation',
    evaluateOn: 'test',
    train: terms,
    seed,
    keepTensors: true,
    checkpointEvery,
  };
}

function warnOfPaths(
  { train: terms, training }: TrainRequest,
  architecture: string,
  onEvent: TrainOptions['onEvent'],
): void {
  if (terms.dropPath === undefined) return;
  if (training.nodes.some((node) => node.kind === 'op' && node.op === 'drop_path')) return;
  onEvent({ kind: 'warning', diagnostic: diagnose('noPaths', { architecture }) });
}

/** Warns, once, where a training goes on by another version or on another adapter. */
class Moved {
  readonly #before: CheckpointOrigin | undefined;
  readonly #onEvent: TrainOptions['onEvent'];
  #warned = false;

  constructor(before: CheckpointOrigin | undefined, version: string, onEvent: TrainOptions['onEvent']) {
    this.#before = before;
    this.#onEvent = onEvent;
    if (before && before.version !== version) this.#warn(`naslang ${before.version}`, `naslang ${version}`);
  }

  see(adapter: string): void {
    if (this.#before && this.#before.adapter !== adapter) this.#warn(this.#before.adapter, adapter);
  }

  #warn(before: string, now: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#onEvent({ kind: 'warning', diagnostic: diagnose('resumedElsewhere', { before, now }) });
  }
}
