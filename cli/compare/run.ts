/** Runs the searches of a comparison, one after the other, or goes on with them where they were stopped. */
import { compileSearch, type CompiledSearch } from '../../compiler/compile.ts';
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { Setting } from '../../compiler/settings.ts';
import { print } from '../../grammar/print.ts';
import {
  diagnose,
  hasErrors,
  Refusal,
  refuse,
  type Checked,
  type Diagnostic,
} from '../../grammar/diagnostics.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { curveOf, costOf, unitOf, type CostUnit } from '../../runtime/search/compare/curve.ts';
import {
  compare,
  leastSeeds,
  LEVEL,
  smallestP,
  type ComparedRun,
  type Comparison,
} from '../../runtime/search/compare/comparison.ts';
import { runSearch } from '../../runtime/search/driver.ts';
import type { SearchHost } from '../../runtime/search/host.ts';
import { identify } from '../../runtime/search/identify.ts';
import { readExperiment } from '../../runtime/search/report.ts';
import { searchHost } from '../../runtime/search/spaceHost.ts';
import { experimentId, type ExperimentIdentity } from '../../runtime/store/identity.ts';
import type { Experiment, Store } from '../../runtime/store/Store.ts';
import { vocabulary } from '../../runtime/vocabulary.ts';
import { accept, showDiagnostics, type Context } from '../context.ts';
import { withLatencyTable } from '../latency.ts';
import { loadProgram, settingsOf, type SearchSettings } from '../load.ts';
import { MAX_SEED } from '../options.ts';
import { BASELINE, readStrategies } from './strategies.ts';
import type { CompareView } from './view.ts';

/** What is compared. */
export interface CompareSettings extends SearchSettings {
  readonly strategies?: string;
  readonly seeds: number;
  readonly fresh?: boolean;
}

/** One search of a comparison. */
interface Planned {
  readonly strategy: string;
  readonly search: SearchSpec;
  readonly identity: ExperimentIdentity;
}

/** A comparison that can be run. */
export interface Plan {
  /** The search as the file has it. */
  readonly compiled: CompiledSearch;
  readonly host: SearchHost;
  readonly strategies: readonly string[];
  readonly seeds: number;
  /** Seed by seed, so that one that is stopped half way has as much of every strategy. */
  readonly searches: readonly Planned[];
}

/** How a comparison ended. */
export type Compared =
  | { readonly kind: 'finished'; readonly comparison: Comparison }
  | { readonly kind: 'interrupted'; readonly finished: number }
  | { readonly kind: 'stopped'; readonly finished: number; readonly diagnostics: readonly Diagnostic[] };

/** Compiles the search with every strategy. Refuses what is wrong with any of them, before the first begins. */
export async function planComparison(
  context: Context,
  file: string,
  options: CompareSettings,
): Promise<Plan> {
  const { seeds, set = [] } = options;
  const { cwd } = context.terminal;
  const program = await loadProgram(context, file);
  const compile = (settings: readonly Setting[]): Checked<CompiledSearch> =>
    compileSearch(program, options.search, settings, vocabulary);
  const settings = settingsOf(options);
  const compiled = accept(context, compile(settings));
  const { seed } = compiled.search;
  if (seed + seeds - 1 > MAX_SEED) {
    const expected = `at most ${MAX_SEED - seed + 1}, for the first seed is ${seed} and none is larger than ${MAX_SEED}`;
    refuse('badValue', { option: '--seeds', value: String(seeds) }, { expected });
  }
  const own = ownStrategy(compiled, set);
  const strategies = readStrategies(options.strategies ?? own ?? BASELINE);
  if (strategies.length < 2) {
    const hint = '`--strategies` names what random search is compared with, such as `--strategies evolution`';
    refuse('missingValue', { option: '--strategies' }, { hint });
  }
  const made: Planned[] = [];
  const problems: Diagnostic[] = [];
  for (const strategy of strategies) {
    const all = strategy === own ? settings : [...settings, { path: 'search.strategy', value: strategy }];
    const { value, diagnostics } = compile(all);
    if (value === undefined || hasErrors(diagnostics)) problems.push(...diagnostics);
    else {
      const identity = await identify(value, all, cwd);
      made.push({ strategy, search: value.search, identity });
    }
  }
  if (problems.length > 0) throw new Refusal(...problems);
  const searches = Array.from({ length: seeds }, (_, i) =>
    made.map(({ strategy, search, identity }): Planned => ({
      strategy,
      search: { ...search, seed: seed + i },
      identity: { ...identity, seed: seed + i },
    })),
  ).flat();
  return { compiled, host: await searchHost(compiled, cwd), strategies, seeds, searches };
}

