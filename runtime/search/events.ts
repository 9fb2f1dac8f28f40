/** What a search tells whoever watches it: plain data, in the order in which things happen. */
import type { BudgetSpec } from '../../compiler/search/search.ts';
import type { Cost } from '../../compiler/space/space.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { DoneTrial, FinalRecord, TrialRecord } from '../store/records.ts';
import type { Phase } from './host.ts';
import type { TrialsEnd } from './outcome.ts';

/** The experiment is there: new when `trials` is 0, otherwise continued. */
export interface OpenedEvent {
  readonly kind: 'opened';
  readonly experiment: string;
  /** Trials that earlier runs made, and the best of them. */
  readonly trials: number;
  readonly best: DoneTrial | undefined;
  readonly budget: BudgetSpec;
  readonly allowed: bigint;
}

/** Something to know that does not stop the search. */
export interface WarningEvent {
  readonly kind: 'warning';
  readonly diagnostic: Diagnostic;
}

export interface TrialStartedEvent {
  readonly kind: 'trialStarted';
  readonly number: number;
  readonly architecture: string;
  readonly cost: Cost;
}

/** An epoch of a trial, or of the retraining of its architecture, is done. */
export interface EpochEvent {
  readonly kind: 'epoch';
  readonly phase: Phase;
  readonly number: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
}

/** An epoch of a supernet is done. */
export interface SupernetEpochEvent {
  readonly kind: 'supernetEpoch';
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss. */
  readonly loss: number;
  /** Mean entropy of the distributions over options in nats, where there are such. */
  readonly entropy?: number;
  /** The network that would be derived now. */
  readonly leading?: string;
  /** Further numbers by name: `reward`. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** A trial is stored. `best` is the best so far, this one included. */
export interface TrialFinishedEvent {
  readonly kind: 'trialFinished';
  readonly trial: TrialRecord;
  readonly best: DoneTrial | undefined;
}

/** No more trials: the budget is used up, or the whole space has been tried. */
export interface TrialsEndedEvent {
  readonly kind: 'trialsEnded';
  readonly trials: number;
  readonly reason: TrialsEnd;
}

/** The winner is trained anew on training and validation images. */
export interface RetrainStartedEvent {
  readonly kind: 'retrainStarted';
  readonly winner: DoneTrial;
}

/** The final network is stored; `earlier` when an earlier run had made it. */
export interface FinishedEvent {
  readonly kind: 'finished';
  readonly winner: DoneTrial;
  readonly final: FinalRecord;
  readonly earlier: boolean;
}

export type SearchEvent =
  | OpenedEvent
  | WarningEvent
  | TrialStartedEvent
  | EpochEvent
  | SupernetEpochEvent
  | TrialFinishedEvent
  | TrialsEndedEvent
  | RetrainStartedEvent
  | FinishedEvent;
