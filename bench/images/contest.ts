/** Strategies against random search, by the means of `nas compare`. */
import { compareView, type CompareView } from '../../cli/compare/view.ts';
import { planComparison, runComparison, seedsWarning, type CompareSettings } from '../../cli/compare/run.ts';
import { showDiagnostics } from '../../cli/context.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import type { ComparedRun, Comparison } from '../../runtime/search/compare/comparison.ts';
import type { SearchHost } from '../../runtime/search/host.ts';
import { readExperiment } from '../../runtime/search/report.ts';
import type { TrialRecord } from '../../runtime/store/records.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { Failure } from '../benchmark.ts';
import type { Bench } from './bench.ts';

export interface Contest extends Pick<CompareSettings, 'search' | 'set' | 'trials' | 'fresh'> {
  /** A file of searches. */
  readonly file: string;
  /** As `--strategies` of `nas compare`. */
  readonly strategies: string;
  readonly evaluator: Evaluator;
  /** Another host of the searches, made of the usual one. */
  readonly watch?: (host: SearchHost) => SearchHost;
  /** Told of each search that begins. */
  readonly begin?: (strategy: string, seed: number) => void;
}

/** Runs what is missing of a comparison. */
export async function compete(bench: Bench, contest: Contest): Promise<Comparison> {
  const { context, store, seeds, progress } = bench;
  const { file, strategies, search, set, trials, fresh = false, evaluator, watch, begin } = contest;
  const settings: CompareSettings = {
    strategies,
    seeds,
    ...(search !== undefined && { search }),
    ...(set && { set }),
    ...(trials !== undefined && { trials }),
  };
  const plan = await planComparison(context, file, settings);
  const warning = seedsWarning(plan);
  if (warning) showDiagnostics(context, [warning]);
  const view = compareView(progress, plan.compiled.search, {
    strategies: plan.strategies,
    searches: plan.searches.length,
    live: progress.isTerminal,
  });
  const watching: CompareView = {
    ...view,
    begin: (strategy, seed, finished) => {
      begin?.(strategy, seed);
      view.begin(strategy, seed, finished);
    },
  };
  try {
    const compared = await runComparison(
      context,
      { ...plan, host: watch?.(plan.host) ?? plan.host },
      { store, evaluator, view: watching, signal: new AbortController().signal, fresh },
    );
    if (compared.kind === 'finished') return compared.comparison;
    if (compared.kind === 'stopped') throw new Refusal(...compared.diagnostics);
    throw new Failure('interrupted');
  } finally {
    view.close();
  }
}

/** The trials of a search of a comparison. */
export async function trialsOf(
  { store }: Bench,
  { experiment }: ComparedRun,
): Promise<readonly TrialRecord[]> {
  return (await readExperiment(store, experiment)).trials;
}
