/** `nas trials`: the trials of an experiment and its final networks, or all experiments of a store. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, Refusal, refuse } from '../../grammar/diagnostics.ts';
import { identify } from '../../runtime/search/identify.ts';
import { readExperiment, trialLines, trialsJson, type TrialLine } from '../../runtime/search/report.ts';
import { experimentId } from '../../runtime/store/identity.ts';
import type { FinalRecord, TrialRecord } from '../../runtime/store/records.ts';
import type { Experiment, Store } from '../../runtime/store/Store.ts';
import { countOf } from '../../util/words.ts';
import type { Context } from '../context.ts';
import { alignColumns, formatCount, formatLoss, formatSeconds } from '../format.ts';
import { measuredText, moreTexts, qualityText } from '../metrics.ts';
import { loadSearch, type SearchSettings } from '../load.ts';
import { openResults, type StoreOption } from '../store.ts';
import { pathFrom } from '../terminal.ts';

export interface TrialsOptions extends SearchSettings, StoreOption {
  readonly list?: boolean;
  readonly json?: boolean;
  /** False for `--no-times`. */
  readonly times: boolean;
}

/** Prints a table or JSON. */
export async function trials(
  context: Context,
  file: string | undefined,
  options: TrialsOptions,
): Promise<number> {
  if (options.list) return withStore(context, options, (store) => list(context, store, options));
  // Before the store is opened: what is wrong with the file is to be said in any case.
  const asked = file === undefined ? undefined : await experimentOf(context, file, options);
  return withStore(context, options, async (store) => {
    const id = asked ?? (await latest(store));
    if (options.json) context.terminal.stdout.write(await trialsJson(store, id, { times: options.times }));
    else context.print(...table(await readOrAdvise(store, id, file), context, options));
    return 0;
  });
}

async function withStore(
  context: Context,
  options: TrialsOptions,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const store = await openResults(context, options, false);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The experiment that a file's search amounts to, or the one that was named itself. */
async function experimentOf(context: Context, file: string, options: TrialsOptions): Promise<string> {
  if (/^[0-9a-f]{12}$/.test(file) && !existsSync(pathFrom(context.terminal, file))) return file;
  const { compiled, settings } = await loadSearch(context, file, options);
  return experimentId(await identify(compiled, settings, context.terminal.cwd));
}

async function latest(store: Store): Promise<string> {
  const [first] = await store.experiments();
  if (first !== undefined) return first.id;
  return refuse(
    'experimentUnknown',
    { experiment: 'at all', path: store.folder },
    { hint: 'run `nas search` first' },
  );
}

/** An experiment; where there is none, the file's search has not been run with these settings. */
async function readOrAdvise(store: Store, id: string, file: string | undefined): Promise<Experiment> {
  try {
    return await readExperiment(store, id);
  } catch (error) {
    if (!(error instanceof Refusal) || file === undefined || file === id) throw error;
    const hint = `\`nas search ${file}\` with the same settings runs it; \`nas trials --list\` shows what was run`;
    throw new Refusal(diagnose('experimentUnknown', { experiment: id, path: store.folder }, { hint }));
  }
}

function table(
  experiment: Experiment,
  { colors, terminal }: Context,
  { times, store }: TrialsOptions,
): string[] {
  const { record, finals } = experiment;
  const { id, name, identity, objectives } = record;
  const rows = trialLines(experiment).map((line) => trialRow(line, objectives.length > 1, times));
  const head = [
    'trial',
    'accuracy',
    'loss',
    'params',
    'MACs',
    ...(times ? ['time'] : []),
    'architecture',
    '',
  ];
  const right = times ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 4];
  const [first = '', ...lines] = alignColumns([head, ...rows], right);
  const folder = pathFrom(terminal, store ?? '.nas');
  return [
    `${colors.bold(`search ${name}`)}, ${objectives.map(({ direction, metric }) => `${direction} ${metric}`).join(', ')}, seed ${identity.seed}, experiment ${id}`,
    '',
    colors.dim(first),
    ...lines,
    ...(rows.length === 0 ? ['  no trial has ended yet'] : []),
    ...adviceLines(experiment).map((line) => colors.dim(line)),
    ...finals.flatMap((final) => ['', ...finalLines(final, folder, times)]),
  ];
}

