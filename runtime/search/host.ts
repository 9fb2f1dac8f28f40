/** What a search needs of a space. The command line binds it to the compiler; tests give small ones. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { SearchedSpace } from '../../compiler/search/vocabulary.ts';
import type { Cost } from '../../compiler/space/space.ts';
import type { TrainRequest } from '../evaluate/protocol.ts';

/** A trial trains on training images and is measured on validation images; see {@link SearchHost.request}. */
export type Phase = 'trial' | 'retrain';

/** All that a strategy sees of a space: its decisions, its members, and the moves that its file declares. */
export type StrategySpace = SearchedSpace;

/** A space, and how its members are written and trained. */
export interface SearchHost extends StrategySpace {
  /** One short text, the same for ever: the identity of an architecture within its space. */
  encode(architecture: Architecture): string;
  toJson(architecture: Architecture): unknown;
  cost(architecture: Architecture): Cost;
  /**
   * The training of a phase. `trial`: on training images, measured on validation images, tensors not kept.
   * `retrain`: on training and validation images together, measured on test images, tensors kept. May
   * refuse an architecture; the trial then counts as failed.
   */
  request(architecture: Architecture, phase: Phase, seed: number, id: number): TrainRequest;
}
