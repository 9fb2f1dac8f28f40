/** What the store keeps, as plain data in the words of the search. Times are ISO 8601 in UTC. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { ExperimentIdentity } from './identity.ts';

type Objectives = SearchSpec['objectives'];

/** An experiment: what was asked for, and who asked first. */
export interface ExperimentRecord {
  readonly id: string;
  readonly identity: ExperimentIdentity;
  /** Name of the search, and what it ranks trials by: at least one objective. */
  readonly name: string;
  readonly objectives: Objectives;
  readonly created: string;
  /** Version of this package, and adapter where known, of the first run. */
  readonly version: string;
  readonly adapter: string | undefined;
}

/** One start of the program on an experiment. */
export interface RunRecord {
  readonly id: number;
  readonly version: string;
  /** Undefined until the first training of the run told it. */
  readonly adapter: string | undefined;
  readonly started: string;
  /** Undefined while it runs, and for ever when it was killed. */
  readonly ended: string | undefined;
  readonly reason: RunEnd | undefined;
}

/** Why a run ended: all done, stopped by the user, or unable to go on. */
export type RunEnd = 'finished' | 'interrupted' | 'stopped';

/** What one evaluation came to. */
export interface Metrics extends MoreMetrics {
  /** On images that were held back, or as a table says: mean loss, share of right answers. Absent where nobody measured. */
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  /** How many images were looked at; 0 where none were. */
  readonly images: number;
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
}

/** What some evaluations tell besides. */
export interface MoreMetrics {
  /** Of an untrained network, by `zero_cost`. */
  readonly score?: number;
  /** Bytes that a device holds at once while it trains or measures, as predicted. */
  readonly peakMemory?: number;
  /** Milliseconds of an inference of one batch: the median of several. */
  readonly latency?: number;
  /** The same, predicted from the latency table of the experiment. */
  readonly predictedLatency?: number;
  /** Accuracy on validation images after each epoch, where it was asked for. */
  readonly epochAccuracies?: readonly number[];
  /** Of several trainings, of which `accuracy` and `loss` are the means. */
  readonly repeats?: Repeats;
  /** Of a training that was ended early: `accuracy` is then a prediction. */
  readonly stopped?: StoppedEarly;
  /** The trial whose result was taken over, for the network is the same. */
  readonly sameAs?: number;
}

/** Several trainings of one network. */
export interface Repeats {
  readonly accuracies: readonly number[];
  readonly losses: readonly number[];
  /** Standard deviation of the accuracies (n - 1), and half the width of the 95 % confidence interval of their mean. */
  readonly deviation: number;
  readonly interval: number;
}

/** A training that was ended early. */
export interface StoppedEarly {
  /** Epochs that were trained, of so many. */
  readonly epoch: number;
  readonly epochs: number;
  /** Standard deviation of the prediction. */
  readonly deviation: number;
}

interface TrialBase {
  /** From 0, without gaps. */
  readonly number: number;
  /** The architecture as one short text, which is its identity within the space. */
  readonly architecture: string;
  /** The architecture as JSON, decision by decision. */
  readonly json: unknown;
  /** Its place among the members of the space, where the strategy knows it. */
  readonly rank: bigint | undefined;
  /** Share of the epochs that it was given, and the trial whose trained weights it began with, where it is said. */
  readonly share?: number;
  readonly parent?: number;
  /** Seed of the training. */
  readonly seed: number;
  readonly params: number;
  readonly macs: number;
  /** The run that made it, which says on which adapter and by which version. */
  readonly run: number;
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
}

export interface DoneTrial extends TrialBase {
  readonly status: 'done';
  readonly metrics: Metrics;
}

export interface FailedTrial extends TrialBase {
  readonly status: 'failed';
  readonly diagnostic: Diagnostic;
}

/** One architecture that was trained and measured on validation images, or could not be. */
export type TrialRecord = DoneTrial | FailedTrial;

/**
 * A winner, trained anew on train and validation images and measured once on test images; or what a table says of its
 * test accuracy.
 */
export interface FinalRecord {
  /** Number of the trial that won. */
  readonly trial: number;
  /** How many trials had been made when it won. */
  readonly trials: number;
  readonly metrics: Metrics;
  readonly seed: number;
  readonly run: number;
  /** The trained tensors (safetensors), if any, and the architecture (JSON), relative to the store's folder. */
  readonly weights: string | undefined;
  readonly architecture: string;
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
}
