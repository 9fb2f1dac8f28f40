/** Latency tables as commands need them: measured on this machine's adapter, or as an experiment keeps them. */
import { cacheFolder } from '#setup/driverChoice.mjs';
import { adapterAdvice } from '#setup/advice.mjs';
import type { CompiledSearch, CompiledSpace } from '../compiler/compile.ts';
import { errorOf, type LatencyError } from '../compiler/latency/calibration.ts';
import { latencyModel } from '../compiler/latency/model.ts';
import { latencyBatch } from '../compiler/search/search.ts';
import type { Tuning } from '../compiler/wgsl/tuning.ts';
import { diagnose, Refusal } from '../grammar/diagnostics.ts';
import { findAdapter } from '../runtime/device/doctor.ts';
import { latencyCache } from '../runtime/latency/cache.ts';
import { broken, refuseForeign, type LatencyTable } from '../runtime/latency/form.ts';
import { keptTablePath, readLatencyTable, writeLatencyTable } from '../runtime/latency/kept.ts';
import { measureApart } from '../runtime/latency/measureApart.ts';
import { latencyIdentity, makeLatencyTable, type MadeTable } from '../runtime/latency/table.ts';
import type { SearchHost } from '../runtime/search/host.ts';
import type { Store } from '../runtime/store/Store.ts';
import { adapterKey } from '../runtime/tuning/cache.ts';
import { countOf } from '../util/words.ts';
import { formatSeconds, formatShare } from './format.ts';
import { packageVersion } from './version.ts';

/** How a table is measured. */
export interface MeasureOptions {
  readonly batch: number;
  readonly networks?: number;
  readonly tuning?: Tuning | undefined;
  readonly fresh?: boolean;
}

/** A table with how long it took. */
export interface MeasuredTable extends MadeTable {
  readonly seconds: number;
}

/** Measures the table of a space, as far as the cache does not have it. Refuses without an adapter. */
export async function measureTable(
  { space, members }: Pick<CompiledSpace, 'space' | 'members'>,
  options: MeasureOptions,
): Promise<MeasuredTable> {
  const start = performance.now();
  const { adapter, reason = 'no driver offers one' } = await findAdapter();
  if (adapter === undefined) {
    throw new Refusal(diagnose('noAdapter', { reason }, { notes: adapterAdvice() }));
  }
  const version = packageVersion();
  const made = await makeLatencyTable(space, members, {
    ...options,
    adapter: adapter.description || adapter.device,
    version,
    cache: latencyCache(cacheFolder(), adapterKey(adapter), version, options.tuning),
    measure: measureApart,
  });
  return { ...made, seconds: (performance.now() - start) / 1000 };
}

/** How far predictions are off on the networks that the calibration has not seen. */
export function heldOutError({ calibration, networks }: LatencyTable): LatencyError {
  return errorOf(
    calibration,
    networks.filter(({ held }) => held),
  );
}

/** `off by 4.1% on 16 other networks, rank correlation 0.982` */
export function errorText({ networks, mape, spearman }: LatencyError): string {
  if (networks === 0) return 'no other network is left to test them on';
  const ranks = Number.isNaN(spearman) ? '' : `, Spearman rank correlation ${spearman.toFixed(3)}`;
  return `off by ${formatShare(mape)} on average on ${countOf(networks, 'other network')}${ranks}`;
}

/**
 * A host that predicts latencies, where the search asks for them. The table that the experiment keeps is the one it began with;
 * a new experiment has one made first. `say` tells what was done.
 */
export async function withLatencyTable(
  host: SearchHost,
  compiled: CompiledSearch,
  { store, experiment, tuning, say }: ExperimentTable,
): Promise<SearchHost> {
  const { space, members, search } = compiled;
  const asked = search.objectives.find(({ metric }) => metric === 'predicted_latency');
  if (asked === undefined) return host;
  const batch = latencyBatch(search, asked);
  const path = keptTablePath(store.folder, experiment);
  let table = await readLatencyTable(path);
  if (table === undefined) {
    const before = await store.read(experiment);
    if (before !== undefined && before.trials.length > 0) throw broken(path, 'it is gone');
    const { measured, seconds, ...made } = await measureTable({ space, members }, { batch, tuning });
    table = made.table;
    await writeLatencyTable(path, table);
    const rows = countOf(Object.keys(table.rows).length, 'row');
    say(
      `latency table of ${rows} on ${table.adapter}: ${measured.units} measured, and ` +
        `${countOf(measured.networks, 'network')} run, in ${formatSeconds(seconds)}; predictions are ` +
        errorText(heldOutError(table)),
    );
  }
  refuseForeign(table, { identity: latencyIdentity(space, batch), space: space.name, batch }, path);
  const model = latencyModel(space, table);
  return { ...host, predictLatency: model.milliseconds };
}

/** The experiment that a table belongs to. */
export interface ExperimentTable {
  readonly store: Store;
  readonly experiment: string;
  /** Which kernels its networks run. */
  readonly tuning: Tuning | undefined;
  readonly say: (line: string) => void;
}
