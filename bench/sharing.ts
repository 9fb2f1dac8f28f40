/**
 * `npm run bench:sharing [-- --children N --seeds N --epochs N --supernet N --methods a,b --data digits|mnist --json]`: what
 * weights that networks share say of networks that are trained by themselves.
 *
 * On `spaces/nasbench201_small.nas` at 8 channels, N children (50) are trained by themselves from N seeds (3) for N epochs (10); the
 * mean accuracy is held against their scores (minus the loss) in supernets that were trained for N epochs (60) by single paths,
 * One-Shot and ENAS. Kendall's tau, with 95 % intervals by the bootstrap over children; beside it the tau between seeds, which is the
 * ceiling, and that of the number of parameters. Then the seconds until 200 candidates are ranked: by a supernet, and by training each
 * (scaled from those that were trained).
 *
 * Accuracies are those on validation images; digits are 8x8, MNIST is 14x14, 2,000 images for training.
 */
import { parseArgs } from 'node:util';
import { compileSpace, type CompiledSpace } from '../compiler/compile.ts';
import { readProgram } from '../compiler/program.ts';
import type { DataSpec, TrainSpec } from '../compiler/search/search.ts';
import type { Architecture } from '../compiler/space/architecture.ts';
import { costOfArchitecture } from '../compiler/space/members.ts';
import type { Dataset } from '../runtime/data/dataset.ts';
import { loadData } from '../runtime/data/table.ts';
import { openDevice, type Device } from '../runtime/device/device.ts';
import { nodeHost } from '../runtime/host.ts';
import { evaluationGraph, trainingGraph } from '../runtime/search/evaluation/graphs.ts';
import { sharedParameters } from '../compiler/share/parameters.ts';
import { sharedLayout } from '../compiler/wgsl/shared.ts';
import { deviceWeights } from '../runtime/share/deviceWeights.ts';
import { Supernet } from '../runtime/share/Supernet.ts';
import { initialWeights, trainSupernet } from '../runtime/share/trainSupernet.ts';
import { trainAndMeasure } from '../runtime/train/loop.ts';
import { webGpuExecutor } from '../runtime/train/webgpuExecutor.ts';
import { present } from '../util/invariant.ts';
import { Random } from '../util/random.ts';
import { drawnTimes, percentileInterval } from '../util/statistics/bootstrap.ts';
import { correlate, orderColumns } from '../util/statistics/correlations.ts';
import { meanOf, medianOf } from '../util/statistics/summary.ts';
import { Failure, runBenchmark } from './benchmark.ts';

const BATCH = 64;
/** Candidates that the papers rank with one supernet. */
const CANDIDATES = 200;
const RESAMPLES = 1000;
const METHODS: readonly string[] = ['paths', 'one_shot', 'enas'];

const optimizer = { name: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 5e-4 } as const;
const trainFor = (epochs: number): TrainSpec => ({
  epochs,
  batch: BATCH,
  optimizer,
  schedule: { name: 'cosine' },
});

const sets: Readonly<Record<string, { readonly data: DataSpec; readonly size: number }>> = {
  digits: { data: { name: 'digits', args: { split: 'shuffled' } }, size: 8 },
  mnist: { data: { name: 'mnist', args: { size: 14, train: 2000, validation: 1000, test: 1000 } }, size: 14 },
};

