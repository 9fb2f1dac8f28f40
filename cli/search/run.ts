/** Runs the search of a file, or goes on with it, and shows what came of it. */
import { join } from 'node:path';
import type { CompiledSearch } from '../../compiler/compile.ts';
import { trainingsOf, type SearchSpec } from '../../compiler/search/search.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { setIdentity } from '../../runtime/kernels/manifest.ts';
import { readKernelSet } from '../../runtime/kernels/readSet.ts';
import { runSearch } from '../../runtime/search/driver.ts';
import { identify } from '../../runtime/search/identify.ts';
import type { FinishedSearch, SearchOutcome } from '../../runtime/search/outcome.ts';
import { readExperiment } from '../../runtime/search/report.ts';
import type { SearchHost } from '../../runtime/search/host.ts';
import { searchHost } from '../../runtime/search/spaceHost.ts';
import { experimentId, type ExperimentIdentity } from '../../runtime/store/identity.ts';
import type { Store } from '../../runtime/store/Store.ts';
import { countOf } from '../../util/words.ts';
import { showDiagnostics, type Context } from '../context.ts';
import { setOption, type KernelsOption } from '../kernels.ts';
import { loadSearch, type SearchSettings } from '../load.ts';
import { openResults, type StoreOption } from '../store.ts';
import { plainView, type ViewOptions } from './plain.ts';
import { finishedJson, reportLines, stoppedJson } from './report.ts';
import { stopOnSignal, type Stop } from './stop.ts';
import { withLatencyTable } from '../latency.ts';
import { tuningOf, withTuning } from './tuning.ts';
import type { SearchView } from './view.ts';

export interface SearchOptions extends SearchSettings, StoreOption, KernelsOption {
  readonly fresh?: boolean;
  readonly tune?: boolean;
  readonly json?: boolean;
}

/** A compiled search, with the store that its results go to. */
export interface OpenedSearch {
  readonly compiled: CompiledSearch;
  readonly host: SearchHost;
  readonly identity: ExperimentIdentity;
  readonly store: Store;
}

/** Compiles the search and opens its store. Refuses where either is not possible. */
export async function openSearch(
  context: Context,
  file: string,
  options: SearchOptions,
): Promise<OpenedSearch> {
  const { compiled, settings } = await loadSearch(context, file, options);
  await checkSet(context, compiled, options);
  const { cwd } = context.terminal;
  const identity = await identify(compiled, settings, cwd);
  const host = await searchHost(compiled, cwd);
  return { compiled, host, identity, store: await openResults(context, options, true) };
}

/** Refuses a kernel set that is damaged, or was built for something else, before anything begins. */
async function checkSet(
  context: Context,
  { space, search }: CompiledSearch,
  options: KernelsOption,
): Promise<void> {
  const told = setOption(context, options);
  if (told === undefined) return;
  const { folder, compiler } = told;
  const { profile, manifest } = await readKernelSet(folder, { compiler });
  const supernet = manifest.supernet ? { supernet: {} } : {};
  const identity = setIdentity(space, { profile, trainings: trainingsOf(search), ...supernet });
  await readKernelSet(folder, { compiler, identity });
}

/** Runs the search to its end, with an evaluator that it closes; 130 when it was interrupted. */
export async function runToEnd(
  context: Context,
  { compiled, host, identity, store }: OpenedSearch,
  evaluator: Evaluator,
  options: SearchOptions,
): Promise<number> {
  try {
    let outcome: SearchOutcome;
    let stop: Stop | undefined;
    let view: SearchView | undefined;
    try {
      const id = experimentId(identity);
      if (options.fresh) await store.forget(id);
      const output = context.terminal[options.json ? 'stderr' : 'stdout'];
      const say = (line: string): void => output.write(`${line}\n`);
      const tuning = await tuningOf(compiled, store, id, options.tune === true, say);
      const told = { store, experiment: id, tuning, say };
      const predicting = await withLatencyTable(host, compiled, told);
      view = await makeView(context, compiled, options.json === true);
      stop = stopOnSignal(context.terminal, view);
      const { signal } = stop;
      const { onEvent } = view;
      outcome = await runSearch({
        host: predicting,
        search: compiled.search,
        store,
        evaluator: withTuning(evaluator, tuning),
        identity,
        signal,
        onEvent,
      });
    } finally {
      view?.close();
      await evaluator.close();
      stop?.end();
    }
    return await report(context, compiled, store, outcome, stop, options);
  } finally {
    await store.close();
  }
}

async function makeView(
  context: Context,
  { search: spec }: CompiledSearch,
  json: boolean,
): Promise<SearchView> {
  const { terminal, colors, errorColors } = context;
  const warn: ViewOptions['warn'] = (diagnostic) => showDiagnostics(context, [diagnostic]);
  const options = json
    ? { output: terminal.stderr, colors: errorColors, search: spec, warn }
    : { output: terminal.stdout, colors, search: spec, warn };
  if (!options.output.isTerminal || terminal.env['TERM'] === 'dumb') return plainView(options);
  const { liveView } = await import('./live.ts');
  return liveView(options);
}

async function report(
  context: Context,
  compiled: CompiledSearch,
  store: Store,
  outcome: SearchOutcome,
  stop: Stop,
  { json = false }: SearchOptions,
): Promise<number> {
  const folder = store.folder;
  switch (outcome.kind) {
    case 'finished': {
      const experiment = await readExperiment(store, outcome.experiment);
      if (json) context.printJson(finishedJson(outcome, experiment, folder));
      else {
        if (outcome.earlier) context.print(...earlierLines(outcome));
        context.print('', ...reportLines(outcome, compiled, experiment, folder, context.colors));
      }
      return 0;
    }
    case 'interrupted': {
      if (json) context.printJson(stoppedJson(outcome, folder));
      else context.print(...interruptedLines(outcome.trials, compiled.search, folder));
      return stop.exitCode();
    }
    case 'stopped': {
      showDiagnostics(context, outcome.diagnostics);
      if (json) context.printJson(stoppedJson(outcome, folder));
      else if (outcome.trials > 0) {
        context.print(
          `${countOf(outcome.trials, 'trial')} kept in ${join(folder, 'store.db')}; the next start goes on from there`,
        );
      }
      return 1;
    }
    default:
      return outcome satisfies never;
  }
}

function earlierLines({ final, trials }: FinishedSearch): string[] {
  const when = final.finished.replace('T', ' ').slice(0, 16);
  return [
    `finished before, on ${when} UTC, with ${countOf(trials, 'trial')}: nothing was left to do`,
    'A larger budget (`--trials`) goes on from here; `--fresh` begins anew.',
  ];
}

function interruptedLines(trials: number, { budget }: SearchSpec, folder: string): string[] {
  if (trials === 0) return ['stopped before the first trial had ended; the next start begins anew'];
  const kept = `stopped; ${countOf(trials, 'trial')} kept in ${join(folder, 'store.db')}`;
  const next =
    trials === budget.trials ? 'trains the best network anew' : `goes on after trial ${trials - 1}`;
  return [kept, `The same command ${next}.`];
}
