/** What a search came to: the best architecture, how good it is, and where everything lies. */
import { join } from 'node:path';
import type { CompiledSearch } from '../../compiler/compile.ts';
import { fromCompact } from '../../compiler/space/encode.ts';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import type { FinishedSearch, InterruptedSearch, StoppedSearch } from '../../runtime/search/outcome.ts';
import type { Metrics } from '../../runtime/store/records.ts';
import type { Experiment } from '../../runtime/store/Store.ts';
import { present } from '../../util/invariant.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import { answerLines, formatCount, formatHits, formatLoss, formatSeconds, formatShare } from '../format.ts';

/** The report of a finished search, for people. `store` is the folder as the user knows it. */
export function reportLines(
  outcome: FinishedSearch,
  { space }: CompiledSearch,
  { trials }: Experiment,
  store: string,
  colors: Colors,
): string[] {
  const { winner, final, experiment } = outcome;
  const architecture = present(
    fromCompact(space, winner.architecture).value,
    'report: the best architecture',
  );
  const answers = answerLines(space, architecture).map((line) => `  ${line}`);
  const spent = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const good = (metrics: Metrics): string => colors.green(formatShare(metrics.accuracy));
  return [
    `${colors.bold('best architecture')}: ${winner.architecture} (trial ${winner.number})`,
    '',
    ...(answers.length > 0 ? [...answers, ''] : []),
    `  validation    ${good(winner.metrics)}, ${measured(winner.metrics)}`,
    `  test          ${good(final.metrics)}, ${measured(final.metrics)}, after training anew on training and validation images`,
    `  params        ${formatCount(winner.params)}`,
    `  MACs          ${formatCount(winner.macs)} per image`,
    `  time          ${formatSeconds(spent)} for ${countOf(trials.length, 'trial')}, ${formatSeconds(final.seconds)} for the final training`,
    '',
    `  architecture  ${join(store, final.architecture)}`,
    `  weights       ${join(store, final.weights)}`,
    `  store         ${join(store, 'store.db')}, experiment ${experiment}`,
  ];
}

function measured(metrics: Metrics): string {
  return `${formatHits(metrics)} images, loss ${formatLoss(metrics.loss)}`;
}

/** The same for other programs. Paths are as the user gave the folder of the store. */
export function finishedJson(outcome: FinishedSearch, { record, trials }: Experiment, store: string): object {
  const { winner, final, experiment, reason, earlier, testReadings } = outcome;
  const { architecture, json, rank, params, macs } = winner;
  return {
    status: 'finished',
    experiment,
    search: record.name,
    seed: record.identity.seed,
    trials: trials.length,
    reason,
    earlier,
    best: {
      trial: winner.number,
      architecture,
      rank,
      decisions: json,
      params,
      macs,
      validation: metricsJson(winner.metrics),
    },
    final: {
      test: metricsJson(final.metrics),
      testReadings,
      architecture: join(store, final.architecture),
      weights: join(store, final.weights),
    },
    seconds: { trials: trials.reduce((sum, trial) => sum + trial.seconds, 0), final: final.seconds },
    store: join(store, 'store.db'),
  };
}

/** A search that did not come to its end, for other programs. */
export function stoppedJson(outcome: InterruptedSearch | StoppedSearch, store: string): object {
  const { kind, experiment, trials, best } = outcome;
  return {
    status: kind,
    experiment,
    trials,
    best: best && {
      trial: best.number,
      architecture: best.architecture,
      validation: metricsJson(best.metrics),
    },
    ...(outcome.kind === 'stopped' && { diagnostics: outcome.diagnostics.map(diagnosticToJson) }),
    store: join(store, 'store.db'),
  };
}

function metricsJson({ accuracy, loss, images }: Metrics): object {
  return { accuracy, correct: Math.round(accuracy * images), images, loss };
}
