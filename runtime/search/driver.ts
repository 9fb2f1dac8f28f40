/**
 * Runs a search: continues the experiment where the store says it ended, tries one architecture after the
 * other until the budget is used up, trains the winner anew and measures it once. Whatever stops it, the
 * store holds whole trials only, and starting it again leads to the same content.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchSpec } from '../../compiler/search/search.ts';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { Evaluator } from '../evaluate/protocol.ts';
import { experimentId, type ExperimentIdentity } from '../store/identity.ts';
import type { FinalRecord, RunEnd } from '../store/records.ts';
import type { Session } from '../store/Session.ts';
import type { Experiment, Store } from '../store/Store.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { shareWeights, type Clock, type SearchContext } from './context.ts';
import type { SearchEvent } from './events.ts';
import { makeFinal } from './final.ts';
import type { SearchHost } from './host.ts';
import type { FinishedSearch, SearchOutcome } from './outcome.ts';
import { Progress, type ResultKey } from './Progress.ts';
import { strategyKey } from './seeds.ts';
import {
  createStrategy,
  derivesNetworks,
  inheritsWeights,
  strategyWarnings,
  type StrategyTable,
} from './strategies/table.ts';
import type { StrategyTask } from './strategy.ts';
import { Interrupted } from './training.ts';
import { runTrials } from './trials.ts';

/** What a search is run with. */
export interface SearchOptions {
  readonly host: SearchHost;
  readonly search: SearchSpec;
  readonly store: Store;
  readonly evaluator: Evaluator;
  readonly identity: ExperimentIdentity;
  /** The adapter, as results name it, where it is known before the first of them. */
  readonly adapter?: string | undefined;
  readonly onEvent?: ((event: SearchEvent) => void) | undefined;
  /** Stops the search; the running training is abandoned, and closing the evaluator is left to the caller. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Which strategies there are; those of this package where absent. */
  readonly strategies?: StrategyTable | undefined;
}

/** Runs a search to its end. What a user or the machine can cause is an outcome; it rejects on internal errors only. */
export async function runSearch(options: SearchOptions): Promise<SearchOutcome> {
  const { host, search, store, identity, adapter } = options;
  const { name, objectives } = search;
  const experiment = experimentId(identity);
  let progress: Progress | undefined;
  let session: Session | undefined;
  let end: RunEnd = 'stopped';
  try {
    const derived: Derived = { networks: [] };
    const task = { ...taskOf(host, search), derived: () => derived.networks };
    const strategy = createStrategy(search.strategy, task, options.strategies);
    progress = new Progress(strategy, objectives, resultKey(host, search));
    session = await store.begin({ identity, name, objectives, adapter });
    const stored = present(await store.read(experiment), 'search: the experiment that was just begun');
    const context = await prepare(options, session, progress, stored, derived);
    const outcome = await work(context, stored, store.folder);
    end = 'finished';
    return outcome;
  } catch (error) {
    const sofar = { experiment, trials: progress?.trials ?? 0, best: progress?.best?.trial };
    if (error instanceof Interrupted) {
      end = 'interrupted';
      return { kind: 'interrupted', ...sofar };
    }
    if (error instanceof Refusal) return { kind: 'stopped', ...sofar, diagnostics: error.diagnostics };
    throw error;
  } finally {
    // Where it is the store that failed, so does this; the claim then lapses with the process.
    await session?.end(end).catch(() => undefined);
  }
}

/** What a supernet derives, once it is trained. */
interface Derived {
  networks: readonly Architecture[];
}

function taskOf(space: SearchHost, { seed, budget: { trials }, objectives }: SearchSpec): StrategyTask {
  return { space, key: strategyKey(seed), trials, objectives: objectives.length };
}

/** Equal networks that are trained equally long from scratch share a result, where the search says so. */
function resultKey(host: SearchHost, { evaluate }: SearchSpec): ResultKey {
  if (evaluate.kind !== 'train' || evaluate.cache !== true) return () => undefined;
  return ({ architecture, share = 1, parent }) =>
    parent === undefined ? `${share} ${host.canonicalHash(architecture)}` : undefined;
}