interface Options {
  readonly children: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly supernet: number;
  readonly methods: readonly string[];
  readonly data: string;
  readonly json: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      children: { type: 'string', default: '50' },
      seeds: { type: 'string', default: '3' },
      epochs: { type: 'string', default: '10' },
      supernet: { type: 'string', default: '60' },
      methods: { type: 'string', default: METHODS.join() },
      data: { type: 'string', default: 'digits' },
      json: { type: 'boolean', default: false },
    },
  });
  const count = (name: 'children' | 'seeds' | 'epochs' | 'supernet'): number => {
    const number = Number(values[name]);
    if (!(Number.isSafeInteger(number) && number > 0))
      throw new Failure(`--${name} needs a number of 1 or more`);
    return number;
  };
  if (!Object.hasOwn(sets, values.data))
    throw new Failure(`--data is one of ${Object.keys(sets).join(', ')}`);
  const chosen = values.methods.split(',').map((name) => name.trim());
  const unknown = chosen.find((name) => !METHODS.includes(name));
  if (unknown !== undefined) throw new Failure(`--methods are some of ${METHODS.join(', ')}`);
  return {
    children: count('children'),
    seeds: count('seeds'),
    epochs: count('epochs'),
    supernet: count('supernet'),
    methods: chosen,
    data: values.data,
    json: values.json,
  };
}

const tauOf = (x: readonly number[], y: readonly number[]): number => correlate(orderColumns(x, y)).kendall;

