/** Reports on an experiment: the trials as JSON for other programs, and as rows for a table. */
import { refuse } from '../../grammar/diagnostics.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import type { FinalRecord, TrialRecord } from '../store/records.ts';
import type { Experiment, Store } from '../store/Store.ts';
import { frontOf } from './Front.ts';
import { bestTrial, fitness, mayWin } from './objective.ts';

export interface JsonOptions {
  /** Whether to say when and by whom; without, equal searches give equal bytes. */
  readonly times: boolean;
}

/** An experiment by its identity. Refuses one that the store does not have. */
export async function readExperiment(store: Store, id: string): Promise<Experiment> {
  const experiment = await store.read(id);
  if (experiment !== undefined) return experiment;
  const known = (await store.experiments()).map((record) => record.id);
  const hint =
    didYouMean(id, known) ??
    (known.length === 0 ? 'no search has been run here' : `known are ${known.slice(0, 5).join(', ')}`);
  return refuse('experimentUnknown', { experiment: id, path: store.folder }, { hint });
}

/** All trials and final networks of an experiment as JSON text with a fixed order of keys. */
export async function trialsJson(store: Store, id: string, options: JsonOptions): Promise<string> {
  const { record, trials, finals, runs } = await readExperiment(store, id);
  const { name, objectives, identity } = record;
  const { seed, data, overrides } = identity;
  const json = {
    experiment: id,
    search: name,
    objectives,
    seed,
    data,
    overrides: sortedEntries(overrides),
    ...(options.times && { created: record.created, version: record.version, adapter: record.adapter }),
    best: bestTrial(trials, objectives[0])?.number ?? null,
    ...(objectives.length > 1 && { front: frontOf(trials, objectives).map(({ number }) => number) }),
    trials: trials.map((trial) => trialJson(trial, options.times)),
    finals: finals.map((final) => finalJson(final, options.times)),
    ...(options.times && { runs }),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

function trialJson(trial: TrialRecord, times: boolean): unknown {
  const { number, status, architecture, json, rank, share, parent, seed, params, macs } = trial;
  const terms = { ...(share !== undefined && { share }), ...(parent !== undefined && { parent }) };
  const told = { number, status, architecture, decisions: json, rank: rank?.toString() ?? null };
  const what = { ...told, ...terms, seed };
  const costs = { params, macs };
  const when = times && timesOf(trial);
  if (trial.status === 'done') return { ...what, ...costs, ...trial.metrics, ...when };
  const { code, message, hint, notes } = trial.diagnostic;
  return { ...what, ...costs, failure: { code, message, hint, notes }, ...when };
}

function finalJson(final: FinalRecord, times: boolean): unknown {
  const { trial, trials, seed, metrics, weights } = final;
  return { trial, trials, seed, ...metrics, weights, ...(times && timesOf(final)) };
}

function timesOf({ run, started, finished, seconds }: TrialRecord | FinalRecord): object {
  return { run, started, finished, seconds };
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One line of a table of trials. */
export interface TrialLine {
  readonly trial: TrialRecord;
  readonly best: boolean;
  /** Whether no other trial beats it in every objective. */
  readonly front: boolean;
  /** The largest fitness up to here, as the objective counts it; undefined before the first success. */
  readonly bestSoFar: number | undefined;
}

/** The trials in order, each with the anytime record of the search. */
export function trialLines({ record, trials }: Experiment): readonly TrialLine[] {
  const [objective] = record.objectives;
  const best = bestTrial(trials, objective);
  const front = new Set(frontOf(trials, record.objectives).map(({ number }) => number));
  const sign = objective.direction === 'maximize' ? 1 : -1;
  let highest: number | undefined;
  return trials.map((trial) => {
    if (mayWin(trial)) highest = Math.max(highest ?? -Infinity, fitness(trial, objective));
    return {
      trial,
      best: trial.number === best?.number,
      front: front.has(trial.number),
      bestSoFar: highest && sign * highest,
    };
  });
}
