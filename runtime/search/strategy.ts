/**
 * The contract of black-box strategies: state machines that propose an architecture and are told what came
 * of it, in strict alternation. Proposal n is a function of (space, arguments, budget, seed, outcomes of trials 0 to
 * n - 1) alone. What is stored of a strategy is therefore its history: a search is resumed by telling a new strategy
 * what the old one was told (docs/decisions/0009-history.md).
 */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Cost, StaticValue } from '../../compiler/space/space.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { NoiseSpec } from '../train/inherit/noise.ts';
import type { StrategySpace } from './host.ts';
import type { Key } from './seeds.ts';

/** An architecture to try next. */
export interface Proposal {
  readonly architecture: Architecture;
  /** Its place in the space, where the strategy knows it. */
  readonly rank: bigint | undefined;
  /**
   * Share of the evaluation's epochs that it is given, above 0 and at most 1; all of them where absent. With a parent, they
   * come on top of what the parent was trained.
   */
  readonly share?: number;
  /** The trial, which has not failed, whose trained weights it begins with; fresh ones where absent. See {@link StrategyKind.inherits}. */
  readonly parent?: number;
  /** The noise on what it inherits of its parent, so that copies go ways of their own; none where absent. */
  readonly noise?: NoiseSpec;
}

/** What came of a proposal. */
export interface Outcome extends Proposal {
  readonly status: 'done' | 'failed';
  /** By the first objective: larger is better, whatever the objective; the worst finite number for a failed trial. */
  readonly fitness: number;
  /** By each objective, larger being better; as many as there are objectives. */
  readonly fitnesses: readonly number[];
  readonly cost: Cost;
}

/** A strategy at work. */
export interface Strategy {
  /** The next architecture; undefined when there is nothing left to try. */
  ask(): Proposal | undefined;
  /** What came of the last proposal. */
  tell(outcome: Outcome): void;
}

/** What a strategy is made for. */
export interface StrategyTask {
  readonly space: StrategySpace;
  /** Its own stream of randomness. */
  readonly key: Key;
  /** Trials that there will be; undefined where time alone ends the search. Schedules scale with it. */
  readonly trials: number | undefined;
  /** Number of objectives. */
  readonly objectives: number;
  /** The networks that a trained supernet derives, the best first, for strategies that train one. */
  readonly derived?: () => readonly Architecture[];
}

/** Arguments of a strategy, one value for each that it has. */
export type StrategyArguments = Readonly<Record<string, StaticValue>>;

/** A strategy with its documentation, as one entry of the table of strategies. */
export interface StrategyKind {
  readonly doc: string;
  readonly arguments: Readonly<Record<string, StrategyArgument>>;
  /** Whether proposals may name a parent. The trained tensors of every trial are then kept. */
  readonly inherits?: boolean;
  /** Whether it trains a supernet and derives networks from it. */
  readonly derives?: boolean;
  /** Whether it follows several objectives, and not the first one alone. */
  readonly several?: boolean;
  /**
   * Why it cannot work on a space, each reason with what would; absent where it works on every layered space. Asked by
   * `nas check`, before a strategy is made.
   */
  fit?(args: StrategyArguments, space: StrategySpace): readonly Diagnostic[];
  /** What to know of arguments and budget before it starts, such as a budget too short for its schedule. */
  warnings?(args: StrategyArguments, trials: number | undefined): readonly Diagnostic[];
  /** A new strategy. `args` holds a value for every argument. */
  create(args: StrategyArguments, task: StrategyTask): Strategy;
}

/** An argument of a strategy, as in `evolution(population: 50)`. */
export interface StrategyArgument {
  readonly doc: string;
  /** The value where the search does not say one. */
  readonly otherwise: StaticValue;
  /** What it can be, in words: "a whole number from 2". */
  readonly expected: string;
  accepts(value: StaticValue): boolean;
}
