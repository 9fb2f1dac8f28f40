/**
 * Part `growth`: EAS and path-level transformation on networks of the size of `spaces/digits.nas`, against random search with as many
 * epochs in all, and how far from its parent each child begins.
 */
import { fileURLToPath } from 'node:url';
import { alignColumns } from '../../cli/format.ts';
import { formatMean } from '../../cli/compare/format.ts';
import { compareLines } from '../../cli/compare/lines.ts';
import type { Comparison } from '../../runtime/search/compare/comparison.ts';
import type { DoneTrial, TrialRecord } from '../../runtime/store/records.ts';
import { invariant } from '../../util/invariant.ts';
import { meanInterval, meanOf } from '../../util/statistics/summary.ts';
import { Failure } from '../benchmark.ts';
import type { Bench, Report } from './bench.ts';
import { compete, trialsOf } from './contest.ts';
import { startsEvaluator, type Start } from './starts.ts';

/** Spaces and searches. */
export const GROWTH_FILE: string = fileURLToPath(new URL('growth.nas', import.meta.url));

/** Searches of the file, and what is compared on each. */
export const GROWTH = [
  { search: 'layers', strategy: 'eas(batch: 5)' },
  { search: 'trees', strategy: 'path_level(batch: 5)' },
] as const;

/** A child may begin so far from its parent's accuracy. */
const TOLERANCE = 0.005;

/** A child that begins with its parent's weights. */
export interface Child extends Start {
  readonly parent: number;
  /** Accuracy of the parent once it was trained. */
  readonly before: number;
}

/** What the searches of a strategy spent, in their mean. */
export interface Spent {
  readonly strategy: string;
  /** Epochs of all trials. */
  readonly epochs: number;
  /** Multiply-accumulates of one image in every network, times its epochs. */
  readonly macs: number;
  /** The best of each search within the multiply-accumulates of the most frugal strategy: equal cost in another sense. */
  readonly within: readonly number[];
}

/** Runs both. What children begin with is seen only while they are trained: earlier trials are forgotten. */
export async function growthPart(bench: Bench): Promise<Report> {
  const evaluator = await startsEvaluator();
  const lines: string[] = [];
  const parts: object[] = [];
  const missed: string[] = [];
  try {
    for (const { search, strategy } of GROWTH) {
      // oxlint-disable-next-line no-await-in-loop -- one device trains one network after the other
      const comparison = await compete(bench, {
        file: GROWTH_FILE,
        search,
        strategies: strategy,
        fresh: true,
        ...(bench.trials !== undefined && { trials: bench.trials }),
        evaluator,
        watch: evaluator.watch,
        begin: evaluator.begin,
      });
      // oxlint-disable-next-line no-await-in-loop -- of the comparison just made
      const { spent, children } = await lookInto(bench, comparison, evaluator.starts);
      const kept = children.filter(({ preserves }) => preserves);
      const worst = { exact: worstOf(kept, 'exact'), noisy: worstOf(kept, 'noisy') };
      lines.push(
        ...(lines.length > 0 ? [''] : []),
        `search ${search}`,
        ...compareLines(comparison, bench.context.colors),
        '',
        ...spentLines(spent),
        '',
        ...childrenLines(children),
      );
      parts.push({ ...comparison, search, spent, children, worst });
      if (worst.exact > TOLERANCE) {
        missed.push(`a child of ${strategy} begins ${percent(worst.exact)} from its parent`);
      }
    }
  } finally {
    await evaluator.close();
  }
  return { lines, json: { part: 'growth', searches: parts }, missed };
}

async function lookInto(
  bench: Bench,
  { strategies }: Comparison,
  starts: readonly Start[],
): Promise<{ readonly spent: readonly Spent[]; readonly children: readonly Child[] }> {
  const searched = new Map<string, readonly (readonly TrialRecord[])[]>();
  const children: Child[] = [];
  for (const { strategy, runs } of strategies) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of strategies
    const searches = await Promise.all(runs.map((run) => trialsOf(bench, run)));
    searched.set(strategy, searches);
    const bySeed = new Map(runs.map(({ seed }, i) => [seed, searches[i] ?? []]));
    children.push(...childrenOf(strategy, bySeed, starts));
  }
  if (children.length === 0) throw new Failure('no child was seen that begins with the weights of a parent');
  return { spent: spentBy(searched), children };
}

