/** Between the store's rows and its records. What was written as JSON is checked when it is read again. */
import { z } from 'zod';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { InvariantError } from '../../util/invariant.ts';
import { canonicalJson } from './identity.ts';
import type { ExperimentRecord, FinalRecord, Metrics, RunRecord, TrialRecord } from './records.ts';
import type { ExperimentRow, FinalRow, RunRow, TrialRow } from './schema.ts';

type Static = number | boolean | string | readonly Static[];
const staticValue: z.ZodType<Static> = z.lazy(() =>
  z.union([z.number(), z.boolean(), z.string(), z.array(staticValue)]),
);
const overrides = z.record(z.string(), staticValue);
const objectiveWords = z.tuple([
  z.enum(['maximize', 'minimize']),
  z.enum(['accuracy', 'loss', 'params', 'macs']),
]);
const losses = z.array(z.number());
const storedDiagnostic = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  message: z.string(),
  expected: z.string().optional(),
  hint: z.string().optional(),
  notes: z.array(z.string()),
});
const runEnd = z.enum(['finished', 'interrupted', 'stopped']).optional().catch(undefined);

/** The row of an experiment. */
export function experimentRow(record: ExperimentRecord): ExperimentRow {
  const { id, identity, name, objective, created, version, adapter } = record;
  return {
    id,
    space: identity.space,
    search: identity.search,
    overrides: canonicalJson(identity.overrides),
    seed: identity.seed,
    data: identity.data,
    name,
    objective: `${objective.direction} ${objective.metric}`,
    created,
    version,
    adapter: adapter ?? null,
  };
}

/** The experiment of a row. */
export function experimentRecord(row: ExperimentRow): ExperimentRecord {
  const { id, space, search, seed, data, name, created, version, adapter } = row;
  const [direction, metric] = objectiveWords.parse(row.objective.split(' '));
  return {
    id,
    identity: { space, search, overrides: overrides.parse(JSON.parse(row.overrides)), seed, data },
    name,
    objective: { direction, metric },
    created,
    version,
    adapter: adapter ?? undefined,
  };
}

/** The run of a row. */
export function runRecord(row: Omit<RunRow, 'id'> & { id: number }): RunRecord {
  return {
    id: row.id,
    version: row.version,
    adapter: row.adapter ?? undefined,
    started: row.started,
    ended: row.ended ?? undefined,
    reason: runEnd.parse(row.reason ?? undefined),
  };
}

/** The row of a trial. */
export function trialRow(experiment: string, trial: TrialRecord): TrialRow {
  const metrics = trial.status === 'done' ? trial.metrics : undefined;
  return {
    experiment,
    number: trial.number,
    run: trial.run,
    status: trial.status,
    architecture: trial.architecture,
    json: JSON.stringify(trial.json),
    rank: trial.rank?.toString() ?? null,
    seed: trial.seed,
    params: trial.params,
    macs: trial.macs,
    loss: metrics?.loss ?? null,
    accuracy: metrics?.accuracy ?? null,
    images: metrics?.images ?? null,
    epochLosses: metrics === undefined ? null : JSON.stringify(metrics.epochLosses),
    diagnostic: trial.status === 'failed' ? writeDiagnostic(trial.diagnostic) : null,
    started: trial.started,
    finished: trial.finished,
    seconds: trial.seconds,
  };
}

/** The trial of a row. */
export function trialRecord(row: TrialRow): TrialRecord {
  const json: unknown = JSON.parse(row.json);
  const base = {
    number: row.number,
    run: row.run,
    architecture: row.architecture,
    json,
    rank: row.rank === null ? undefined : BigInt(row.rank),
    seed: row.seed,
    params: row.params,
    macs: row.macs,
    started: row.started,
    finished: row.finished,
    seconds: row.seconds,
  };
  if (row.status === 'done') return { ...base, status: 'done', metrics: metricsOf(row) };
  return { ...base, status: 'failed', diagnostic: readDiagnostic(row.diagnostic) };
}

/** The row of a final network. */
export function finalRow(experiment: string, final: FinalRecord): FinalRow {
  const { metrics, ...rest } = final;
  const { loss, accuracy, images } = metrics;
  return { experiment, ...rest, loss, accuracy, images, epochLosses: JSON.stringify(metrics.epochLosses) };
}

/** The final network of a row. */
export function finalRecord(row: FinalRow): FinalRecord {
  const { trial, trials, run, seed, weights, architecture, started, finished, seconds } = row;
  const metrics = metricsOf(row);
  return { trial, trials, run, seed, metrics, weights, architecture, started, finished, seconds };
}

function metricsOf(row: Pick<TrialRow, 'loss' | 'accuracy' | 'images' | 'epochLosses'>): Metrics {
  const { loss, accuracy, images, epochLosses } = row;
  if (loss === null || accuracy === null || images === null || epochLosses === null) {
    throw new InvariantError('store: a finished training without results');
  }
  return { loss, accuracy, images, epochLosses: losses.parse(JSON.parse(epochLosses)) };
}

/** A diagnostic as it is kept: places in texts are left out, for the texts are not kept with it. */
function writeDiagnostic(diagnostic: Diagnostic): string {
  const { code, severity, message, expected, hint, notes } = diagnostic;
  return JSON.stringify({ code, severity, message, expected, hint, notes });
}

function readDiagnostic(text: string | null): Diagnostic {
  const { code, severity, message, expected, hint, notes } = storedDiagnostic.parse(
    JSON.parse(text ?? 'null'),
  );
  return { code, severity, message, primary: undefined, labels: [], expected, hint, notes };
}
