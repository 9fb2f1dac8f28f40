/**
 * What the coordinator and a worker say to each other. The worker process owns the device and knows
 * nothing of spaces, searches or stores; the coordinator never touches a GPU. Plain data, checked with
 * zod where it is received.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Graph } from '../../compiler/graph/graph.ts';
import type { DataSpec, TrainSpec, ZeroCostScore } from '../../compiler/search/search.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import type { Checkpoint } from '../train/executor.ts';

/** Parameters and running statistics by name, in logical layout. */
export type TensorsByName = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly data: Float32Array }
>;

/** Train a network, then measure it once. */
export interface TrainRequest {
  readonly kind: 'train';
  readonly id: number;
  /** With loss, gradients and updates, for batches of `train.batch`. Inputs `x` and `labels`. */
  readonly training: Graph;
  /** Inference form of the same network; outputs `loss` (a sum) and `correct`. */
  readonly evaluation: Graph;
  readonly data: DataSpec;
  readonly trainOn: 'train' | 'train+validation';
  readonly evaluateOn: 'validation' | 'test';
  readonly train: TrainSpec;
  /** Seeds initial values and the order of examples; the network's own names and steps do the rest. */
  readonly seed: number;
  /** Whether the trained tensors are wanted back. */
  readonly keepTensors: boolean;
  /** What parameters and states begin with, as far as it is here; the others are drawn by `seed`. */
  readonly initial?: TensorsByName;
  /** Share of the images of `trainOn`, the same ones for every network; all of them where absent. */
  readonly subset?: number;
  /** Whether the network is measured after each epoch, too, and goes on only when {@link Verdict} says so. */
  readonly observed?: boolean;
  /** Epochs from one checkpoint to the next; none are made where absent. */
  readonly checkpointEvery?: number;
  /** Where an earlier run of the same training stood; it goes on from there. */
  readonly resume?: Checkpoint;
  /** What was measured for the experiment: the same answers run the same kernels. */
  readonly tuning?: Tuning;
}

/** Measure a trained network once. */
export interface EvaluateRequest {
  readonly kind: 'evaluate';
  readonly id: number;
  /** As {@link TrainRequest.evaluation}. */
  readonly evaluation: Graph;
  readonly data: DataSpec;
  readonly evaluateOn: 'validation' | 'test';
  /** Every parameter and state of the graph. */
  readonly tensors: TensorsByName;
  readonly tuning?: Tuning;
}

