/** Evaluates one proposal in the way that the search says, and measures what its objectives ask for besides. */
import type { SearchSpec } from '../../compiler/search/search.ts';
import { diagnose, Refusal, type Diagnostic } from '../../grammar/diagnostics.ts';
import { present } from '../../util/invariant.ts';
import type { Metrics, MoreMetrics } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { objectiveValue } from './objective.ts';
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
    case 'tabular': {
      const table = present(host.table, 'search: the table of results');
      const found = table.metrics(trial.proposal.architecture);
      return Promise.resolve('code' in found ? found : { metrics: found });
    }
    case 'zero_cost':
      throw new Refusal(diagnose('notYet', { what: 'an evaluation by `zero_cost`' }));
    default:
      return kind satisfies never;
  }
}

/** What objectives ask for that no evaluation tells by itself. */
async function measureMore(context: SearchContext, trial: Trial): Promise<MoreMetrics | Diagnostic> {
  const { host, search } = context;
  if (!search.objectives.some(({ metric }) => metric === 'peak_memory')) return {};
  return attempt(() => ({ peakMemory: host.peakMemory(trial.proposal.architecture) }));
}

/** That an objective has no finite value. */
function unusable(metrics: Metrics, { objectives }: SearchSpec): Diagnostic | undefined {
  // Costs of the architecture are whole numbers in any case.
  const trial = { metrics, params: 0, macs: 0 };
  const bad = objectives.find((objective) => !Number.isFinite(objectiveValue(trial, objective) ?? NaN));
  return bad && diagnose('resultNotFinite', { what: bad.metric });
}
