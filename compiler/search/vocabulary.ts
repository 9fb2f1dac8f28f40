/**
 * What a `search` may name. Data sets and strategies live in the runtime, which tells the compiler what is
 * right about them; the compiler knows nothing of how they work.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { DataSpec, StrategySpec } from './search.ts';

export interface Vocabulary {
  /** All that is wrong with the name or the arguments of a data set. */
  readonly checkData: (spec: DataSpec) => readonly Diagnostic[];
  /** Image shape (height, width, channels) and number of classes of a right one. */
  readonly dataForm: (spec: DataSpec) => { readonly imageShape: readonly number[]; readonly classes: number };
  /** All that is wrong with the name or the arguments of a strategy. */
  readonly checkStrategy: (spec: StrategySpec) => readonly Diagnostic[];
}
