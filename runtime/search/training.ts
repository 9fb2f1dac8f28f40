/** One training, wherever it happens: waits for it, or for the user who stops it. */
import { diagnose, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Evaluator, OnProgress, TrainFailure, TrainRequest, TrainResult } from '../evaluate/protocol.ts';

/** Thrown out of a search that the user stopped; only the driver sees it. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Trains, and throws {@link Interrupted} as soon as `signal` says so; the training is then left to its fate. */
export async function trainUntil(
  evaluator: Evaluator,
  request: TrainRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<TrainResult | TrainFailure> {
  if (signal.aborted) throw new Interrupted();
  const training = evaluator.train(request, (progress) => {
    return signal.aborted ? undefined : onProgress(progress);
  });
  return untilAborted(training, signal);
}

/** What `work` gives, unless `signal` comes first: throws {@link Interrupted}, and leaves the work to its fate. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  try {
    // The race also takes care of work that fails after the search has ended.
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What is wrong with a result that must be kept: a number that is none. */
export function resultProblem(result: TrainResult): Diagnostic | undefined {
  const parts = [
    ['loss', result.loss],
    ['accuracy', result.accuracy],
    ...result.epochLosses.map((loss, epoch) => [`training loss in epoch ${epoch + 1}`, loss] as const),
    ...(result.epochAccuracies ?? []).map(
      (value, epoch) => [`accuracy after epoch ${epoch + 1}`, value] as const,
    ),
  ] as const;
  const bad = parts.find(([, value]) => !Number.isFinite(value));
  return bad && diagnose('resultNotFinite', { what: bad[0] });
}
