/** What the parts of a running search share. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { invariant } from '../../util/invariant.ts';
import { Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import {
  isFailure,
  type Evaluator,
  type LatencyRequest,
  type ResultOf,
  type ScoreRequest,
  type ShareResult,
  type TrainFailure,
  type TrainProgress,
  type TrainRequest,
  type TrainResult,
} from '../evaluate/protocol.ts';
import type { Session } from '../store/Session.ts';
import type { SearchEvent } from './events.ts';
import type { Phase, SearchHost } from './host.ts';
import type { Progress } from './Progress.ts';
import { skipCollapse } from '../share/skipCollapse.ts';
import { trainUntil, untilAborted } from './training.ts';

/** Tells the time, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

export interface SearchContext {
  readonly host: SearchHost;
  readonly search: SearchSpec;
  readonly evaluator: Evaluator;
  readonly session: Session;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly emit: (event: SearchEvent) => void;
  /** Told the adapter of every result; records the first. */
  readonly noteAdapter: (adapter: string) => Promise<void>;
  /** Whether trained tensors are kept for trials that begin with them. */
  readonly keepsTensors: boolean;
}

/** Trains for trial `number`, passing its epochs on to whoever watches. `goesOn` may end a training that is observed. */
export async function train(
  context: SearchContext,
  request: TrainRequest,
  phase: Phase,
  number: number,
  goesOn: (progress: TrainProgress) => boolean = () => true,
): Promise<TrainResult | TrainFailure> {
  const response = await trainUntil(
    context.evaluator,
    request,
    (progress) => {
      const { epoch, epochs, loss } = progress;
      context.emit({ kind: 'epoch', phase, number, epoch, epochs, loss });
      return goesOn(progress);
    },
    context.signal,
  );
  if (response.kind === 'result') await context.noteAdapter(response.device.adapter);
  return response;
}

/** Has something measured that takes no epochs. Refuses where the evaluator cannot go on at all. */
export async function measure<W extends LatencyRequest | ScoreRequest>(
  context: SearchContext,
  request: W,
): Promise<ResultOf<W> | Diagnostic> {
  const response = await untilAborted(context.evaluator.measure(request), context.signal);
  if (isFailure(response)) {
    if (response.fatal) throw new Refusal(response.diagnostic);
    return response.diagnostic;
  }
  await context.noteAdapter(response.device.adapter);
  return response;
}

/** Trains what is left of the supernet of a search, and asks for networks that it derives and for scores of others. */
export async function shareWeights(
  context: SearchContext,
  derive: number,
  score: readonly Architecture[],
  id: number,
): Promise<ShareResult> {
  const { host, session, evaluator, signal } = context;
  invariant(host.share !== undefined, 'search: a host that shares weights');
  const request = host.share(session.supernet, derive, score, id);
  let collapsed = false;
  const work = evaluator.share(request, ({ epoch, epochs, loss, entropy, leading, numbers }) => {
    if (signal.aborted) return;
    const architecture = leading && { space: host.space.name, choices: leading };
    context.emit({
      kind: 'supernetEpoch',
      epoch,
      epochs,
      loss,
      ...(entropy !== undefined && { entropy }),
      ...(architecture && { leading: host.encode(architecture) }),
      ...(numbers && { numbers }),
    });
    const collapse = architecture && skipCollapse(host.space, architecture);
    // Told when it begins, not again in each epoch that it lasts.
    if (collapse && !collapsed) context.emit({ kind: 'warning', diagnostic: collapse });
    collapsed = collapse !== undefined;
  });
  const response = await untilAborted(work, signal);
  if (isFailure(response)) throw new Refusal(response.diagnostic);
  await context.noteAdapter(response.device.adapter);
  return response;
}

/** When something began and ended, as it is stored. */
export interface Times {
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
}

/** The times of what began at `start`, in milliseconds, and ends now. */
export function timesSince(start: number, clock: Clock): Times {
  // A clock that is set back while a trial runs gives it no negative time.
  const end = Math.max(start, clock.now());
  return {
    started: new Date(start).toISOString(),
    finished: new Date(end).toISOString(),
    seconds: (end - start) / 1000,
  };
}
