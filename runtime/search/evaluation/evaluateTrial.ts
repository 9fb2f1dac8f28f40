/** Evaluates one proposal in the way that the search says, and measures what its objectives ask for besides. */
import type {
  Metric,
  ObjectiveSpec,
  SearchSpec,
  ZeroCostEvaluation,
} from '../../../compiler/search/search.ts';
import { diagnose, type Diagnostic } from '../../../grammar/diagnostics.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { invariant, present } from '../../../util/invariant.ts';
import type { Metrics, MoreMetrics } from '../../store/records.ts';
import type { SearchHost } from '../host.ts';
import { measure, shareWeights, type SearchContext } from '../context.ts';
import { objectiveValue } from '../objective.ts';
import { attempt, type Evaluated, type Trial } from './trial.ts';
import { trainTrial } from './trainTrial.ts';

/** The result of a trial, or why it failed. Refuses where the evaluator cannot go on at all. */
export async function evaluateTrial(context: SearchContext, trial: Trial): Promise<Evaluated | Diagnostic> {
  const evaluated = await evaluate(context, trial);
  if ('code' in evaluated) return evaluated;
  const more = await measureMore(context, trial);
  if ('code' in more) return more;
  const metrics = { ...evaluated.metrics, ...more };
  return unusable(metrics, context.search) ?? { ...evaluated, metrics };
}

function evaluate(context: SearchContext, trial: Trial): Promise<Evaluated | Diagnostic> {
  const { host, search } = context;
  const { kind } = search.evaluate;
  switch (kind) {
    case 'train':
      return trainTrial(context, trial, search.evaluate);
    case 'shared':
      return scoreShared(context, trial);
    case 'tabular': {
      const table = present(host.table, 'search: the table of results');
      const found = table.metrics(trial.proposal.architecture);
      return Promise.resolve('code' in found ? found : { metrics: found });
    }
    case 'zero_cost':
      return scoreTrial(context, trial, search.evaluate);
    default:
      return kind satisfies never;
  }
}

/** What objectives ask for that no evaluation tells by itself. */
async function measureMore(context: SearchContext, trial: Trial): Promise<MoreMetrics | Diagnostic> {
  const { host, search } = context;
  const { architecture } = trial.proposal;
  const asked = (metric: Metric): ObjectiveSpec | undefined =>
    search.objectives.find((o) => o.metric === metric);
  const predicted = attempt((): MoreMetrics => ({
    ...(asked('peak_memory') && { peakMemory: host.peakMemory(architecture) }),
    ...(asked('predicted_latency') && { predictedLatency: predictLatency(host, architecture) }),
  }));
  const timed = asked('latency');
  // A table tells latencies by itself: there is nothing to measure with.
  if ('code' in predicted || timed === undefined || host.table) return predicted;
  const request = attempt(() => host.latency(architecture, timed.batch, trial.seed, trial.number));
  if ('code' in request) return request;
  const answer = await measure(context, request);
  return 'code' in answer ? answer : { ...predicted, latency: answer.milliseconds };
}

function predictLatency(host: SearchHost, architecture: Architecture): number {
  invariant(host.predictLatency, 'search: a latency table was to be made before the first trial');
  return host.predictLatency(architecture);
}

/** Measures a network with the weights that all share. */
async function scoreShared(
  context: SearchContext,
  { number, proposal: { architecture } }: Trial,
): Promise<Evaluated | Diagnostic> {
  const { scores } = await shareWeights(context, 0, [architecture], number);
  const { loss, accuracy, images } = present(scores[0], 'the score of a network');
  return { metrics: { loss, accuracy, images, epochLosses: [] } };
}

/** Scores an untrained network. */
async function scoreTrial(
  context: SearchContext,
  { number, proposal: { architecture }, seed }: Trial,
  { score }: ZeroCostEvaluation,
): Promise<Evaluated | Diagnostic> {
  const scored = (value: number): Evaluated => ({
    metrics: { loss: undefined, accuracy: undefined, images: 0, epochLosses: [], score: value },
  });
  if (score === 'params') return scored(context.host.cost(architecture).params);
  const request = attempt(() => context.host.score(architecture, seed, number));
  if ('code' in request) return request;
  const answer = await measure(context, request);
  return 'code' in answer ? answer : scored(answer.score);
}

/** That an objective has no finite value. */
function unusable(metrics: Metrics, { objectives }: SearchSpec): Diagnostic | undefined {
  // Costs of the architecture are whole numbers in any case.
  const trial = { metrics, params: 0, macs: 0 };
  const bad = objectives.find((objective) => !Number.isFinite(objectiveValue(trial, objective) ?? NaN));
  return bad && diagnose('resultNotFinite', { what: bad.metric });
}
