/** Between the store's rows and its records. What was written as JSON is checked when it is read again. */
import { z } from 'zod';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { metrics as allMetrics, type ObjectiveSpec, type SearchSpec } from '../../compiler/search/search.ts';
import { InvariantError, present } from '../../util/invariant.ts';
import { canonicalJson } from './identity.ts';
import type {
  ExperimentRecord,
  FinalRecord,
  Metrics,
  MoreMetrics,
  RunRecord,
  TrialRecord,
} from './records.ts';
import type { ExperimentRow, FinalRow, RunRow, TrialRow } from './schema.ts';

type Static = number | boolean | string | readonly Static[];
const staticValue: z.ZodType<Static> = z.lazy(() =>
  z.union([z.number(), z.boolean(), z.string(), z.array(staticValue)]),
);
const overrides = z.record(z.string(), staticValue);
const objectiveParts = z.object({
  direction: z.enum(['maximize', 'minimize']),
  metric: z.enum(allMetrics),
  batch: z.exactOptional(z.int().positive()),
});
const numbers = z.array(z.number());
const moreMetrics: z.ZodType<MoreMetrics> = z.object({
  score: z.exactOptional(z.number()),
  peakMemory: z.exactOptional(z.number()),
  latency: z.exactOptional(z.number()),
  predictedLatency: z.exactOptional(z.number()),
  epochAccuracies: z.exactOptional(numbers),
  repeats: z.exactOptional(
    z.object({ accuracies: numbers, losses: numbers, deviation: z.number(), interval: z.number() }),
  ),
  stopped: z.exactOptional(z.object({ epoch: z.int(), epochs: z.int(), deviation: z.number() })),
  sameAs: z.exactOptional(z.int()),
});
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
  const { id, identity, name, objectives, created, version, adapter } = record;
  return {
    id,
    space: identity.space,
    search: identity.search,
    overrides: canonicalJson(identity.overrides),
    seed: identity.seed,
    data: identity.data,
    name,
    objective: objectives.map(objectiveText).join(', '),
    created,
    version,
    adapter: adapter ?? null,
  };
}

/** The experiment of a row. */
export function experimentRecord(row: ExperimentRow): ExperimentRecord {
  const { id, space, search, seed, data, name, created, version, adapter } = row;
  return {
    id,
    identity: { space, search, overrides: overrides.parse(JSON.parse(row.overrides)), seed, data },
    name,
    objectives: readObjectives(row.objective),
    created,
    version,
    adapter: adapter ?? undefined,
  };
}

/** `minimize latency(batch: 1)` */
export function objectiveText({ direction, metric, batch }: ObjectiveSpec): string {
  return `${direction} ${metric}${batch === undefined ? '' : `(batch: ${batch})`}`;
}

function readObjectives(text: string): SearchSpec['objectives'] {
  const [first, ...others] = text.split(', ').map((part) => {
    const [, direction, metric, batch] = /^(\w+) (\w+)(?:\(batch: (\d+)\))?$/.exec(part) ?? [];
    return objectiveParts.parse({ direction, metric, ...(batch && { batch: Number(batch) }) });
  });
  return [present(first, 'store: the objective of an experiment'), ...others];
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
    share: trial.share ?? null,
    parent: trial.parent ?? null,
    more: metrics === undefined ? null : writeMore(metrics),
  };
}

/** What not every evaluation tells, in one order; null where this one tells nothing of it. */
function writeMore(metrics: Metrics): string | null {
  const { loss: _, accuracy: __, images: ___, epochLosses: ____, ...more } = metrics;
  return Object.keys(more).length === 0 ? null : canonicalJson(more);
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
    ...(row.share !== null && { share: row.share }),
    ...(row.parent !== null && { parent: row.parent }),
    seed: row.seed,
    params: row.params,
    macs: row.macs,
    started: row.started,
    finished: row.finished,
    seconds: row.seconds,
  };
  if (row.status === 'done') {
    const more = row.more === null ? {} : moreMetrics.parse(JSON.parse(row.more));
    return { ...base, status: 'done', metrics: { ...metricsOf(row), ...more } };
  }
  return { ...base, status: 'failed', diagnostic: readDiagnostic(row.diagnostic) };
}

/** The row of a final network. */
export function finalRow(experiment: string, final: FinalRecord): FinalRow {
  const { metrics, ...rest } = final;
  const { loss = null, accuracy = null, images } = metrics;
  const epochLosses = JSON.stringify(metrics.epochLosses);
  return { experiment, ...rest, weights: rest.weights ?? null, loss, accuracy, images, epochLosses };
}

/** The final network of a row. */
export function finalRecord(row: FinalRow): FinalRecord {
  const { trial, trials, run, seed, architecture, started, finished, seconds } = row;
  const weights = row.weights ?? undefined;
  return {
    trial,
    trials,
    run,
    seed,
    metrics: metricsOf(row),
    weights,
    architecture,
    started,
    finished,
    seconds,
  };
}

function metricsOf(row: Pick<TrialRow, 'loss' | 'accuracy' | 'images' | 'epochLosses'>): Metrics {
  const { loss, accuracy, images, epochLosses } = row;
  if (images === null || epochLosses === null) {
    throw new InvariantError('store: a finished evaluation without results');
  }
  return {
    loss: loss ?? undefined,
    accuracy: accuracy ?? undefined,
    images,
    epochLosses: numbers.parse(JSON.parse(epochLosses)),
  };
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
