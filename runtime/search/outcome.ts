/** How a search ends: three ways, each with what is in the store by then. */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { DoneTrial, FinalRecord } from '../store/records.ts';

export type SearchOutcome = FinishedSearch | InterruptedSearch | StoppedSearch;

interface SearchEnd {
  readonly experiment: string;
  /** Trials in the store, failed ones included. */
  readonly trials: number;
}

/** Why no more trials are made: a budget is used up, or the whole space has been tried. */
export type TrialsEnd = 'trials' | 'minutes' | 'exhausted';

/** The trials are made and the final network is there. */
export interface FinishedSearch extends SearchEnd {
  readonly kind: 'finished';
  readonly reason: TrialsEnd;
  readonly winner: DoneTrial;
  readonly final: FinalRecord;
  /** How many final networks of this experiment were measured on test images: one for each winner. */
  readonly testReadings: number;
  /** Whether nothing was left to do: an earlier run had made all trials and the final network. */
  readonly earlier: boolean;
}

/** The user stopped it. */
export interface InterruptedSearch extends SearchEnd {
  readonly kind: 'interrupted';
  readonly best: DoneTrial | undefined;
}

/** It could not go on, or nothing succeeded. What was done is kept. */
export interface StoppedSearch extends SearchEnd {
  readonly kind: 'stopped';
  readonly best: DoneTrial | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