export interface EvaluateResult {
  readonly kind: 'evaluated';
  readonly id: number;
  /** Mean loss, share of right answers, number of images. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  readonly device: DeviceUse;
}

/** Time an inference of a network as it begins. */
export interface LatencyRequest {
  readonly kind: 'latency';
  readonly id: number;
  /** As {@link TrainRequest.evaluation}, for batches of `batch`. */
  readonly evaluation: Graph;
  readonly batch: number;
  readonly data: DataSpec;
  readonly seed: number;
  /** So many runs, of which the median counts. */
  readonly runs: number;
  readonly tuning?: Tuning;
}

export interface LatencyResult {
  readonly kind: 'latency';
  readonly id: number;
  readonly milliseconds: number;
  readonly device: DeviceUse;
}

/** Scores that need gradients. */
export type ScoredBy = Exclude<ZeroCostScore, 'params'>;

/** Score a network as it begins. */
export interface ScoreRequest {
  readonly kind: 'score';
  readonly id: number;
  readonly score: ScoredBy;
  /** What the score needs: see `runtime/search/zeroCostGraphs.ts`. */
  readonly graph: Graph;
  readonly batch: number;
  readonly data: DataSpec;
  readonly seed: number;
}

export interface ScoreResult {
  readonly kind: 'score';
  readonly id: number;
  readonly score: number;
  readonly device: DeviceUse;
}

/**
 * Train what is left to train of a supernet, then score networks with its weights. It is the only request that names a space: the
 * networks of a supernet are too many to be sent, one for each step (docs/decisions/0010-supernets.md).
 */
export interface ShareRequest {
  readonly kind: 'share';
  readonly id: number;
  /** The search, as the coordinator compiled it. */
  readonly program: {
    readonly file: string;
    readonly text: string;
    /** Where relative names begin. */
    readonly folder: string;
    readonly search: string;
    readonly settings: readonly { readonly path: string; readonly value: string }[];
  };
  readonly data: DataSpec;
  /** Where the supernet is kept from epoch to epoch, and what it belongs to. */
  readonly checkpoint: { readonly path: string; readonly fingerprint: string };
  /** So many networks are derived from it; 0 for none. */
  readonly derive: number;
  /** The answers of networks to be scored. */
  readonly score: readonly (readonly number[])[];
  readonly tuning?: Tuning;
}

/** A network's mean loss and share of right answers over whole batches of validation images, with shared weights. */
export interface SharedScore {
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
}

export interface ShareResult {
  readonly kind: 'share';
  readonly id: number;
  /** The answers of the networks that it derives, the best first. */
  readonly derived: readonly (readonly number[])[];
  readonly scores: readonly SharedScore[];
  readonly device: DeviceUse;
}

/** Everything that a worker is asked to do. */
export type Work = TrainRequest | ShareRequest | QuickWork;

/** What takes no epochs. */
export type QuickWork = EvaluateRequest | LatencyRequest | ScoreRequest;

interface Results {
  readonly train: TrainResult;
  readonly evaluate: EvaluateResult;
  readonly latency: LatencyResult;
  readonly score: ScoreResult;
  readonly share: ShareResult;
}

/** What comes of it. */
export type ResultOf<W extends Work> = Results[W['kind']];

export interface TrainProgress {
  readonly kind: 'progress';
  readonly id: number;
  /** Epochs done, of `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch just done. */
  readonly loss: number;
  /** Share of right answers on the images of `evaluateOn`, where the training is observed. */
  readonly accuracy?: number;
  /** Where the training stands, where a checkpoint is due, and the adapter that it ran on. */
  readonly checkpoint?: Checkpoint;
  readonly adapter?: string;
  /** Of a supernet: mean entropy of the distributions over options in nats. */
  readonly entropy?: number;
  /** Of a supernet: the answers of the network that it would derive now. */
  readonly leading?: readonly number[];
  /** Of a supernet: further numbers by name. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** The answer to the progress of a training that is observed. */
export interface Verdict {
  readonly kind: 'verdict';
  readonly id: number;
  readonly goOn: boolean;
}

/** Told of each epoch. False, where the training is observed, ends it after this epoch. */
export type OnProgress = (progress: TrainProgress) => boolean | void;

export interface TrainResult {
  readonly kind: 'result';
  readonly id: number;
  /** Mean training loss of each epoch that was trained. */
  readonly epochLosses: readonly number[];
  /** Accuracy after each of them, where the training was observed. */
  readonly epochAccuracies?: readonly number[];
  /** On the images of `evaluateOn`: mean loss, share of right answers, number of images. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  readonly seconds: number;
  /** Parameters and running statistics by name, in logical layout; absent unless asked for. */
  readonly tensors: TensorsByName | undefined;
  readonly device: DeviceUse;
}

/** Counters of the worker since it started, to show that nothing grows. */
export interface DeviceUse {
  readonly adapter: string;
  readonly pipelinesCompiled: number;
  readonly pipelinesReused: number;
  /** Of those compiled, the ones that the kernel set which was loaded does not have; 0 without one. */
  readonly pipelinesOutside: number;
  /** Bytes of GPU buffers held now. */
  readonly bufferBytes: number;
  /** Resident memory of the worker process, in bytes. */
  readonly residentBytes: number;
}

/**
 * The work could not be done. `fatal` when no later request can succeed either: no adapter, no data, too
 * many workers lost. Otherwise only this network failed.
 */
export interface TrainFailure {
  readonly kind: 'failure';
  readonly id: number;
  readonly diagnostic: Diagnostic;
  readonly fatal: boolean;
}

/** The worker's first words: it has a device and waits for requests. */
export interface Ready {
  readonly kind: 'ready';
  readonly adapter: string;
}

/** Instead of {@link Ready}: there is no device, and another worker would find none either. */
export interface NotReady {
  readonly kind: 'notReady';
  readonly diagnostic: Diagnostic;
}

export type Request = Work | Verdict | { readonly kind: 'stop' };

export type Response =
  | Ready
  | NotReady
  | TrainProgress
  | TrainResult
  | EvaluateResult
  | LatencyResult
  | ScoreResult
  | ShareResult
  | TrainFailure;

/** Does the work of a request somewhere: in a worker process, in this one (tests), on another machine. */
export interface Evaluator {
  train(request: TrainRequest, onProgress: OnProgress): Promise<TrainResult | TrainFailure>;
  /** Trains a supernet, or goes on with it, and scores networks with it. */
  share(request: ShareRequest, onProgress: OnProgress): Promise<ShareResult | TrainFailure>;
  /** What takes no epochs. */
  measure<W extends QuickWork>(request: W): Promise<ResultOf<W> | TrainFailure>;
  close(): Promise<void>;
}

/** Whether work could not be done. */
export function isFailure(answer: { readonly kind: string }): answer is TrainFailure {
  return answer.kind === 'failure';
}
