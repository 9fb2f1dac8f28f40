/** Times units and whole networks on a device, turn by turn, so that what disturbs the machine disturbs all of them alike. */
import type { Graph } from '../../compiler/graph/graph.ts';
import { timesOf, unitGraph, type LatencyUnit } from '../../compiler/latency/units.ts';
import { planInference } from '../../compiler/wgsl/lower.ts';
import type { Tuning } from '../../compiler/wgsl/tuning.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import { meanOf } from '../../util/statistics/summary.ts';
import { fillNormal } from '../../util/random.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Device } from '../device/device.ts';
import { submitAndWait } from '../execute/trace.ts';
import { prepare } from '../execute/webgpu.ts';
import { initialTensors } from '../train/loop.ts';
import { webGpuExecutor } from '../train/webgpuExecutor.ts';

/** Something that is run again and again. */
export interface Timed {
  /** Runs it so many times over, and waits until the device has done it. */
  readonly run: (times: number) => Promise<void>;
  readonly release: () => void;
  /** Bytes of device memory that it holds. */
  readonly bytes: number;
}

export interface TimingOptions {
  /** A clock in milliseconds. */
  readonly clock?: () => number;
  /**
   * How often all of them are gone through at most: what disturbs the machine for a while then does not disturb some of them
   * only. A sweep that lowers hardly any time is the last one.
   */
  readonly sweeps?: number;
  /** Turns in a sweep of everything that is quick; what is slow has fewer. */
  readonly rounds?: number;
  /** Milliseconds that a turn should last: what takes less is run several times in it. */
  readonly turn?: number;
}

const SWEEPS = 8;

/** Sweeps are gone on with while they lower times by this share on average. */
const WORTH = 0.005;

/** Sweeps that are made in any case. */
const LEAST_SWEEPS = 3;

/** Turns of a sweep. */
const ROUNDS = 10;

// As short as what an operating system gives a process at a time, so that some turns are not interrupted.
const TURN_MS = 4;

/** Nothing is given more turns of a sweep than fit in this time, but one. */
const MOST_MS = 500;

/** Runs of one turn. */
const MOST_RUNS = 256;

/** Device memory that is held at once, and how many of whatever size. */
const HELD_BYTES = 256 * 1024 * 1024;
const HELD = 128;

/**
 * The least time of each in milliseconds: whatever else the machine does only adds to it. They are made one after the other,
 * some at a time, and take turns. Undefined stands for what the device refuses.
 */
export async function leastTimes(
  count: number,
  make: (index: number) => Promise<Timed>,
  options: TimingOptions = {},
): Promise<readonly (number | undefined)[]> {
  const {
    clock = (): number => performance.now(),
    sweeps = SWEEPS,
    rounds = ROUNDS,
    turn = TURN_MS,
  } = options;
  const items = Array.from({ length: count }, (_, index): Item => ({ index, runs: 1, turns: 1 }));
  const measureHeld = async (held: Item[]): Promise<void> => {
    try {
      for (let round = 0; round <= rounds; round += 1) {
        for (const item of held) {
          const { timed, runs, turns } = item;
          if (timed === undefined || round > turns) continue;
          const start = clock();
          // oxlint-disable-next-line no-await-in-loop -- what runs beside would be timed too
          await timed.run(runs);
          const ms = Math.max((clock() - start) / runs, 1e-6);
          // The first turn makes bind groups and wakes the device up.
          if (round > 0) item.least = Math.min(item.least ?? Infinity, ms);
          const { least = ms } = item;
          item.runs = Math.max(1, Math.min(MOST_RUNS, Math.ceil(turn / least)));
          item.turns = Math.max(1, Math.floor(MOST_MS / (least * item.runs)));
        }
      }
    } finally {
      for (const item of held.splice(0)) {
        item.timed?.release();
        delete item.timed;
      }
    }
  };
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const before = items.map(({ least }) => least);
    const held: Item[] = [];
    for (const item of items) {
      if (item.refused) continue;
      try {
        // oxlint-disable-next-line no-await-in-loop -- prepared one after the other
        item.timed = await make(item.index);
        held.push(item);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        item.refused = true;
      }
      const bytes = held.reduce((sum, { timed }) => sum + (timed?.bytes ?? 0), 0);
      // oxlint-disable-next-line no-await-in-loop -- as many as fit, then the next ones
      if (held.length >= HELD || bytes >= HELD_BYTES) await measureHeld(held);
    }
    // oxlint-disable-next-line no-await-in-loop -- one sweep after the other
    await measureHeld(held);
    const drops = items.flatMap(({ index, least = 0 }) => {
      const higher = before[index];
      return higher === undefined ? [] : [1 - least / higher];
    });
    if (sweep + 1 >= LEAST_SWEEPS && (drops.length === 0 || meanOf(drops) < WORTH)) break;
  }
  return items.map(({ least }) => least);
}

