/** Evaluates a proposal by training it: from scratch or from its parent's weights, once or from several seeds. */
import type { CurveSpec, TrainEvaluation } from '../../../compiler/search/search.ts';
import { Refusal, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { invariant } from '../../../util/invariant.ts';
import type { TensorsByName, TrainResult } from '../../evaluate/protocol.ts';
import type { Metrics, Repeats } from '../../store/records.ts';
import { train, type SearchContext } from '../context.ts';
import { watchCurve, type CurveWatch } from './curveWatch.ts';
import type { TrainingTerms } from '../host.ts';
import { repeatsOf } from './repeats.ts';
import { repeatSeed } from '../seeds.ts';
import { resultProblem } from '../training.ts';
import { attempt, type Evaluated, type Trial } from './trial.ts';

/** Trains and measures on validation images. The first of several trainings is the one whose tensors are kept. */
export async function trainTrial(
  context: SearchContext,
  trial: Trial,
  { repeats = 1, stop, train: { epochs } }: TrainEvaluation,
): Promise<Evaluated | Diagnostic> {
  const same = context.progress.equal(trial.proposal);
  if (same) return { metrics: { ...same.metrics, sameAs: same.metrics.sameAs ?? same.number } };
  const initial = await initialOf(context, trial);
  const { share } = trial.proposal;
  const terms: TrainingTerms = {
    ...(share !== undefined && { share }),
    ...(initial && { initial }),
    ...(context.keepsTensors && { keepTensors: true }),
  };
  if (stop) return trainWatched(context, trial, terms, watchFor(context, trial, stop, epochs), epochs);
  const results: TrainResult[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const seed = repeat === 0 ? trial.seed : repeatSeed(context.search.seed, trial.number, repeat);
    // oxlint-disable-next-line no-await-in-loop -- one device trains one network after the other
    const result = await trainOnce(context, { ...trial, seed }, terms);
    if ('code' in result) return result;
    results.push(result);
  }
  const [first, ...others] = results;
  invariant(first, 'search: a trial without a training');
  const metrics = metricsOf(first);
  if (others.length === 0) return { metrics, tensors: first.tensors };
  const [accuracies, losses] = [results.map((r) => r.accuracy), results.map((r) => r.loss)];
  const { mean, ...spread } = repeatsOf(accuracies);
  const told: Repeats = { accuracies, losses, ...spread };
  return {
    metrics: { ...metrics, accuracy: mean, loss: repeatsOf(losses).mean, repeats: told },
    tensors: first.tensors,
  };
}

/** A training is ended early only where it would have been a whole one from fresh weights. */
function watchFor(
  { host, search, progress }: SearchContext,
  { proposal: { architecture, share = 1, parent } }: Trial,
  stop: CurveSpec,
  epochs: number,
): CurveWatch | undefined {
  if (share < 1 || parent !== undefined) return undefined;
  return watchCurve(stop, search, progress.done, host.cost(architecture), epochs);
}

async function trainWatched(
  context: SearchContext,
  trial: Trial,
  terms: TrainingTerms,
  watch: CurveWatch | undefined,
  epochs: number,
): Promise<Evaluated | Diagnostic> {
  const result = await trainOnce(context, trial, terms, watch?.goesOn);
  if ('code' in result) return result;
  const metrics = metricsOf(result);
  const ended = watch?.ended();
  if (ended === undefined) return { metrics, tensors: result.tensors };
  const { epoch, predicted, deviation } = ended;
  return {
    metrics: { ...metrics, accuracy: predicted, stopped: { epoch, epochs, deviation } },
    tensors: result.tensors,
  };
}

async function trainOnce(
  context: SearchContext,
  { number, proposal, seed }: Trial,
  terms: TrainingTerms,
  goesOn?: CurveWatch['goesOn'],
): Promise<TrainResult | Diagnostic> {
  const request = attempt(() => context.host.request(proposal.architecture, 'trial', seed, number, terms));
  if ('code' in request) return request;
  invariant(
    request.trainOn === 'train' && request.evaluateOn === 'validation',
    'search: a trial may see nothing but training and validation images',
  );
  const response = await train(context, request, 'trial', number, goesOn);
  if (response.kind === 'result') return resultProblem(response) ?? response;
  if (response.fatal) throw new Refusal(response.diagnostic);
  return response.diagnostic;
}

/** What a child begins with: the tensors of its parent, made fit for it. */
async function initialOf(
  { host, progress, session, keepsTensors }: SearchContext,
  { seed, proposal: { parent, architecture, noise } }: Trial,
): Promise<TensorsByName | undefined> {
  if (parent === undefined) return undefined;
  invariant(keepsTensors, 'search: a strategy names a parent and does not say that it `inherits`');
  const found = progress.done.find(({ number }) => number === parent);
  invariant(found, `search: the parent, trial ${parent}, failed or is still to come`);
  // What took over another trial's result was not trained itself.
  const trained = found.metrics.sameAs ?? parent;
  const tensors = await session.readTensors(trained);
  return host.inherit?.(progress.architecture(trained), tensors, architecture, { seed, noise }) ?? tensors;
}

/** What is kept of a result. */
export function metricsOf({ loss, accuracy, images, epochLosses, epochAccuracies }: TrainResult): Metrics {
  return { loss, accuracy, images, epochLosses, ...(epochAccuracies && { epochAccuracies }) };
}
