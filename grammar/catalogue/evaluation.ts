/** Diagnostics 481x and 482x of family 4: how candidates are evaluated, and by what they are ranked. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface EvaluationValues {
  tableKey: { space: string; key: string | undefined };
  tableOutOfRange: { path: string; column: string; row: number; value: number };
  tableIncomplete: { path: string; rows: number; members: bigint };
  firstObjectiveOnly: { strategy: string; objective: string };
  otherDecisions: { space: string; problem: string };
  keptMissing: { trial: number; path: string };
  latencyTableBroken: { path: string; problem: string };
  latencyTableForeign: { path: string; problem: string };
  latencyRowMissing: { row: string };
}

/** The entries of {@link EvaluationValues}. */
export const evaluationEntries: Entries<EvaluationValues> = {
  tableKey: {
    code: 'NAS4811',
    severity: 'error',
    title: 'no notation for a table of results',
    message: ({ space, key }) =>
      key === undefined
        ? `it is not said which notation of \`${space}\` the table is written in`
        : `\`${space}\` has no notation \`${key}\``,
    explanation: `A table of results names architectures as a notation of the space writes them: \`tabular(file: "...", key: NAME, accuracy: COLUMN)\`. \`key\` may be left out where the space has one notation only.`,
  },
  tableOutOfRange: {
    code: 'NAS4812',
    severity: 'error',
    title: 'no share in a table of results',
    message: ({ path, column, row, value }) =>
      `\`${column}\` in row ${row} of ${path} amounts to ${value}, which is no share from 0 to 1`,
    explanation: `Accuracies are shares from 0 to 1. Where the table holds percentages, write \`scale: 0.01\`.`,
  },
  tableIncomplete: {
    code: 'NAS4813',
    severity: 'warning',
    title: 'table of results with fewer rows than architectures',
    message: ({ path, rows, members }) =>
      `${path} has ${rows} row${rows === 1 ? '' : 's'} for ${members} architectures`,
    explanation: `A trial of an architecture that is not in the table fails and uses up its part of the budget. Restrict the space with \`require\` to what the table covers, or complete the table.`,
  },
  firstObjectiveOnly: {
    code: 'NAS4814',
    severity: 'warning',
    title: 'a strategy of one objective',
    message: ({ strategy, objective }) =>
      `the strategy ${strategy} follows the first objective alone: ${objective}`,
    explanation: `All objectives are recorded, and the report lists every trial that no other one beats in all of them; but what is proposed next depends on the first objective only. \`strategy nsga2\` follows all of them.`,
  },
  otherDecisions: {
    code: 'NAS4816',
    severity: 'error',
    title: 'other decisions at other parameters',
    message: ({ space, problem }) =>
      `the winner cannot be trained at these parameters of \`${space}\`: ${problem}`,
    explanation: `A search at small parameters stands in for one at large ones when only sizes change: channels, repeats of one cell. \`scale\` of \`retrain\` may name parameters only that leave every decision, and its options, as they are.`,
  },
  keptMissing: {
    code: 'NAS4815',
    severity: 'error',
    title: 'weights of a parent are gone',
    message: ({ trial, path }) =>
      `the weights of trial ${trial}, with which another begins, are not at ${path}`,
    explanation: `Strategies that go on with trained networks keep the weights of every trial beside the store. The files were moved or removed, so the search cannot go on as it would have: put them back, or begin anew with \`--fresh\`.`,
  },
  latencyTableBroken: {
    code: 'NAS4821',
    severity: 'error',
    title: 'latency table damaged',
    message: ({ path, problem }) => `${path} cannot be used: ${problem}`,
    explanation: `A latency table is the JSON that \`nas latency\` writes: the milliseconds of every operation on one adapter, and the line that makes predictions of their sums. An experiment keeps the table that it began with, so that going on with it predicts the same numbers. With that file changed this cannot be promised: put it back, or begin anew with \`--fresh\`.`,
  },
  latencyTableForeign: {
    code: 'NAS4822',
    severity: 'error',
    title: 'latency table of something else',
    message: ({ path, problem }) => `the latency table ${path} is not for this: ${problem}`,
    explanation: `A latency table holds for one space, at its parameters, and for one batch: elsewhere other operations run. \`nas latency\` measures another.`,
  },
  latencyRowMissing: {
    code: 'NAS4823',
    severity: 'error',
    title: 'operation missing in a latency table',
    message: ({ row }) => `the latency table has no row for \`${row}\``,
    explanation: `A latency is predicted as a sum over the operations of a network, each of which must be in the table. A table that \`nas latency\` measured has them all; this one is of another space, or lines were taken out of it. The trial counts as failed and the search goes on.`,
  },
};
