/** Makes trials, one after the other, until a budget is used up or the space is. */
import type { TrialRecord } from '../store/records.ts';
import { type SearchContext, timesSince } from './context.ts';
import { evaluateTrial } from './evaluation/evaluateTrial.ts';
import type { TrialsEnd } from './outcome.ts';
import { trialSeed } from './seeds.ts';
import type { Proposal } from './strategy.ts';
import { Interrupted } from './training.ts';

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

async function runTrial(context: SearchContext, proposal: Proposal): Promise<TrialRecord> {
  const { host, search, session, progress, clock } = context;
  const { architecture, rank, share, parent } = proposal;
  const number = progress.trials;
  const encoded = host.encode(architecture);
  const cost = host.cost(architecture);
  const seed = trialSeed(search.seed, number);
  const start = clock.now();
  context.emit({ kind: 'trialStarted', number, architecture: encoded, cost });
  const result = await evaluateTrial(context, { number, proposal, seed });
  if ('metrics' in result && result.tensors && context.keepsTensors) {
    // Before the trial itself: a trial that is stored can be a parent.
    await session.keepTensors(number, result.tensors, encoded);
  }
  const base = {
    number,
    architecture: encoded,
    json: host.toJson(architecture),
    rank,
    ...(share !== undefined && { share }),
    ...(parent !== undefined && { parent }),
    seed,
    ...cost,
    run: session.run,
    ...timesSince(start, clock),
  };
  if ('code' in result) return { ...base, status: 'failed', diagnostic: result };
  return { ...base, status: 'done', metrics: result.metrics };
}
