/** Makes the latency table of a space: what is known of it is taken from the cache, the rest is measured. */
import { createHash } from 'node:crypto';
import { fitCalibration } from '../../compiler/latency/calibration.ts';
import { latencyModel } from '../../compiler/latency/model.ts';
import { latencyCases, type LatencyUnit } from '../../compiler/latency/units.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { toCompact } from '../../compiler/space/encode.ts';
import type { Members } from '../../compiler/space/members.ts';
import { printSpace } from '../../compiler/space/printSpace.ts';
import type { Space } from '../../compiler/space/space.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { Random } from '../../util/random.ts';
import { evaluationGraph } from '../search/evaluation/graphs.ts';
import type { KnownTimes, LatencyCache } from './cache.ts';
import { LATENCY_FORMAT, type LatencyTable, type RunNetwork } from './form.ts';
import type { MeasureLatencies } from './measureApart.ts';
import type { TimedNetwork } from './measure.ts';

export interface TableOptions {
  readonly batch: number;
  /** Networks that are run whole: every other one calibrates, the others tell how far predictions are off. */
  readonly networks?: number;
  /** The adapter, in its own words. */
  readonly adapter: string;
  readonly version: string;
  readonly cache: LatencyCache;
  readonly measure: MeasureLatencies;
  /** Which kernels run. */
  readonly tuning?: Tuning | undefined;
  /** Whether everything is measured anew. */
  readonly fresh?: boolean;
}

/** A table, and how much of it was measured now. */
export interface MadeTable {
  readonly table: LatencyTable;
  readonly measured: { readonly units: number; readonly networks: number };
}

/** Networks that are run unless told otherwise. */
export const RUN_NETWORKS = 32;

/** Independent of the seed of any search: all searches of a space share its table. */
const DRAW_SEED = 1;

/** Draws without anything new before a small space is taken to have no more. */
const MOST_DRAWS = 20;

/** The hash of what the rows of a table follow from. */
export function latencyIdentity(space: Space, batch: number): string {
  return createHash('sha256')
    .update(`latency ${batch}\n${printSpace(space)}`)
    .digest('hex');
}

/** The table of a space. Refuses where nothing can be measured. */
export async function makeLatencyTable(
  space: Space,
  members: Members,
  options: TableOptions,
): Promise<MadeTable> {
  const { batch, networks: count = RUN_NETWORKS, cache, measure, tuning = {}, fresh = false } = options;
  const cases = latencyCases(space, batch);
  const units = [...new Map(cases.flatMap((one) => one.units.map((unit) => [unit.key, unit]))).values()];
  const drawn = drawNetworks(space, members, batch, count);
  const known = fresh ? { units: {}, networks: {} } : await cache.read();
  const missing = {
    units: units.filter(({ key }) => !Object.hasOwn(known.units, key)),
    networks: drawn.filter(({ hash }) => !Object.hasOwn(known.networks, hash)),
  };
  const times = { units: { ...known.units }, networks: { ...known.networks } };
  if (missing.units.length + missing.networks.length > 0) {
    const found = await measure({
      units: missing.units,
      networks: missing.networks.map(({ network }) => network),
      tuning,
    });
    if ('refused' in found) throw new Refusal(found.refused);
    missing.units.forEach(({ key }, i) => (times.units[key] = found.units[i] ?? null));
    missing.networks.forEach(({ hash }, i) => (times.networks[hash] = found.networks[i] ?? null));
    // What cannot be kept is measured again the next time.
    await cache.add(times).catch(() => undefined);
  }
  const rows = rowsOf(units, times.units);
  const sums = latencyModel(space, { batch, rows, calibration: { intercept: 0, factor: 1 } });
  const run = drawn.flatMap(({ architecture, hash }, i): RunNetwork[] => {
    const milliseconds = times.networks[hash] ?? 0;
    // No device need run it.
    if (milliseconds === 0) return [];
    const sum = sums.sum(architecture);
    return [{ architecture: toCompact(space, architecture), held: i % 2 === 1, sum, milliseconds }];
  });
  const table: LatencyTable = {
    format: LATENCY_FORMAT,
    version: options.version,
    adapter: options.adapter,
    space: space.name,
    identity: latencyIdentity(space, batch),
    batch,
    calibration: fitCalibration(run.filter(({ held }) => !held)),
    rows,
    networks: run,
  };
  return { table, measured: { units: missing.units.length, networks: missing.networks.length } };
}

/** What the device refuses has no row: nor does a network that it runs need one. */
function rowsOf(units: readonly LatencyUnit[], known: KnownTimes): Readonly<Record<string, number>> {
  return Object.fromEntries(
    units.flatMap(({ key }): [string, number][] => {
      const ms = known[key];
      return typeof ms === 'number' ? [[key, ms]] : [];
    }),
  );
}

interface DrawnNetwork {
  readonly architecture: Architecture;
  readonly network: TimedNetwork;
  readonly hash: string;
}

/** Networks drawn uniformly, none twice; fewer where the space has no more. */
function drawNetworks(space: Space, members: Members, batch: number, count: number): readonly DrawnNetwork[] {
  const found = new Map<string, DrawnNetwork>();
  const random = new Random(DRAW_SEED, 0);
  for (let idle = 0; found.size < count && idle < MOST_DRAWS; idle += 1) {
    const { architecture } = members.sample(random);
    if (architecture === undefined) continue;
    const graph = evaluationGraph(space, architecture, batch);
    const hash = createHash('sha256').update(JSON.stringify(graph)).digest('hex');
    if (found.has(hash)) continue;
    found.set(hash, { architecture, network: { graph, batch }, hash });
    idle = 0;
  }
  return [...found.values()];
}
