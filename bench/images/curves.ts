/**
 * Part `curves`: `stop: curve(...)` on images of CIFAR-10. Random search proposes the same architectures with and without it, and
 * each is trained from the same initial weights on the same order of images, so that one can see what was spared and lost.
 */
import { showDiagnostics } from '../../cli/context.ts';
import { alignColumns } from '../../cli/format.ts';
import { loadSearch } from '../../cli/load.ts';
import type { CurveSpec } from '../../compiler/search/search.ts';
import type { Setting } from '../../compiler/settings.ts';
import { Refusal } from '../../grammar/diagnostics.ts';
import type { Evaluator } from '../../runtime/evaluate/protocol.ts';
import { workerEvaluator } from '../../runtime/evaluate/workerEvaluator.ts';
import { runSearch } from '../../runtime/search/driver.ts';
import { identify } from '../../runtime/search/identify.ts';
import { bestTrial } from '../../runtime/search/objective.ts';
import { readExperiment } from '../../runtime/search/report.ts';
import { searchHost } from '../../runtime/search/spaceHost.ts';
import { experimentId } from '../../runtime/store/identity.ts';
import type { TrialRecord } from '../../runtime/store/records.ts';
import { Failure } from '../benchmark.ts';
import type { Bench, Report } from './bench.ts';
import { replay, type Replayed } from './replay.ts';
import { STRATEGIES_FILE } from './strategies.ts';

/** Epochs of a whole training, and trials of a search. */
const EPOCHS = 12;
const TRIALS = 60;

/** At half the channels and pixels of the other part, so that many networks can be trained for many epochs. */
const SMALLER: readonly Setting[] = Object.entries({
  c: 4,
  size: 8,
  'data.size': 8,
  'data.train': 2000,
  'data.validation': 1000,
  'evaluate.epochs': EPOCHS,
}).map(([path, value]) => ({ path, value: String(value) }));

/** The defaults, written out. */
const STOP: CurveSpec = { delta: 0.95, after: 0.25, least: 20 };
const STOPPING = `curve(delta: ${STOP.delta}, after: ${STOP.after}, least: ${STOP.least})`;
/** Measures after each epoch, too, and waits for more whole trainings than there are: none is ended. */
const WATCHING = 'curve(least: 1000)';

/** One order of the trials tells little of whether the best is kept: the recorded trainings are gone through in so many others. */
const ORDERS = 20;

/** At least so much of the epochs is to be spared. */
const TO_SPARE = 0.3;

/** What became of one seed. */
export interface Pair {
  readonly seed: number;
  readonly trials: number;
  /** Trainings that were ended early. */
  readonly ended: number;
  /** Share of all epochs that were not trained. */
  readonly spared: number;
  /** The best of the search in which all are trained whole, and of the other one. */
  readonly best: { readonly trial: number; readonly accuracy: number };
  readonly bestOfStopped: { readonly trial: number; readonly accuracy: number };
  /** Root mean square of predicted less true accuracies of what was ended. */
  readonly error: number;
  /** Whether what was trained whole in both searches came to the same accuracies. */
  readonly alike: boolean;
}

interface Played extends Pair {
  readonly replayed: Replayed;
}

/** Runs both searches from every seed. */
export async function curvesPart(bench: Bench): Promise<Report> {
  const evaluator = workerEvaluator();
  const pairs: Played[] = [];
  try {
    for (let seed = 1; seed <= bench.seeds; seed++) {
      // oxlint-disable-next-line no-await-in-loop -- one device trains one network after the other
      const whole = await runOne(bench, evaluator, WATCHING, seed);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const stopped = await runOne(bench, evaluator, STOPPING, seed);
      const pair = pairOf(seed, whole, stopped);
      const finished = whole.filter((trial) => trial.status === 'done');
      pairs.push({ ...pair, replayed: replay(finished, STOP, EPOCHS, ORDERS, seed) });
      bench.progress.write(
        `seed ${seed}  ${pair.ended} of ${pair.trials} trainings ended, ${percent(pair.spared)} of the epochs spared\n`,
      );
    }
  } finally {
    await evaluator.close();
  }
  return {
    lines: linesOf(pairs),
    json: { part: 'curves', epochs: EPOCHS, stop: STOPPING, seeds: pairs },
    missed: pairs.flatMap(missedBy),
  };
}