/** One of those that are timed. */
interface Item {
  readonly index: number;
  timed?: Timed;
  refused?: true;
  /** Runs of a turn, and turns of a sweep. */
  runs: number;
  turns: number;
  least?: number;
}

/** Milliseconds of each unit, run alone, one dispatch after the other; undefined where no device need run it. */
export async function timeUnits(
  device: Device,
  units: readonly LatencyUnit[],
  { tuning, ...options }: TimingOptions & { readonly tuning?: Tuning } = {},
): Promise<readonly (number | undefined)[]> {
  const profile = { ...device.profile, ...(tuning && { tuning }) };
  const make = async (index: number): Promise<Timed> => {
    const unit = present(units[index], 'latency: unit', index);
    const plan = planInference(unitGraph(unit), { profile });
    const execution = await prepare(device, plan);
    const dispatches = present(execution.programs['evaluate'], 'the program of a unit');
    return {
      run: (times) => submitAndWait(device, dispatches, times),
      release: execution.destroy,
      bytes: execution.bytes,
    };
  };
  const times = await leastTimes(units.length, make, options);
  return times.map((ms, i) => ms && ms / timesOf(present(units[i], 'latency: unit', i)));
}

/** A network to be run: its measurement of a batch, with loss and right answers. */
export interface TimedNetwork {
  readonly graph: Graph;
  readonly batch: number;
}

/**
 * Milliseconds of an inference of each network, from handing a batch over until its results are read, as the objective
 * `latency` measures it, but on made-up examples; undefined where no device need run it.
 */
export async function timeNetworks(
  device: Device,
  networks: readonly TimedNetwork[],
  { tuning, ...options }: TimingOptions & { readonly tuning?: Tuning } = {},
): Promise<readonly (number | undefined)[]> {
  const executor = webGpuExecutor(device);
  const known = new Map<string, Dataset>();
  const make = async (index: number): Promise<Timed> => {
    const { graph, batch } = present(networks[index], 'latency: network', index);
    const dataset = exampleData(graph, batch, known);
    const tensors = initialTensors(graph, 1);
    const before = executor.bufferBytes();
    const run = await executor.prepareEvaluation({
      graph,
      dataset,
      batch,
      capacity: batch,
      tensors,
      tuning,
    });
    const order = Int32Array.from({ length: batch }, (_, i) => i);
    return {
      run: async (times) => {
        // oxlint-disable-next-line no-await-in-loop -- one inference after the other
        for (let i = 0; i < times; i += 1) await run.measure(order);
      },
      release: run.release,
      bytes: executor.bufferBytes() - before,
    };
  };
  // An inference is timed from end to end: several in one turn would hide what a single one waits for.
  return leastTimes(networks.length, make, { ...options, turn: 0 });
}

/** As many examples as a batch has, of the network's shape. */
function exampleData(graph: Graph, batch: number, known: Map<string, Dataset>): Dataset {
  const input = present(
    graph.nodes.find((node) => node.kind === 'input' && node.name === 'x'),
    'latency: the input of a network',
  );
  const key = `${input.dtype} ${input.shape.join()}`;
  const before = known.get(key);
  if (before) return before;
  const images = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
  // Tokens are whole numbers: zeros are some whatever the type.
  if (input.dtype === 'f32') fillNormal(images, 1, 1, 0);
  const [, height = 1, width = 1, channels = 1] = input.shape;
  const none = new Int32Array(0);
  const made: Dataset = {
    name: 'examples',
    classes: 1,
    imageShape: [height, width, channels],
    images,
    labels: new Int32Array(batch),
    split: { train: none, validation: none, test: none },
    hash: '',
    scaling: '',
  };
  known.set(key, made);
  return made;
}