function trialRow({ trial, best, front }: TrialLine, several: boolean, times: boolean): string[] {
  const { number, params, macs, seconds, architecture } = trial;
  const costs = [
    formatCount(params),
    formatCount(macs),
    ...(times ? [formatSeconds(seconds)] : []),
    architecture,
  ];
  if (trial.status === 'done') {
    const { metrics } = trial;
    const loss = metrics.loss === undefined ? '' : formatLoss(metrics.loss);
    const notes = [
      ...(best ? ['best'] : []),
      ...(several && front ? ['front'] : []),
      ...termTexts(trial),
      ...moreTexts(metrics),
    ];
    return [String(number), qualityText(metrics), loss, ...costs, notes.join(', ')];
  }
  const { code, message } = trial.diagnostic;
  return [String(number), 'failed', '', ...costs, `${code}: ${message}`];
}

/** A budget and a parent: `share 0.25`, `from trial 3`. */
function termTexts({ share, parent }: TrialRecord): string[] {
  return [
    ...(share === undefined || share === 1 ? [] : [`share ${Number(share.toPrecision(3))}`]),
    ...(parent === undefined ? [] : [`from trial ${parent}`]),
  ];
}

/** What to do about failed trials, once for each code. */
function adviceLines({ trials: made }: Experiment): string[] {
  const hints = new Map<string, string>();
  for (const trial of made) {
    if (trial.status === 'done') continue;
    const { code, hint } = trial.diagnostic;
    if (hint !== undefined && !hints.has(code)) hints.set(code, hint);
  }
  return hints.size === 0 ? [] : ['', ...[...hints].map(([code, hint]) => `${code}: ${hint}`)];
}

function finalLines(final: FinalRecord, folder: string, times: boolean): string[] {
  const { trial, trials: of, metrics, seconds, weights, architecture } = final;
  const best = `trial ${trial}, the best of ${countOf(of, 'trial')}`;
  const test = [qualityText(metrics), measuredText(metrics)].filter((text) => text !== '').join(', ');
  return [
    weights === undefined
      ? `final network: ${best}, as the table has it`
      : `final network: ${best}, trained anew on training and validation images`,
    ...alignColumns([
      ['test', test || 'unknown'],
      ...(times && weights !== undefined ? [['time', formatSeconds(seconds)]] : []),
      ['architecture', join(folder, architecture)],
      ...(weights === undefined ? [] : [['weights', join(folder, weights)]]),
    ]),
  ];
}

async function list(
  { print, printJson }: Context,
  store: Store,
  { json = false, times }: TrialsOptions,
): Promise<number> {
  const rows = [];
  for (const { id, name, created, identity } of await store.experiments()) {
    const experiment = await store.read(id);
    if (experiment === undefined) continue;
    const { trials: made, finals } = experiment;
    const state = finals.length > 0 ? 'finished' : 'open';
    rows.push({ experiment: id, search: name, seed: identity.seed, trials: made.length, state, created });
  }
  if (json) {
    printJson(rows.map(({ created, ...rest }) => (times ? { ...rest, created } : rest)));
  } else if (rows.length === 0) print('no experiment yet');
  else {
    const cells = rows.map((row) => [
      row.experiment,
      row.search,
      `seed ${row.seed}`,
      countOf(row.trials, 'trial'),
      row.state,
      ...(times ? [row.created.replace('T', ' ').slice(0, 16)] : []),
    ]);
    print(...alignColumns(cells).map((line) => line.trimStart()));
  }
  return 0;
}