/** The strategy that the file names, as a search without a setting has it; undefined where a setting names another. */
function ownStrategy(
  { searchSyntax }: CompiledSearch,
  set: NonNullable<SearchSettings['set']>,
): string | undefined {
  if (set.some(({ path }) => /^(search\.)?strategy(\.|$)/.test(path))) return undefined;
  const value = searchSyntax.fields.find(({ name }) => name.text === 'strategy')?.value;
  if (value === undefined) return undefined;
  return value.kind === 'amounts' || value.kind === 'record' || value.kind === 'counted'
    ? undefined
    : print(value);
}

/** What to know before the first search: whether a test can tell anything at all. */
export function seedsWarning({ seeds, strategies }: Plan): Diagnostic | undefined {
  const others = strategies.length - 1;
  const p = smallestP(seeds, others);
  if (p < LEVEL) return undefined;
  return diagnose('seedsTellNothing', { seeds, least: leastSeeds(others), p: p.toFixed(2) });
}

/** Runs all searches; what is finished already is read. */
export async function runComparison(
  context: Context,
  { compiled, host, strategies, searches }: Plan,
  { store, evaluator, view, signal, fresh }: RunOptions,
): Promise<Compared> {
  const { search } = compiled;
  const unit = unitOf(search.budget);
  const runs = new Map<string, ComparedRun[]>(strategies.map((strategy) => [strategy, []]));
  const told = new Set<string>();
  const warn = (diagnostic: Diagnostic): void => {
    const text = `${diagnostic.code} ${diagnostic.message}`;
    if (told.has(text)) return;
    told.add(text);
    view.pause(() => showDiagnostics(context, [diagnostic]));
  };
  for (const [finished, planned] of searches.entries()) {
    const { strategy, identity } = planned;
    const { seed } = planned.search;
    if (fresh) await store.forget(experimentId(identity));
    view.begin(strategy, seed, finished);
    // The strategy and the seed make no other table: all searches have theirs from the cache of the adapter.
    const predicting = await withLatencyTable(host, compiled, {
      store,
      experiment: experimentId(identity),
      tuning: undefined,
      say: () => undefined,
    });
    const outcome = await runSearch({
      host: predicting,
      search: planned.search,
      store,
      evaluator,
      identity,
      signal,
      onEvent: (event) => (event.kind === 'warning' ? warn(event.diagnostic) : view.onEvent(event)),
    });
    if (outcome.kind === 'interrupted') return { kind: 'interrupted', finished };
    const nothingFound = outcome.kind === 'stopped' && outcome.diagnostics[0]?.code === NO_WINNER;
    if (outcome.kind === 'stopped' && !nothingFound) {
      return { kind: 'stopped', finished, diagnostics: outcome.diagnostics };
    }
    const run = runOf(await readExperiment(store, outcome.experiment), seed, unit);
    runs.get(strategy)?.push(run);
    view.finish(strategy, run);
  }
  const compared = [...runs].map(([strategy, list]) => ({ strategy, runs: list }));
  const spent = Math.max(...compared.flatMap((s) => s.runs.map(({ cost }) => cost)));
  const budget = search.budget[unit === 'minutes' ? 'minutes' : 'trials'] ?? spent;
  return { kind: 'finished', comparison: compare(compared, search.objectives[0], unit, budget) };
}

export interface RunOptions {
  readonly store: Store;
  readonly evaluator: Evaluator;
  readonly view: CompareView;
  readonly signal: AbortSignal;
  readonly fresh: boolean;
}

const NO_WINNER = diagnose('noWinner', { trials: 0 }).code;

function runOf({ record, trials, finals }: Experiment, seed: number, unit: CostUnit): ComparedRun {
  return {
    seed,
    experiment: record.id,
    trials: trials.length,
    cost: trials.reduce((sum, trial) => sum + costOf(trial, unit), 0),
    curve: curveOf(trials, record.objectives[0], unit),
    test: finals.at(-1)?.metrics.accuracy,
  };
}
