/** What a search came to: the best architecture, how good it is, and where everything lies. */
import { join } from 'node:path';
import type { CompiledSearch } from '../../compiler/compile.ts';
import { fromCompact } from '../../compiler/space/encode.ts';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import { frontOf } from '../../runtime/search/Front.ts';
import { objectiveValue } from '../../runtime/search/objective.ts';
import type { FinishedSearch, InterruptedSearch, StoppedSearch } from '../../runtime/search/outcome.ts';
import type { Metrics } from '../../runtime/store/records.ts';
import type { Experiment } from '../../runtime/store/Store.ts';
import { present } from '../../util/invariant.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import { alignColumns, answerLines, formatCount, formatSeconds, formatShare } from '../format.ts';
import { measuredText, moreTexts, objectiveText, qualityText } from '../metrics.ts';

/** The report of a finished search, for people. `store` is the folder as the user knows it. */
export function reportLines(
  outcome: FinishedSearch,
  { space }: CompiledSearch,
  found: Experiment,
  store: string,
  colors: Colors,
): string[] {
  const { winner, final, experiment } = outcome;
  const { trials } = found;
  const architecture = present(
    fromCompact(space, winner.architecture).value,
    'report: the best architecture',
  );
  const answers = answerLines(space, architecture).map((line) => `  ${line}`);
  const spent = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const told = (metrics: Metrics): string =>
    [colors.green(qualityText(metrics)), measuredText(metrics), ...moreTexts(metrics)]
      .filter((text) => text !== '')
      .join(', ');
  const anew = final.weights === undefined ? '' : ', after training anew on training and validation images';
  const test =
    final.metrics.accuracy === undefined
      ? 'unknown: the table was given no column `test`'
      : told(final.metrics);
  const training =
    final.weights === undefined ? '' : `, ${formatSeconds(final.seconds)} for the final training`;
  return [
    ...frontLines(found),
    `${colors.bold('best architecture')}: ${winner.architecture} (trial ${winner.number})`,
    '',
    ...(answers.length > 0 ? [...answers, ''] : []),
    `  ${winner.metrics.accuracy === undefined ? 'score     ' : 'validation'}    ${told(winner.metrics)}`,
    `  test          ${test}${anew}`,
    ...sparedLines(trials),
    `  params        ${formatCount(winner.params)}`,
    `  MACs          ${formatCount(winner.macs)} per image`,
    `  time          ${formatSeconds(spent)} for ${countOf(trials.length, 'trial')}${training}`,
    '',
    `  architecture  ${join(store, final.architecture)}`,
    ...(final.weights === undefined ? [] : [`  weights       ${join(store, final.weights)}`]),
    `  store         ${join(store, 'store.db')}, experiment ${experiment}`,
  ];
}

/** How much of the trainings was left out, where some were ended early. */
function sparedLines(trials: Experiment['trials']): string[] {
  const done = trials.filter((trial) => trial.status === 'done');
  const stopped = done.flatMap(({ metrics }) => metrics.stopped ?? []);
  if (stopped.length === 0) return [];
  const spared = stopped.reduce((sum, { epoch, epochs }) => sum + epochs - epoch, 0);
  const trained = done.reduce((sum, { metrics }) => sum + metrics.epochLosses.length, 0);
  const share = formatShare(spared / (spared + trained));
  return [
    `  ended early   ${stopped.length} of ${countOf(trials.length, 'trial')}, which spared ${share} of the epochs`,
  ];
}

/** The trials that no other one beats in every objective, where there are several. */
function frontLines({ record, trials }: Experiment): string[] {
  const { objectives } = record;
  if (objectives.length === 1) return [];
  const front = frontOf(trials, objectives);
  const rows = front.map((trial) => [
    `trial ${trial.number}`,
    ...objectives.map((objective) => objectiveText(trial, objective)),
    trial.architecture,
  ]);
  const head = ['', ...objectives.map(({ direction, metric }) => `${direction} ${metric}`), 'architecture'];
  return [
    `${countOf(front.length, 'trial')} that no other beats in every objective:`,
    '',
    ...alignColumns(
      [head, ...rows],
      objectives.map((_, i) => i + 1),
    ),
    '',
  ];
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
    ...frontJson(record, trials),
    final: {
      test: metricsJson(final.metrics),
      testReadings,
      architecture: join(store, final.architecture),
      weights: final.weights === undefined ? null : join(store, final.weights),
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

function frontJson({ objectives }: Experiment['record'], trials: Experiment['trials']): object {
  if (objectives.length === 1) return {};
  const front = frontOf(trials, objectives).map((trial) => ({
    trial: trial.number,
    architecture: trial.architecture,
    objectives: Object.fromEntries(
      objectives.map((objective) => [objective.metric, objectiveValue(trial, objective)]),
    ),
  }));
  return { front };
}

function metricsJson(metrics: Metrics): object {
  const { accuracy, loss, images, epochLosses: _, ...more } = metrics;
  const correct = accuracy === undefined || images === 0 ? {} : { correct: Math.round(accuracy * images) };
  return { accuracy, ...correct, images, loss, ...more };
}
