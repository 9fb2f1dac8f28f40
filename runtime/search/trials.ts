/** Makes trials, one after the other, until a budget is used up or the space is. */
import { type Diagnostic, Refusal } from '../../grammar/diagnostics.ts';
import { invariant } from '../../util/invariant.ts';
import type { TrainRequest, TrainResult } from '../evaluate/protocol.ts';
import type { Metrics, TrialRecord } from '../store/records.ts';
import { type SearchContext, timesSince, train } from './context.ts';
import type { TrialsEnd } from './outcome.ts';
import { trialSeed } from './seeds.ts';
import type { Proposal } from './strategy.ts';
import { Interrupted, resultProblem } from './training.ts';

/** Makes and stores trials; says why no more are made. */
export async function runTrials(context: SearchContext): Promise<TrialsEnd> {
  const { progress, search, signal } = context;
  const { trials = Infinity, minutes = Infinity } = search.budget;
  for (;;) {
    if (signal.aborted) throw new Interrupted();
    if (progress.trials >= trials) return 'trials';
    // A trial that has begun is finished: only whole trials can be compared.
    if (progress.seconds >= minutes * 60) return 'minutes';
    const proposal = progress.strategy.ask();
    if (proposal === undefined) return 'exhausted';
    const trial = await runTrial(context, proposal);
    await context.session.addTrial(trial);
    progress.add(trial, proposal);
    context.emit({ kind: 'trialFinished', trial, best: progress.best?.trial });
  }
}

async function runTrial(context: SearchContext, { architecture, rank }: Proposal): Promise<TrialRecord> {
  const { host, search, progress, clock } = context;
  const number = progress.trials;
  const encoded = host.encode(architecture);
  const cost = host.cost(architecture);
  const seed = trialSeed(search.seed, number);
  const start = clock.now();
  context.emit({ kind: 'trialStarted', number, architecture: encoded, cost });
  const result = await evaluate(context, number, () => host.request(architecture, 'trial', seed, number));
  const base = {
    number,
    architecture: encoded,
    json: host.toJson(architecture),
    rank,
    seed,
    ...cost,
    run: context.session.run,
    ...timesSince(start, clock),
  };
  if ('code' in result) return { ...base, status: 'failed', diagnostic: result };
  return { ...base, status: 'done', metrics: metricsOf(result) };
}

/** The result of a trial, or why it failed. Refuses where the evaluator cannot go on at all. */
async function evaluate(
  context: SearchContext,
  number: number,
  makeRequest: () => TrainRequest,
): Promise<TrainResult | Diagnostic> {
  let request: TrainRequest;
  try {
    request = makeRequest();
  } catch (error) {
    // A network that does not fit the device is a failed trial; the next one may fit.
    const reason = error instanceof Refusal ? error.diagnostics[0] : undefined;
    if (reason === undefined) throw error;
    return reason;
  }
  invariant(
    request.trainOn === 'train' && request.evaluateOn === 'validation',
    'search: a trial may see nothing but training and validation images',
  );
  const response = await train(context, request, 'trial', number);
  if (response.kind === 'result') return resultProblem(response) ?? response;
  if (response.fatal) throw new Refusal(response.diagnostic);
  return response.diagnostic;
}

/** What is kept of a result. */
export function metricsOf({ loss, accuracy, images, epochLosses }: TrainResult): Metrics {
  return { loss, accuracy, images, epochLosses };
}
