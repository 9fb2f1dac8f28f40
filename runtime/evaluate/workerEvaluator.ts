/**
 * Evaluates in a worker process that owns the device. A request whose worker crashes or is killed is given to a fresh
 * one, so that what happens to a worker from outside leaves no trace in the results; a request that takes its second
 * worker along, too, has failed, and the next gets a fresh worker, unless too many in a row were lost.
 */
import { diagnose, type Details, type Diagnostic } from '../../grammar/diagnostics.ts';
import type {
  Evaluator,
  OnProgress,
  QuickWork,
  ResultOf,
  ShareRequest,
  ShareResult,
  TrainFailure,
  TrainRequest,
  TrainResult,
  Work,
} from './protocol.ts';
import { spendsWorker } from './service.ts';
import { WorkerProcess, type Lost, type WorkerOptions } from './workerProcess.ts';

export interface WorkerEvaluatorOptions extends WorkerOptions {
  /** So many workers may be lost one after the other, without a finished training between them. */
  readonly lossLimit?: number;
}

/** Workers that a request may take along. */
const ATTEMPTS = 2;
/** Three requests in a row. */
const LOSS_LIMIT = 3 * ATTEMPTS;

/** An evaluator whose worker is started by the first request, or by `start`. Requests are answered one after the other. */
export function workerEvaluator(options: WorkerEvaluatorOptions = {}): WorkerEvaluator {
  return new WorkerEvaluator(options);
}

/** See {@link workerEvaluator}. */
export class WorkerEvaluator implements Evaluator {
  readonly #options: WorkerEvaluatorOptions;
  #worker: WorkerProcess | undefined;
  #lossesInARow = 0;
  #lastLoss: Diagnostic | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** A worker, or why there is none, that was asked for before a request needed it. */
  #early: Promise<WorkerProcess | Diagnostic> | undefined;
  #closed = false;

  constructor(options: WorkerEvaluatorOptions) {
    this.#options = options;
  }

  /** Process id of the worker, when there is one. */
  get workerPid(): number | undefined {
    return this.#worker?.alive === true ? this.#worker.pid : undefined;
  }

  /**
   * Starts the worker before there is a request, so that it opens its device while the coordinator does something else. What
   * goes wrong with that is told by the first request.
   */
  start(): void {
    this.#early ??= this.#ready();
  }

  train(request: TrainRequest, onProgress: OnProgress): Promise<TrainResult | TrainFailure> {
    return this.#enqueue(request, onProgress);
  }

  share(request: ShareRequest, onProgress: OnProgress): Promise<ShareResult | TrainFailure> {
    return this.#enqueue(request, onProgress);
  }

  measure<W extends QuickWork>(request: W): Promise<ResultOf<W> | TrainFailure> {
    return this.#enqueue(request, () => undefined);
  }

  #enqueue<W extends Work>(request: W, onProgress: OnProgress): Promise<ResultOf<W> | TrainFailure> {
    const answer = this.#queue.then(() => this.#answer(request, onProgress));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the worker within a second. What is under way or waiting fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.close();
    await this.#early;
    await this.#queue;
  }

  async #answer<W extends Work>(request: W, onProgress: OnProgress): Promise<ResultOf<W> | TrainFailure> {
    const fail = (diagnostic: Diagnostic, fatal: boolean): TrainFailure => ({
      kind: 'failure',
      id: request.id,
      diagnostic,
      fatal,
    });
    // A training that made checkpoints goes on from the last one, and not from its beginning.
    let asked: W = request;
    const heard: OnProgress = (progress) => {
      const { checkpoint } = progress;
      if (checkpoint) asked = { ...asked, resume: checkpoint };
      return onProgress(progress);
    };
    for (let attempt = 1; ; attempt += 1) {
      // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
      const worker = await this.#ready();
      if ('code' in worker) return fail(worker, true);
      // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
      const answer = await worker.work(asked, heard);
      if (!isLoss(answer)) {
        this.#lossesInARow = 0;
        return answer;
      }
      const { diagnostic, again } = lossOf(answer);
      worker.kill();
      this.#count(diagnostic);
      if (this.#closed || !again || attempt === ATTEMPTS) return fail(told(diagnostic, attempt), false);
    }
  }

  /** A worker that waits for a request, or why there can be none. */
  async #ready(): Promise<WorkerProcess | Diagnostic> {
    const early = await this.#takeEarly();
    if (early !== undefined && 'code' in early) return early;
    for (;;) {
      if (this.#closed) return diagnose('workerLost', { how: 'the evaluator was closed' });
      if (this.#worker?.alive === true) return this.#worker;
      const limit = this.#options.lossLimit ?? LOSS_LIMIT;
      if (this.#lossesInARow >= limit) {
        const last = this.#lastLoss;
        const notes = last === undefined ? [] : [`the last one: ${last.message}`, ...last.notes];
        return diagnose('workerGaveUp', { times: this.#lossesInARow }, { notes });
      }
      const worker = new WorkerProcess(this.#options);
      this.#worker = worker;
      const first = await worker.ready();
      if (first.kind === 'notReady') {
        worker.kill();
        return first.diagnostic;
      }
      if (first.kind === 'lost')
        this.#count(diagnose('workerNotReady', { how: first.how }, saidDetails(first)));
    }
  }

  /** What {@link start} came to, for the first who asks. */
  #takeEarly(): Promise<WorkerProcess | Diagnostic> | undefined {
    const early = this.#early;
    this.#early = undefined;
    return early;
  }

  #count(diagnostic: Diagnostic): Diagnostic {
    this.#lossesInARow += 1;
    this.#lastLoss = diagnostic;
    return diagnostic;
  }
}

/** Whether the worker is lost, or not to be used any more. */
function isLoss(answer: ResultOf<Work> | TrainFailure | Lost): answer is TrainFailure | Lost {
  return answer.kind === 'lost' || (answer.kind === 'failure' && spendsWorker(answer));
}

/** Why the worker is not to be used any more, and whether another one may fare better. */
function lossOf(answer: TrainFailure | Lost): { readonly diagnostic: Diagnostic; readonly again: boolean } {
  // Silence is long to wait for, and whoever kills a worker does not make it silent.
  if (answer.kind === 'lost') {
    return { diagnostic: lossDiagnostic(answer), again: answer.silentFor === undefined };
  }
  // A reset of the driver is nothing of this network's; the other failures would only be repeated.
  const { diagnostic } = answer;
  return { diagnostic, again: diagnostic.code === DEVICE_LOST };
}

const DEVICE_LOST = diagnose('deviceLost', { reason: '' }).code;

function told(diagnostic: Diagnostic, attempts: number): Diagnostic {
  if (attempts === 1) return diagnostic;
  return { ...diagnostic, notes: [...diagnostic.notes, `it was tried ${attempts} times`] };
}

function lossDiagnostic(lost: Lost): Diagnostic {
  if (lost.silentFor !== undefined) {
    return diagnose('workerSilent', { seconds: lost.silentFor / 1000 }, saidDetails(lost));
  }
  const hint =
    lost.how === 'signal SIGKILL'
      ? 'if nobody killed it, the machine ran out of memory: try smaller networks or batches'
      : undefined;
  return diagnose('workerLost', { how: lost.how }, { ...saidDetails(lost), hint });
}

function saidDetails(lost: Lost): Details {
  return { notes: lost.said.map((line) => `it wrote: ${line}`) };
}
