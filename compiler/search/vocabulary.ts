/**
 * What a `search` may name. Data sets and strategies live in the runtime, which tells the compiler what is
 * right about them; the compiler knows nothing of how they work.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { DataSpec, StrategySpec } from './search.ts';

/** A data set as far as a search can be held against it before anything is read. */
export interface DataForm {
  /** (height, width, channels) */
  readonly imageShape: readonly number[];
  readonly classes: number;
  /** Images in the parts that networks are trained on. */
  readonly sizes: { readonly train: number; readonly validation: number };
}

export interface Vocabulary {
  /** All that is wrong with the name or the arguments of a data set. */
  readonly checkData: (spec: DataSpec) => readonly Diagnostic[];
  /** What is known of the data that a right one names. */
  readonly dataForm: (spec: DataSpec) => DataForm;
  /** All that is wrong with the name or the arguments of a strategy. */
  readonly checkStrategy: (spec: StrategySpec) => readonly Diagnostic[];
}