async function runOne(
  { context, store, trials = TRIALS, progress, fresh }: Bench,
  evaluator: Evaluator,
  stop: string,
  seed: number,
): Promise<readonly TrialRecord[]> {
  const set = [...SMALLER, { path: 'evaluate.stop', value: stop }];
  const { compiled, settings } = await loadSearch(context, STRATEGIES_FILE, { set, seed, trials });
  const identity = await identify(compiled, settings, context.terminal.cwd);
  if (fresh) await store.forget(experimentId(identity));
  const outcome = await runSearch({
    host: await searchHost(compiled, context.terminal.cwd),
    search: compiled.search,
    store,
    evaluator,
    identity,
    onEvent: (event) => {
      if (event.kind === 'warning') showDiagnostics(context, [event.diagnostic]);
    },
  });
  if (outcome.kind === 'stopped') throw new Refusal(...outcome.diagnostics);
  progress.write(`seed ${seed}  ${stop}: ${trials} trials\n`);
  return (await readExperiment(store, experimentId(identity))).trials;
}

/** Compares a search in which all trainings are whole with one in which some were ended, trial by trial. */
export function pairOf(seed: number, whole: readonly TrialRecord[], stopped: readonly TrialRecord[]): Pair {
  let [all, spared, squares, ended, alike] = [0, 0, 0, 0, whole.length === stopped.length];
  for (const [number, trial] of whole.entries()) {
    const other = stopped[number];
    if (other?.architecture !== trial.architecture) {
      throw new Failure(`trial ${number} of seed ${seed} is not the same architecture in both searches`);
    }
    if (trial.status === 'failed' || other.status === 'failed') {
      alike &&= trial.status === other.status;
      continue;
    }
    all += trial.metrics.epochLosses.length;
    spared += trial.metrics.epochLosses.length - other.metrics.epochLosses.length;
    const difference = (other.metrics.accuracy ?? NaN) - (trial.metrics.accuracy ?? NaN);
    if (other.metrics.stopped) {
      ended++;
      squares += difference ** 2;
    } else alike &&= difference === 0;
  }
  return {
    seed,
    trials: whole.length,
    ended,
    spared: spared / all,
    best: bestOf(whole),
    bestOfStopped: bestOf(stopped),
    error: Math.sqrt(squares / ended),
    alike,
  };
}

function bestOf(trials: readonly TrialRecord[]): Pair['best'] {
  const best = bestTrial(trials, { metric: 'accuracy', direction: 'maximize' });
  return { trial: best?.number ?? -1, accuracy: best?.metrics.accuracy ?? NaN };
}

function missedBy({ seed, spared, best, bestOfStopped, alike }: Pair): string[] {
  return [
    ...(spared < TO_SPARE
      ? [`seed ${seed}: ${percent(spared)} of the epochs spared, not ${percent(TO_SPARE)}`]
      : []),
    ...(best.trial === bestOfStopped.trial ? [] : [`seed ${seed}: the best, trial ${best.trial}, was lost`]),
    ...(alike ? [] : [`seed ${seed}: what was trained whole in both searches differs`]),
  ];
}

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

function linesOf(pairs: readonly Played[]): string[] {
  const rows = pairs.map(({ seed, trials, ended, spared, best, bestOfStopped, error, replayed }) => [
    String(seed),
    `${ended} of ${trials}`,
    percent(spared),
    `${percent(best.accuracy)} (trial ${best.trial})`,
    `${percent(bestOfStopped.accuracy)} (trial ${bestOfStopped.trial})`,
    `${(100 * error).toFixed(1)} points`,
    `${replayed.kept} of ${replayed.orders}, ${percent(replayed.spared)}`,
  ]);
  const head = [
    'seed',
    'ended early',
    'epochs spared',
    'best, all whole',
    'best with stop',
    'error of predictions',
    'in other orders: best kept, epochs spared',
  ];
  return [`stop: ${STOPPING}, ${EPOCHS} epochs`, ...alignColumns([head, ...rows], [0, 1, 2])];
}
