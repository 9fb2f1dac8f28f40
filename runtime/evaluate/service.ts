/**
 * Answers training requests with whatever executor it is given: the work of a worker, without the process around it.
 * Data sets are read once and kept.
 */
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { DataSpec } from '../../compiler/search/search.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadData } from '../data/table.ts';
import type { Executor } from '../train/executor.ts';
import { measureTrained, trainAndMeasure } from '../train/loop.ts';
import { measureLatency } from './latency.ts';
import type {
  DeviceUse,
  Evaluator,
  EvaluateResult,
  LatencyResult,
  OnProgress,
  QuickWork,
  ResultOf,
  ScoreResult,
  TrainFailure,
  TrainProgress,
  TrainRequest,
  TrainResult,
  Work,
} from './protocol.ts';
import { scoreNetwork } from './zeroCost.ts';

export interface TrainService {
  /** `onProgress` is waited for where the training is observed. */
  readonly train: (
    request: TrainRequest,
    onProgress: (progress: TrainProgress) => ReturnType<OnProgress> | Promise<boolean | void>,
  ) => Promise<TrainResult | TrainFailure>;
  readonly measure: Evaluator['measure'];
  /** A data set, read once. */
  readonly dataOf: (spec: DataSpec) => Promise<Dataset>;
}

/** A service on `executor`; `use` reads its counters. */
export function trainService(executor: Executor, use: () => DeviceUse): TrainService {
  const kept = new Map<string, Promise<Dataset>>();

  /** One object for each specification, so that executors can keep it on the device. */
  const dataOf = (spec: DataSpec): Promise<Dataset> => {
    // The order in which arguments are written makes two entries at worst.
    const key = JSON.stringify([spec.name, spec.args]);
    const found = kept.get(key) ?? loadData(spec);
    kept.set(key, found);
    // A file that could not be read may be there the next time.
    found.catch(() => kept.delete(key));
    return found;
  };

  /** Fails for good without data, and for this network where the work fails. */
  const onData = async <T>(
    { id, data }: Work,
    work: (dataset: Dataset) => Promise<T>,
  ): Promise<T | TrainFailure> => {
    let dataset;
    try {
      dataset = await dataOf(data);
    } catch (error) {
      return failure(id, error, true);
    }
    try {
      return await work(dataset);
    } catch (error) {
      return failure(id, error, false);
    }
  };

  const measureOn = async (
    request: QuickWork,
    dataset: Dataset,
  ): Promise<EvaluateResult | LatencyResult | ScoreResult> => {
    const { id } = request;
    switch (request.kind) {
      case 'evaluate': {
        const { evaluation, evaluateOn, tuning, tensors } = request;
        const task = { evaluation, evaluateOn, tuning, dataset };
        return { kind: 'evaluated', id, ...(await measureTrained(executor, task, tensors)), device: use() };
      }
      case 'latency': {
        const milliseconds = await measureLatency(executor, request, dataset);
        return { kind: 'latency', id, milliseconds, device: use() };
      }
      case 'score': {
        const score = await scoreNetwork(executor, request, dataset);
        return { kind: 'score', id, score, device: use() };
      }
      default:
        return request satisfies never;
    }
  };

  return {
    dataOf,
    measure: (request) => {
      const answer = onData(request, (dataset) => measureOn(request, dataset));
      return answer as Promise<ResultOf<typeof request> | TrainFailure>; // correlated union: by kind
    },
    train: async (request, onProgress) => {
      const start = performance.now();
      const { kind: _, id, data: __, ...asked } = request;
      return onData(request, async (dataset): Promise<TrainResult> => {
        const { epochs } = asked.train;
        const trained = await trainAndMeasure(
          executor,
          { ...asked, dataset },
          (epoch, loss, accuracy, checkpoint) =>
            onProgress({
              kind: 'progress',
              id,
              epoch,
              epochs,
              loss,
              ...(accuracy !== undefined && { accuracy }),
              ...(checkpoint && { checkpoint, adapter: use().adapter }),
            }),
        );
        const seconds = (performance.now() - start) / 1000;
        return { kind: 'result', id, ...trained, seconds, device: use() };
      });
    },
  };
}

/** What went wrong with request `id`, as an answer. An error that is no refusal is a mistake of ours. */
export function failure(id: number, error: unknown, fatal: boolean): TrainFailure {
  return { kind: 'failure', id, diagnostic: diagnosticOf(error), fatal };
}

/**
 * Whether a worker is not to be used again after a failure: a mistake of this program leaves it in a state that nobody
 * knows, and a device that was lost or ran out of memory says so for ever after.
 */
export function spendsWorker({ diagnostic }: TrainFailure): boolean {
  return SPENDING.includes(diagnostic.code);
}

const SPENDING: readonly string[] = [
  diagnose('workerError', { message: '' }),
  diagnose('deviceLost', { reason: '' }),
  diagnose('deviceError', { message: '' }),
].map(({ code }) => code);

/** An error as a diagnostic; of a refusal with several, the others become notes of the first. */
export function diagnosticOf(error: unknown): Diagnostic {
  if (error instanceof Refusal) {
    const [first, ...others] = error.diagnostics;
    if (first !== undefined) {
      return { ...first, notes: [...first.notes, ...others.map((d) => `also ${d.code}: ${d.message}`)] };
    }
  }
  // Messages of ours may be long, such as a whole kernel that does not compile: the first line stands for it.
  const [message = '', ...lines] = (error instanceof Error ? error.message : String(error)).split('\n');
  const stack =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return diagnose(
    'workerError',
    { message },
    { notes: [...lines.slice(0, 10), ...stack.slice(0, 8)].map((l) => l.trim()) },
  );
}
