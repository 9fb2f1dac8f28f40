/** What a search needs of a space. The command line binds it to the compiler; tests give small ones. */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { SearchedSpace } from '../../compiler/search/vocabulary.ts';
import type { Cost } from '../../compiler/space/space.ts';
import type {
  LatencyRequest,
  ScoreRequest,
  ShareRequest,
  TensorsByName,
  TrainRequest,
} from '../evaluate/protocol.ts';
import type { InheritOptions } from '../train/inherit/inherit.ts';
import type { LookUp } from './evaluation/lookUp.ts';

/** A trial trains on training images and is measured on validation images; see {@link SearchHost.request}. */
export type Phase = 'trial' | 'retrain';

/** All that a strategy sees of a space: its decisions, its members, and the moves that its file declares. */
export type StrategySpace = SearchedSpace;

/** What a proposal changes about a training. */
export interface TrainingTerms {
  /** Share of the epochs that the search says. */
  readonly share?: number;
  /** What it begins with. */
  readonly initial?: TensorsByName;
  /** Whether the trained tensors are wanted back. */
  readonly keepTensors?: boolean;
}

/** A space, and how its members are written and trained. */
export interface SearchHost extends StrategySpace {
  /** One short text, the same for ever: the identity of an architecture within its space. */
  encode(architecture: Architecture): string;
  toJson(architecture: Architecture): unknown;
  cost(architecture: Architecture): Cost;
  /** A key of its canonical form: equal networks, equal keys. */
  canonicalHash(architecture: Architecture): string;
  /** Bytes that a device holds at once in its trial, as predicted. May refuse an architecture. */
  peakMemory(architecture: Architecture): number;
  /**
   * The training of a phase. `trial`: on training images, measured on validation images, tensors not kept unless asked for.
   * `retrain`: on training and validation images together, measured on test images, tensors kept. May
   * refuse an architecture; the trial then counts as failed.
   */
  request(
    architecture: Architecture,
    phase: Phase,
    seed: number,
    id: number,
    terms?: TrainingTerms,
  ): TrainRequest;
  /** An inference to be timed, of so many images; as many as in the search's batch where undefined. */
  latency(architecture: Architecture, batch: number | undefined, seed: number, id: number): LatencyRequest;
  /** Milliseconds of an inference, from the latency table of the experiment; where the search asks for them. May refuse. */
  readonly predictLatency?: (architecture: Architecture) => number;
  /** What the score of the search asks for. */
  score(architecture: Architecture, seed: number, id: number): ScoreRequest;
  /**
   * What a child begins with: made of the trained tensors of its parent, with the names of the child's network. What is left
   * out is drawn. Where absent, tensors of the same name and shape are taken over, as for the same architecture again.
   */
  inherit?(
    parent: Architecture,
    tensors: TensorsByName,
    child: Architecture,
    options: InheritOptions,
  ): TensorsByName;
  /** Trains what is left of the supernet, derives networks of it and scores others. Where the search shares weights. */
  share?(
    checkpoint: ShareRequest['checkpoint'],
    derive: number,
    score: readonly Architecture[],
    id: number,
  ): ShareRequest;
  /** Where results are looked up instead of trained. */
  readonly table?: LookUp;
}
