/**
 * Strategies against random search at equal cost, each run from several seeds: anytime curves with 95 % intervals of the
 * mean (Student), and the rank-sum test of Mann & Whitney on what they came to, corrected for the number of strategies
 * after Holm.
 */
import type { ObjectiveSpec } from '../../../compiler/search/search.ts';
import { holm } from '../../../util/statistics/corrections.ts';
import { mannWhitney } from '../../../util/statistics/mannWhitney.ts';
import { meanInterval, meanOf, type Interval } from '../../../util/statistics/summary.ts';
import { bestAt, type CostUnit, type CurvePoint } from './curve.ts';

/** One search of a strategy from one seed, as far as a comparison looks at it. */
export interface ComparedRun {
  readonly seed: number;
  readonly experiment: string;
  readonly trials: number;
  /** What it spent in all. */
  readonly cost: number;
  readonly curve: readonly CurvePoint[];
  /** Accuracy of the winner on test images, where it was measured. */
  readonly test: number | undefined;
}

/** A strategy as it is written, with its runs. */
export interface ComparedStrategy {
  readonly strategy: string;
  readonly runs: readonly ComparedRun[];
}

/** A mean over runs with its interval; the interval is undefined for a single run. */
export interface Mean {
  readonly mean: number;
  readonly interval: Interval | undefined;
  /** Runs that have a value. */
  readonly runs: number;
}

/** What a test says of a strategy against random search. */
export interface Verdict {
  readonly p: number;
  readonly claim: 'better' | 'worse' | 'not distinguishable';
}

/** What became of a strategy. */
export interface StrategyResult extends ComparedStrategy {
  /** One for each cost of the comparison; undefined where a run had not found anything. */
  readonly curve: readonly (Mean | undefined)[];
  /** At the end, and on test images; undefined where no run has a value. */
  readonly best: Mean | undefined;
  readonly test: Mean | undefined;
  /** Against random search by the best, and by the test; undefined for random search itself, and where nobody measured. */
  readonly verdict: Verdict | undefined;
  readonly testVerdict: Verdict | undefined;
}

export interface Comparison {
  readonly objective: ObjectiveSpec;
  readonly unit: CostUnit;
  /** What each search may spend. */
  readonly budget: number;
  /** Where the curves are given, ascending to the budget. */
  readonly costs: readonly number[];
  readonly strategies: readonly StrategyResult[];
}

/** Below this corrected p-value a difference is claimed. */
export const LEVEL = 0.05;

/** Compares strategies; the first is random search. */
export function compare(
  strategies: readonly ComparedStrategy[],
  objective: ObjectiveSpec,
  unit: CostUnit,
  budget: number,
): Comparison {
  const [random, ...others] = strategies;
  const costs = costsUpTo(unit, budget);
  const sign = objective.direction === 'maximize' ? 1 : -1;
  // A run that found nothing is worse than any that did.
  const ends = ({ runs }: ComparedStrategy): readonly number[] =>
    runs.map(({ curve }) => sign * (bestAt(curve, budget) ?? -sign * Infinity));
  const tests = ({ runs }: ComparedStrategy): readonly number[] => runs.flatMap(({ test }) => test ?? []);
  const byBest = random ? verdicts(ends(random), others.map(ends)) : [];
  const byTest = random ? verdicts(tests(random), others.map(tests)) : [];
  return {
    objective,
    unit,
    budget,
    costs,
    strategies: strategies.map((strategy, i): StrategyResult => {
      const { runs } = strategy;
      const at = (cost: number): readonly number[] => runs.flatMap(({ curve }) => bestAt(curve, cost) ?? []);
      return {
        ...strategy,
        curve: costs.map((cost) => {
          const values = at(cost);
          return values.length === runs.length ? summary(values) : undefined;
        }),
        best: summary(at(budget)),
        test: summary(tests(strategy)),
        verdict: byBest[i - 1],
        testVerdict: byTest[i - 1],
      };
    }),
  };
}

function summary(values: readonly number[]): Mean | undefined {
  if (values.length === 0) return undefined;
  const interval = values.length < 2 ? undefined : meanInterval(values);
  return { mean: meanOf(values), interval, runs: values.length };
}

function verdicts(
  random: readonly number[],
  others: readonly (readonly number[])[],
): readonly (Verdict | undefined)[] {
  const found = others.map((values) =>
    values.length === 0 || random.length === 0 ? undefined : mannWhitney(values, random),
  );
  const corrected = holm(
    found.map((test) => test?.p ?? 1),
    found.filter((test) => test !== undefined).length,
  );
  return found.map((test, i): Verdict | undefined => {
    if (test === undefined) return undefined;
    const p = corrected[i] ?? 1;
    const half = ((others[i]?.length ?? 0) * random.length) / 2;
    return { p, claim: p >= LEVEL ? 'not distinguishable' : test.u > half ? 'better' : 'worse' };
  });
}

/** At most so many points are worked out of a curve. */
const MOST_COSTS = 240;

function costsUpTo(unit: CostUnit, budget: number): readonly number[] {
  const steps = unit === 'evaluations' ? Math.min(MOST_COSTS, Math.ceil(budget)) : MOST_COSTS;
  const costs = Array.from({ length: steps }, (_, i) => ((i + 1) * budget) / steps);
  return unit === 'evaluations' ? [...new Set(costs.map((cost) => Math.max(1, Math.round(cost))))] : costs;
}

/** The smallest p that as many seeds and strategies beside random search can have, were every run of one better. */
export function smallestP(seeds: number, strategies: number): number {
  let orders = 1;
  for (let i = 1; i <= seeds; i++) orders *= (seeds + i) / i;
  return Math.min(1, (2 / orders) * strategies);
}

/** The fewest seeds with which a difference can be claimed. */
export function leastSeeds(strategies: number): number {
  let seeds = 2;
  while (smallestP(seeds, strategies) >= LEVEL) seeds++;
  return seeds;
}
