/** `nas latency FILE [ARCH]`: measures what every operation of a space takes here, and predicts networks from it. */
import type { CompiledSpace } from '../../compiler/compile.ts';
import { calibrated } from '../../compiler/latency/calibration.ts';
import { latencyModel } from '../../compiler/latency/model.ts';
import { latencyCases, type LatencyCase } from '../../compiler/latency/units.ts';
import { latencyBatch } from '../../compiler/search/search.ts';
import { toCompact } from '../../compiler/space/encode.ts';
import { formatStatic } from '../../compiler/space/values.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { broken, refuseForeign, type LatencyTable } from '../../runtime/latency/form.ts';
import { readLatencyTable, writeLatencyTable } from '../../runtime/latency/kept.ts';
import { latencyIdentity } from '../../runtime/latency/table.ts';
import { countOf } from '../../util/words.ts';
import { readArchitecture, spaceFor } from '../architecture.ts';
import type { Context } from '../context.ts';
import { alignColumns, formatSeconds } from '../format.ts';
import { errorText, heldOutError, measureTable, type MeasuredTable } from '../latency.ts';
import { loadSearch } from '../load.ts';
import { formatLatency } from '../metrics.ts';
import { DEFAULT_BATCH, type TermsOptions } from '../terms.ts';
import { pathFrom } from '../terminal.ts';

export interface LatencyOptions extends TermsOptions {
  readonly networks?: number;
  readonly table?: string;
  readonly out?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** Prints rows, calibration and held-out error, and the prediction of an architecture where one is named. */
export async function latency(
  context: Context,
  file: string,
  arch: string | undefined,
  options: LatencyOptions,
): Promise<number> {
  if (options.table !== undefined && options.fresh) {
    refuse('conflictingOptions', { first: '--table', second: '--fresh' });
  }
  const compiled = await spaceFor(context, file, arch, options);
  const { space } = compiled;
  const architecture = arch === undefined ? undefined : await readArchitecture(context, arch, compiled);
  const batch = await batchOf(context, file, options);
  const { table, told } =
    options.table === undefined
      ? await measure(compiled, batch, options)
      : { table: await read(context, options.table, compiled, batch), told: `as ${options.table} has it` };
  if (options.out !== undefined) await writeLatencyTable(pathFrom(context.terminal, options.out), table);
  const prediction = architecture && {
    architecture: toCompact(space, architecture),
    milliseconds: latencyModel(space, table).milliseconds(architecture),
  };
  if (options.json) {
    context.printJson({ ...table, error: heldOutError(table), ...(prediction && { prediction }) });
  } else if (prediction) {
    context.print(`${prediction.architecture}  ${formatLatency(prediction.milliseconds)}`);
  } else context.print(...lines(table, latencyCases(space, batch), told));
  return 0;
}

/** Examples of an inference: as said, as the search has them, or as commands take them. */
async function batchOf(context: Context, file: string, options: LatencyOptions): Promise<number> {
  const { search, set = [], batch } = options;
  if (search === undefined || batch !== undefined) return batch ?? DEFAULT_BATCH;
  const { compiled } = await loadSearch(context, file, { search, set });
  const asked = compiled.search.objectives.find(({ metric }) => metric === 'predicted_latency');
  return latencyBatch(compiled.search, asked ?? {});
}

async function measure(
  compiled: CompiledSpace,
  batch: number,
  { networks, fresh = false }: LatencyOptions,
): Promise<{ readonly table: LatencyTable; readonly told: string }> {
  const made = await measureTable(compiled, { batch, fresh, ...(networks !== undefined && { networks }) });
  return { table: made.table, told: measuredText(made) };
}

function measuredText({ measured: { units, networks }, seconds }: MeasuredTable): string {
  if (units + networks === 0) return 'all measured before; `--fresh` measures anew';
  return `${countOf(units, 'row')} measured and ${countOf(networks, 'network')} run in ${formatSeconds(seconds)}`;
}

async function read(
  { terminal }: Context,
  path: string,
  { space }: CompiledSpace,
  batch: number,
): Promise<LatencyTable> {
  const table = await readLatencyTable(pathFrom(terminal, path));
  if (table === undefined) throw broken(path, 'there is no such file');
  refuseForeign(table, { identity: latencyIdentity(space, batch), space: space.name, batch }, path);
  return table;
}

function lines(table: LatencyTable, cases: readonly LatencyCase[], told: string): string[] {
  const { space, batch, adapter, calibration, networks, rows } = table;
  const timed = cases
    .map((one) => ({ one, ms: timeOf(one, rows) }))
    .toSorted((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity));
  const operations = alignColumns(
    [
      ['ms', 'operation', 'tensors', 'arguments'],
      ...timed.map(({ one, ms }) => [
        ms === undefined ? 'refused' : ms.toFixed(3),
        one.operation,
        shapesText(one.shapes),
        argumentsText(one.attributes),
      ]),
    ],
    [0],
  );
  const calibratedBy = networks.filter(({ held }) => !held).length;
  const { intercept, factor } = calibration;
  return [
    `${space}, batches of ${batch}, on ${adapter}: ${told}`,
    '',
    ...operations,
    '',
    ...alignColumns(
      [
        ['network', 'sum of rows', 'predicted', 'measured', ''],
        ...networks.map(({ architecture, held, sum, milliseconds }) => [
          architecture,
          formatLatency(sum),
          formatLatency(calibrated(calibration, sum)),
          formatLatency(milliseconds),
          held ? 'held out' : '',
        ]),
      ],
      [1, 2, 3],
    ),
    '',
    `latency = ${formatLatency(intercept)} + ${factor.toFixed(3)} x sum of rows, from ${countOf(calibratedBy, 'network')}`,
    `predictions are ${errorText(heldOutError(table))}`,
  ];
}

/** The sum of a case's rows; undefined where the device refuses one of them. */
function timeOf({ units }: LatencyCase, rows: LatencyTable['rows']): number | undefined {
  let sum = 0;
  for (const { key } of units) {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (row === undefined) return undefined;
    sum += row;
  }
  return sum;
}

/** `16x16x8`, `3 of 16x16x8` */
function shapesText(shapes: LatencyCase['shapes']): string {
  const [first = '', ...others] = shapes.map((shape) => shape.join('x'));
  const alike = others.length > 0 && others.every((other) => other === first);
  return alike ? `${shapes.length} of ${first}` : [first, ...others].join(', ');
}

function argumentsText(attributes: LatencyCase['attributes']): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}: ${formatStatic(value)}`)
    .join(', ');
}
