/** What the parts of the benchmark share. */
import type { Context } from '../../cli/context.ts';
import type { Output } from '../../cli/terminal.ts';
import type { Store } from '../../runtime/store/Store.ts';

export interface Bench {
  readonly context: Context;
  readonly store: Store;
  /** Searches of each strategy, with the seeds 1, 2, ... */
  readonly seeds: number;
  /** Where to say how far it is: tables alone go to the standard output. */
  readonly progress: Output;
  /** Writes the picture of a comparison of strategies, where it is wanted. */
  readonly svg: string | undefined;
  /** Trials of each search, where the usual number is not wanted: to see that all is well. */
  readonly trials: number | undefined;
  /** Whether earlier trials are forgotten. */
  readonly fresh: boolean;
}

/** What a part has to say. */
export interface Report {
  /** Tables for people. */
  readonly lines: readonly string[];
  /** The same and more as plain data. */
  readonly json: object;
  /** What is claimed of it and did not come true. */
  readonly missed: readonly string[];
}