/** Warns of what has changed since the earlier trials, and leads the strategy through them. */
async function prepare(
  options: SearchOptions,
  session: Session,
  progress: Progress,
  stored: Experiment,
  derived: Derived,
): Promise<SearchContext> {
  const { host, search, evaluator, store } = options;
  const emit = (event: SearchEvent): void => options.onEvent?.(event);
  const warnings = [
    ...strategyWarnings(search.strategy, search.budget.trials, options.strategies),
    ...(host.table?.warnings ?? []),
  ];
  for (const diagnostic of warnings) {
    emit({ kind: 'warning', diagnostic });
  }
  const maker = stored.trials.at(-1)?.run;
  const before = stored.runs.find((run) => run.id === maker);
  if (before !== undefined && before.version !== store.version) {
    const diagnostic = diagnose('versionChanged', { before: before.version, now: store.version });
    emit({ kind: 'warning', diagnostic });
  }
  const warnOfAdapter = (now: string): void => {
    if (before?.adapter === undefined || before.adapter === now) return;
    emit({ kind: 'warning', diagnostic: diagnose('adapterChanged', { before: before.adapter, now }) });
  };
  let adapter = options.adapter;
  if (adapter !== undefined) warnOfAdapter(adapter);
  const noteAdapter = async (now: string): Promise<void> => {
    if (adapter !== undefined) return;
    adapter = now;
    await session.setAdapter(now);
    warnOfAdapter(now);
  };

  const signal = options.signal ?? new AbortController().signal;
  const clock = options.clock ?? Date;
  const keepsTensors =
    search.evaluate.kind === 'train' && inheritsWeights(search.strategy, options.strategies);
  const context = {
    host,
    search,
    evaluator,
    session,
    progress,
    signal,
    clock,
    emit,
    noteAdapter,
    keepsTensors,
  };
  const shares = search.evaluate.kind === 'shared';
  const derives = shares && derivesNetworks(search.strategy, options.strategies);
  // What it derives is what the strategy proposes: also when earlier trials are told again.
  if (derives && stored.trials.length > 0) derived.networks = await derivedNetworks(context);
  progress.replay(session.experiment, stored.trials, host);
  emit({
    kind: 'opened',
    experiment: session.experiment,
    trials: progress.trials,
    best: progress.best?.trial,
    budget: search.budget,
    allowed: host.members.places,
  });
  if (derives && stored.trials.length === 0) derived.networks = await derivedNetworks(context);
  else if (shares && progress.trials < (search.budget.trials ?? Infinity))
    await shareWeights(context, 0, [], 0);
  return context;
}

/** The networks that the supernet of a search derives, trained to its end. */
async function derivedNetworks(context: SearchContext): Promise<readonly Architecture[]> {
  const { host, search } = context;
  const { derived } = await shareWeights(context, search.budget.trials ?? 1, [], 0);
  return derived.map((choices) => ({ space: host.space.name, choices }));
}

/** The trials that are missing, then the final network if it is. */
async function work(context: SearchContext, stored: Experiment, folder: string): Promise<FinishedSearch> {
  const { progress, session, emit } = context;
  const reason = await runTrials(context);
  const { trials, best } = progress;
  emit({ kind: 'trialsEnded', trials, reason });
  if (best === undefined) {
    throw new Refusal(
      diagnose('noWinner', { trials }, { hint: `\`nas trials ${session.experiment}\` shows the reasons` }),
    );
  }
  const known = stored.finals.find((final) => final.trial === best.trial.number);
  const earlier = known !== undefined && trials === stored.trials.length;
  const final = known ?? (await makeFinal(context, best));
  if (known !== undefined) warnOfLostWeights(context, known, folder);
  const testReadings = stored.finals.length + (known === undefined ? 1 : 0);
  // A table is not worn out by reading it.
  if (testReadings > 1 && final.weights !== undefined) {
    emit({ kind: 'warning', diagnostic: diagnose('testReadAgain', { times: testReadings }) });
  }
  const { experiment } = session;
  emit({ kind: 'finished', winner: best.trial, final, earlier });
  return { kind: 'finished', experiment, trials, reason, winner: best.trial, final, testReadings, earlier };
}

function warnOfLostWeights(context: SearchContext, final: FinalRecord, folder: string): void {
  if (final.weights === undefined) return;
  const path = join(folder, final.weights);
  if (existsSync(path)) return;
  const hint = '`--fresh` makes them anew, with all trials';
  context.emit({ kind: 'warning', diagnostic: diagnose('weightsMissing', { path }, { hint }) });
}
