/**
 * What a `search` may name. Data sets and strategies live in the runtime, which tells the compiler what is
 * right about them; the compiler knows nothing of how they work.
 */
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { Architecture } from '../space/architecture.ts';
import type { Members } from '../space/members.ts';
import type { MoveRule } from '../space/moves.ts';
import type { Space } from '../space/space.ts';
import type { DataSpec, SearchSpec, StrategySpec } from './search.ts';

/** A data set as far as a search can be held against it before anything is read. */
export interface DataForm {
  /** (height, width, channels) */
  readonly imageShape: readonly number[];
  readonly classes: number;
  /** Images in the parts that networks are trained on. */
  readonly sizes: { readonly train: number; readonly validation: number };
}

/** A compiled space, as a strategy sees it. */
export interface SearchedSpace {
  readonly space: Space;
  readonly members: Members;
  readonly moves: readonly MoveRule[];
  /** Where the moves set out from, if the file says so. */
  readonly start?: Architecture | undefined;
}

export interface Vocabulary {
  /** All that is wrong with the name or the arguments of a data set. */
  readonly checkData: (spec: DataSpec) => readonly Diagnostic[];
  /** What is known of the data that a right one names. */
  readonly dataForm: (spec: DataSpec) => DataForm;
  /** All that is wrong with the name or the arguments of a strategy. */
  readonly checkStrategy: (spec: StrategySpec) => readonly Diagnostic[];
  /** Why a strategy that is right cannot work on a space, each reason with what would. */
  readonly checkStrategyFit: (spec: StrategySpec, space: SearchedSpace) => readonly Diagnostic[];
  /** What is wrong about sharing weights: with the method, with the strategy beside it, or with the space. */
  readonly checkSharing: (search: SearchSpec, space: SearchedSpace) => readonly Diagnostic[];
  /** Whether a strategy that is right follows several objectives, and not the first one alone. */
  readonly followsSeveral: (spec: StrategySpec) => boolean;
}