/** Tau with its interval: children are drawn again and again, with replacement. */
function tauText(x: readonly number[], y: readonly number[]): string {
  const columns = orderColumns(x, y);
  const again = Array.from(
    { length: RESAMPLES },
    (_, i) => correlate(columns, drawnTimes(x.length, 1, i)).kendall,
  );
  const { low, high } = percentileInterval(again.filter(Number.isFinite));
  return `${tauOf(x, y).toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

function compiledSpace(size: number): CompiledSpace {
  const source = { name: 'spaces/bench.nas', text: 'nas 1\nuse "nasbench201_small.nas"\n' };
  const settings = [
    { path: 'size', value: String(size) },
    { path: 'colors', value: '1' },
  ];
  const program = present(readProgram(source, nodeHost()).value, 'the space of the benchmark');
  return present(compileSpace(program, 'nasbench201_small', settings).value, 'the space of the benchmark');
}

interface Bench {
  readonly device: Device;
  readonly compiled: CompiledSpace;
  readonly dataset: Dataset;
  readonly options: Options;
}

/** Accuracy of a network that is trained by itself. */
async function alone(
  { device, compiled: { space }, dataset, options }: Bench,
  child: Architecture,
  seed: number,
): Promise<number> {
  const { accuracy } = await trainAndMeasure(
    webGpuExecutor(device),
    {
      training: trainingGraph(space, child, BATCH),
      evaluation: evaluationGraph(space, child, BATCH),
      dataset,
      trainOn: 'train',
      evaluateOn: 'validation',
      train: trainFor(options.epochs),
      seed,
      keepTensors: false,
    },
    () => undefined,
  );
  return accuracy;
}

interface Ranked {
  readonly name: string;
  readonly seconds: number;
  readonly scoring: number;
  readonly scores: readonly number[];
}

/** The scores of children in a supernet that a method trained. */
async function inSupernet(
  bench: Bench,
  name: string,
  children: readonly Architecture[],
  seed: number,
): Promise<Ranked> {
  const { device, compiled, dataset, options } = bench;
  const begun = performance.now();
  const trained = await trainSupernet(
    {
      searched: compiled,
      dataset,
      method: { name, args: name === 'enas' ? { updates: 5, batch: 10, lr: 0.005 } : {} },
      train: trainFor(options.supernet),
      seed,
    },
    {
      makeWeights: (layout, update) => deviceWeights(device, { layout, update, dataset, seed }),
      file: undefined,
    },
  );
  const ready = performance.now();
  const scores: number[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one device
  for (const { choices } of children) scores.push(-(await trained.score(choices)).loss);
  const done = performance.now();
  trained.release();
  return { name, seconds: (ready - begun) / 1000, scoring: (done - ready) / 1000, scores };
}

/** Milliseconds of a step: the network of a path drawn anew for each, and the same networks with their plans at hand. */
async function stepTimes(
  { device, compiled, dataset }: Bench,
  children: readonly Architecture[],
): Promise<StepTimes> {
  const layout = sharedLayout(sharedParameters(compiled.space));
  const weights = deviceWeights(device, { layout, update: { optimizer }, dataset, seed: 1 });
  weights.write(initialWeights(layout, 1));
  const supernet = new Supernet(compiled.space, weights, BATCH, false);
  const rows = dataset.split.train.subarray(0, BATCH);
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const [drawn, ready]: [number[], number[]] = [[], []];
  for (const child of children.slice(0, 20)) {
    const network = weights.network(supernet.pathGraph(child));
    const passes: number[] = [];
    for (let i = 0; i < 5; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      passes.push(await timed(() => network.train({ rows }, 0.01)));
    }
    network.release();
    ready.push(medianOf(passes.slice(1)));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    drawn.push(await timed(() => supernet.trainPath(child, rows, 0.01)));
  }
  supernet.release();
  weights.release();
  return { drawn: medianOf(drawn), ready: medianOf(ready) };
}

interface StepTimes {
  readonly drawn: number;
  readonly ready: number;
}

async function main(): Promise<void> {
  const options = readOptions();
  const { data, size } = present(sets[options.data], 'a data set');
  const compiled = compiledSpace(size);
  const dataset = await loadData(data);
  const device = await openDevice();
  const bench: Bench = { device, compiled, dataset, options };
  const random = new Random(1);
  const children = Array.from({ length: options.children }, () =>
    present(compiled.members.sample(random).architecture, 'a member'),
  );

  const begun = performance.now();
  const runs: number[][] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    const row: number[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one device
    for (const child of children) row.push(await alone(bench, child, seed));
    runs.push(row);
    console.error(
      `${children.length} children from seed ${seed}: ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    );
  }
  const seconds = (performance.now() - begun) / 1000 / options.seeds / children.length;
  const mean = children.map((_, i) => meanOf(runs.map((row) => row[i] ?? NaN)));
  const params = children.map((child) => costOfArchitecture(compiled.space, child).params);

  const rows: { name: string; tau: string; seconds: number; ranking: number }[] = [];
  for (const name of options.methods) {
    // oxlint-disable-next-line no-await-in-loop -- one device
    const { scores, seconds: training, scoring } = await inSupernet(bench, name, children, 1);
    const ranking = training + (scoring * CANDIDATES) / children.length;
    rows.push({ name, tau: tauText(scores, mean), seconds: training, ranking });
    console.error(`${name}: ${training.toFixed(0)} s`);
  }
  const between = runs.flatMap((one, i) => runs.slice(i + 1).map((other) => tauOf(one, other)));
  const steps = await stepTimes(bench, children);
  device.destroy();

  const whole = seconds * CANDIDATES;
  const report = {
    ...options,
    accuracy: { least: Math.min(...mean), mean: meanOf(mean), most: Math.max(...mean) },
    tauBetweenSeeds: meanOf(between),
    tauOfParams: tauText(params, mean),
    secondsAlone: seconds,
    supernets: rows,
    stepMs: steps,
  };
  if (options.json) return console.log(JSON.stringify(report));
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  console.log(
    `${options.children} children on ${options.data}, ${options.epochs} epochs, ${options.seeds} seeds: ${percent(report.accuracy.least)} to ${percent(report.accuracy.most)}`,
  );
  console.log(`between seeds     tau ${report.tauBetweenSeeds.toFixed(2)}`);
  console.log(`parameters        tau ${report.tauOfParams}`);
  for (const { name, tau, seconds: training, ranking } of rows) {
    console.log(
      `${name.padEnd(17)} tau ${tau}  trained in ${training.toFixed(0)} s; ${CANDIDATES} candidates in ${ranking.toFixed(0)} s, each by itself in ${whole.toFixed(0)} s: ${(whole / ranking).toFixed(1)} times`,
    );
  }
  const { drawn, ready } = steps;
  console.log(
    `a step of a path that is drawn ${drawn.toFixed(1)} ms, of one whose plan is at hand ${ready.toFixed(1)} ms: ${(drawn / ready).toFixed(2)} times`,
  );
}

await runBenchmark(main);
