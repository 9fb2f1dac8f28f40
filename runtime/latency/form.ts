/** The form of a latency table on disk: with an experiment, and where `nas latency --out` writes it. */
import { z } from 'zod';
import { diagnose, Refusal } from '../../grammar/diagnostics.ts';
import type { MeasuredLatencies } from '../../compiler/latency/model.ts';

export const LATENCY_FORMAT = 1 as const;

/** A network that was run whole. */
export interface RunNetwork {
  /** Its compact text. */
  readonly architecture: string;
  /** Whether the calibration has not seen it. */
  readonly held: boolean;
  /** The sum of its rows, and what it took, in milliseconds. */
  readonly sum: number;
  readonly milliseconds: number;
}

/** All that was measured for a space: milliseconds on one adapter. */
export interface LatencyTable extends MeasuredLatencies {
  readonly format: typeof LATENCY_FORMAT;
  /** Version of naslang that measured it. */
  readonly version: string;
  /** The adapter, in its own words. */
  readonly adapter: string;
  readonly space: string;
  /** Hash of the space and the batch: see `latencyIdentity`. */
  readonly identity: string;
  readonly networks: readonly RunNetwork[];
}

/** No table is larger; larger files are not even read to their end. In bytes. */
export const TABLE_LIMIT: number = 16 * 1024 * 1024;

const milliseconds = z.number().nonnegative();

const form: z.ZodType<LatencyTable> = z.object({
  format: z.literal(LATENCY_FORMAT),
  version: z.string(),
  adapter: z.string(),
  space: z.string(),
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  batch: z.int().positive(),
  rows: z.record(z.string(), milliseconds),
  calibration: z.object({ intercept: milliseconds, factor: milliseconds }),
  networks: z.array(
    z.object({ architecture: z.string(), held: z.boolean(), sum: milliseconds, milliseconds }),
  ),
});

/** The table that a text holds. Refuses any other text; `path` names it in messages. */
export function parseLatencyTable(text: string, path: string): LatencyTable {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw broken(path, 'it is no JSON');
  }
  const parsed = form.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue && issue.path.length > 0 ? `, at \`${issue.path.join('.').slice(0, 120)}\`` : '';
  throw broken(path, `it has not the form of a latency table${at}`);
}

/** That a table cannot be used. */
export function broken(path: string, problem: string): Refusal {
  const hint = 'measure it anew with `nas latency`; of an experiment, `--fresh` begins anew';
  return new Refusal(diagnose('latencyTableBroken', { path, problem }, { hint }));
}

/** Refuses a table of another space or batch. */
export function refuseForeign(
  table: Pick<LatencyTable, 'identity' | 'space' | 'batch'>,
  wanted: Pick<LatencyTable, 'identity' | 'space' | 'batch'>,
  path: string,
): void {
  if (table.identity === wanted.identity) return;
  const problem =
    table.space !== wanted.space
      ? `it is of the space ${table.space}, not of ${wanted.space}`
      : table.batch !== wanted.batch
        ? `it is of batches of ${table.batch}, not of ${wanted.batch}`
        : `${wanted.space} has changed since, or has other parameters`;
  const hint = 'measure another with `nas latency`';
  throw new Refusal(diagnose('latencyTableForeign', { path, problem }, { hint }));
}
