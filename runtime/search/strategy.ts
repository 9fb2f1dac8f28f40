/**
 * The contract of black-box strategies: state machines that propose an architecture and are told what came
 * of it, in strict alternation. Proposal n is a function of (space, seed, outcomes of trials 0 to n - 1)
 * alone, so that a search is resumed by telling a new strategy what the old one was told.
 */
import type { Architecture } from '../../compiler/space/architecture.ts';
import type { Cost, StaticValue } from '../../compiler/space/space.ts';
import type { StrategySpace } from './host.ts';
import type { Key } from './seeds.ts';

/** An architecture to try next. */
export interface Proposal {
  readonly architecture: Architecture;
  /** Its place in the space, where the strategy knows it. */
  readonly rank: bigint | undefined;
}

/** What came of a proposal. */
export interface Outcome extends Proposal {
  readonly status: 'done' | 'failed';
  /** Larger is better, whatever the objective; the worst finite number for a failed trial. */
  readonly fitness: number;
  readonly cost: Cost;
}

/** A strategy at work. */
export interface Strategy {
  /** The next architecture; undefined when there is nothing left to try. */
  ask(): Proposal | undefined;
  /** What came of the last proposal. */
  tell(outcome: Outcome): void;
}

/** A strategy with its documentation, as one entry of the table of strategies. */
export interface StrategyKind {
  readonly doc: string;
  readonly arguments: Readonly<Record<string, StrategyArgument>>;
  /** A new strategy. `args` holds a value for every argument; `key` is its own stream of randomness. */
  create(args: Readonly<Record<string, StaticValue>>, key: Key, space: StrategySpace): Strategy;
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