/** What strategies spent, by their searches. */
export function spentBy(
  searched: ReadonlyMap<string, readonly (readonly TrialRecord[])[]>,
): readonly Spent[] {
  const total = (trials: readonly TrialRecord[], of: (trial: TrialRecord) => number): number =>
    trials.reduce((sum, trial) => sum + of(trial), 0);
  const spent = [...searched].map(([strategy, searches]) => ({
    strategy,
    searches,
    epochs: meanOf(searches.map((trials) => total(trials, epochsOf))),
    macs: meanOf(searches.map((trials) => total(trials, macsOf))),
  }));
  const least = Math.min(...spent.map(({ macs }) => macs));
  return spent.map(({ searches, ...rest }) => ({
    ...rest,
    within: searches.map((trials) => bestWithin(trials, least)),
  }));
}

/** The best accuracy of the trials that so many multiply-accumulates pay for. */
function bestWithin(trials: readonly TrialRecord[], macs: number): number {
  let [left, best] = [macs, 0];
  for (const trial of trials) {
    left -= macsOf(trial);
    if (left < 0) break;
    best = Math.max(best, done(trial)?.metrics.accuracy ?? 0);
  }
  return best;
}

const macsOf = (trial: TrialRecord): number => trial.macs * epochsOf(trial);

/** The starts of a strategy with what the store says of their parents; `searches` by seed. */
export function childrenOf(
  strategy: string,
  searches: ReadonlyMap<number, readonly TrialRecord[]>,
  starts: readonly Start[],
): readonly Child[] {
  return starts
    .filter((start) => start.strategy === strategy)
    .map((start) => {
      const trials = searches.get(start.seed);
      const parent = trials?.[start.trial]?.parent;
      const before = parent === undefined ? undefined : done(trials?.[parent])?.metrics.accuracy;
      invariant(parent !== undefined && before !== undefined, `bench: trial ${start.trial} has a parent`);
      return { ...start, parent, before };
    });
}

const done = (trial: TrialRecord | undefined): DoneTrial | undefined =>
  trial?.status === 'done' ? trial : undefined;

const epochsOf = (trial: TrialRecord): number => done(trial)?.metrics.epochLosses.length ?? 0;

/** How far a child begins from its parent, with or without the noise. */
const distances = (children: readonly Child[], of: 'exact' | 'noisy'): readonly number[] =>
  children.map((child) => Math.abs(child[of] - child.before));

const worstOf = (children: readonly Child[], of: 'exact' | 'noisy'): number =>
  Math.max(0, ...distances(children, of));

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function spentLines(spent: readonly Spent[]): string[] {
  const rows = spent.map(({ strategy, epochs, macs, within }) => [
    strategy,
    epochs.toFixed(0),
    (macs / 1e6).toFixed(1),
    formatMean(
      {
        mean: meanOf(within),
        interval: within.length < 2 ? undefined : meanInterval(within),
        runs: within.length,
      },
      { metric: 'accuracy' },
    ),
  ]);
  const head = ['spent in a search', 'epochs', 'million MACs of an image', 'best within the fewest MACs'];
  return alignColumns([head, ...rows], [1, 2]);
}

function childrenLines(children: readonly Child[]): string[] {
  const kept = children.filter(({ preserves }) => preserves);
  const row = (name: string, of: 'exact' | 'noisy'): string[] => {
    const found = distances(kept, of);
    const within = found.filter((distance) => distance <= TOLERANCE).length;
    const equal = found.filter((distance) => distance === 0).length;
    return [name, String(equal), String(within), percent(worstOf(kept, of))];
  };
  return [
    ...alignColumns(
      [
        [`${kept.length} children that preserve the function`, 'equal', 'within 0.5 %', 'worst difference'],
        row('weights as inherited', 'exact'),
        row('with noise on copies', 'noisy'),
      ],
      [1, 2, 3],
    ),
    ...(kept.length < children.length
      ? [
          `  ${children.length - kept.length} others do not preserve it; ${percent(worstOf(children, 'exact'))} at worst`,
        ]
      : []),
  ];
}
