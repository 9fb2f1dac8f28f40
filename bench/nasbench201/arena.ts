/** Runs strategies on the table of NAS-Bench-201. */
import { costOfArchitecture } from '../../compiler/space/members.ts';
import type { Cost } from '../../compiler/space/space.ts';
import { strategyKey } from '../../runtime/search/seeds.ts';
import { simulate } from '../../runtime/search/simulate.ts';
import { createStrategy } from '../../runtime/search/strategies/table.ts';
import type { StrategyTask } from '../../runtime/search/strategy.ts';
import { Random } from '../../util/random.ts';
import { meanOf } from '../../util/statistics/summary.ts';
import { Failure } from '../benchmark.ts';
import type { Contestant } from './contestants.ts';
import { REPORTED, SEARCHED, type NasBench201 } from './table.ts';

/** Proposals at the end of a run whose mean says what a strategy has learned. */
const LAST = 100;
/** Queries of {@link Arena.timeMillion}. */
export const MILLION = 1_000_000;

/** What came of a strategy, by seed. */
export interface Runs {
  readonly contestant: Contestant;
  readonly queries: number;
  /** Test accuracy in percent of the best found. */
  readonly found: readonly number[];
  /** Mean validation accuracy in percent of the last proposals. */
  readonly last: readonly number[];
  /** Processor time of all runs. */
  readonly seconds: number;
}

/** The table, with what is remembered between runs. */
export class Arena {
  readonly #bench: NasBench201;
  readonly #costs = new Map<number, Cost>();

  constructor(bench: NasBench201) {
    this.#bench = bench;
  }

  run(contestant: Contestant, seeds: number, queries: number): Runs {
    const found: number[] = [];
    const last: number[] = [];
    const start = process.cpuUsage();
    for (let seed = 1; seed <= seeds; seed++) {
      const run = this.#runOnce(contestant, seed, queries);
      found.push(run.found);
      last.push(run.last);
    }
    return { contestant, queries, found, last, seconds: cpuSeconds(start) };
  }

  #runOnce(
    { strategy, args }: Contestant,
    seed: number,
    queries: number,
  ): { readonly found: number; readonly last: number } {
    const { space, members, moves, table } = this.#bench;
    const [searched, reported] = [table.column(SEARCHED), table.column(REPORTED)];
    const task: StrategyTask = {
      space: { space, members, moves },
      key: strategyKey(seed),
      trials: queries,
      objectives: 1,
    };
    const rows: number[] = [];
    const outcomes = simulate(
      createStrategy({ name: strategy, args }, task),
      task,
      queries,
      ({ architecture }) => {
        const row = table.row(architecture) ?? -1;
        rows.push(row);
        return [(searched[row] ?? NaN) / 100];
      },
      (architecture) => {
        const row = table.row(architecture) ?? -1;
        const cost = this.#costs.get(row) ?? costOfArchitecture(space, architecture);
        this.#costs.set(row, cost);
        return cost;
      },
    );
    for (const outcome of outcomes) void outcome;
    const best = rows.reduce((a, b) => ((searched[b] ?? NaN) > (searched[a] ?? NaN) ? b : a));
    return {
      found: reported[best] ?? NaN,
      last: meanOf(rows.slice(-LAST).map((row) => searched[row] ?? NaN)),
    };
  }

  /** Processor seconds of a million queries: an architecture is unranked and looked up. */
  timeMillion(): number {
    const { members, table } = this.#bench;
    const column = table.column(SEARCHED);
    const random = new Random(1);
    const ranks = Array.from({ length: MILLION }, () => random.bigBelow(members.places));
    const start = process.cpuUsage();
    let sum = 0;
    for (const rank of ranks) sum += column[table.row(members.unrank(rank)) ?? -1] ?? NaN;
    if (Number.isNaN(sum)) throw new Failure('the table does not hold the whole space');
    return cpuSeconds(start);
  }
}

function cpuSeconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
