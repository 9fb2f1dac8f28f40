/** What the store keeps, as plain data in the words of the search. Times are ISO 8601 in UTC. */
import type { ObjectiveSpec } from '../../compiler/search/search.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { ExperimentIdentity } from './identity.ts';

/** An experiment: what was asked for, and who asked first. */
export interface ExperimentRecord {
  readonly id: string;
  readonly identity: ExperimentIdentity;
  /** Name of the search, and what it ranks trials by. */
  readonly name: string;
  readonly objective: ObjectiveSpec;
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

/** What one training came to. */
export interface Metrics {
  /** On the images that were held back: mean loss, share of right answers, number of images. */
  readonly loss: number;
  readonly accuracy: number;
  readonly images: number;
  /** Mean training loss of each epoch. */
  readonly epochLosses: readonly number[];
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

/** A winner, trained anew on train and validation images and measured once on test images. */
export interface FinalRecord {
  /** Number of the trial that won. */
  readonly trial: number;
  /** How many trials had been made when it won. */
  readonly trials: number;
  readonly metrics: Metrics;
  readonly seed: number;
  readonly run: number;
  /** The trained tensors (safetensors) and the architecture (JSON), relative to the store's folder. */
  readonly weights: string;
  readonly architecture: string;
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
}
