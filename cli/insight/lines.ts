/** What `nas insight` prints for people. It claims what a test bears out, and says so where none does. */
import {
  CLAIM,
  type Insight,
  type SampleInsight,
  type SimilarityInsight,
  type TransferInsight,
} from '../../runtime/search/insight/insight.ts';
import type { Effects, OptionEffect, SharedEffect } from '../../runtime/search/insight/effects.ts';
import type { Motif, Motifs } from '../../runtime/search/insight/motifs.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import { alignColumns, formatCount, formatP, formatShare } from '../format.ts';

/** Rows of a table that may be long. */
const MOST_ROWS = 12;

/** The whole report. */
export function insightLines({ space, samples, similarity, transfer }: Insight, colors: Colors): string[] {
  const found = samples.flatMap((told) => sampleLines(told, space, colors));
  return [
    ...found,
    ...(similarity ? ['', ...similarityLines(similarity, colors)] : []),
    ...(transfer.length > 0 ? ['', ...transferLines(transfer, colors)] : []),
  ];
}

function sampleLines({ sample, effects, motifs }: SampleInsight, space: string, colors: Colors): string[] {
  const { name, observations, experiments, leftOut, direction, metric } = sample;
  const from = experiments.length === 0 ? '' : ` of ${countOf(experiments.length, 'experiment')}`;
  const without = leftOut > 0 ? `; ${countOf(leftOut, 'trial')} left out that failed or ended early` : '';
  return [
    colors.bold(name),
    `${formatCount(observations.length)} architectures of ${space}${from}, ${direction} ${metric}${without}`,
    '',
    ...effectLines(effects, direction === 'maximize' ? 1 : -1, colors),
    '',
    ...(motifs ? motifLines(motifs, colors) : ['too few architectures to look for motifs among the best']),
  ];
}

function effectLines(effects: Effects, sign: 1 | -1, colors: Colors): string[] {
  const { model, explained, decisions, options, shared, untold } = effects;
  const how =
    model === 'together'
      ? `${formatShare(explained ?? 0)} of the variance is explained by the answers, each for itself`
      : 'too few architectures to fit all decisions together; each is looked at alone';
  const claimed = decisions.filter(({ p }) => p <= CLAIM);
  const head = [colors.bold('Which decisions matter'), `  ${how}`];
  if (claimed.length === 0 && ![...options, ...shared].some(({ p }) => p <= CLAIM)) {
    return [...head, ...nothingFound('no decision makes a difference that', decisions)];
  }
  const table = alignColumns(
    [
      ['decision', 'share', 'p'],
      ...claimed.slice(0, MOST_ROWS).map(({ path, share, p }) => [path, formatShare(share), formatP(p)]),
    ],
    [1, 2],
  );
  return [
    ...head,
    ...(claimed.length > 0 ? dimHead(table, colors) : []),
    ...moreLines(claimed.length - MOST_ROWS, 'decision'),
    ...lessLines(decisions.length - claimed.length),
    ...sharedLines(shared, sign, colors),
    ...optionLines(options, sign, colors),
    ...(untold.length > 0
      ? [`  nothing is known of ${countOf(untold.length, 'decision')} that did not vary by itself`]
      : []),
  ];
}

function sharedLines(shared: readonly SharedEffect[], sign: 1 | -1, colors: Colors): string[] {
  const groups = new Map<string, SharedEffect[]>();
  for (const effect of shared) {
    const key = effect.decisions.join();
    groups.set(key, [...(groups.get(key) ?? []), effect]);
  }
  return [...groups.values()].flatMap((group) => {
    if (!group.some(({ p }) => p <= CLAIM)) return [];
    const count = group[0]?.decisions.length ?? 0;
    const rows = group.map((e) => [e.option, ...estimateCells(e, sign)]);
    const table = alignColumns([['option', 'effect', 'error', 'p', ''], ...rows], [1, 2, 3]);
    return ['', `  an option of ${count} decisions, on average of them`, ...dimHead(table, colors)];
  });
}

function optionLines(options: readonly OptionEffect[], sign: 1 | -1, colors: Colors): string[] {
  const claimed = options.filter(({ p }) => p <= CLAIM);
  if (claimed.length === 0) return [];
  const shown =
    claimed.length <= MOST_ROWS
      ? claimed
      : [...claimed.slice(0, MOST_ROWS / 2), ...claimed.slice(-MOST_ROWS / 2)];
  const rows = shown.map((e) => [`${e.path} = ${e.option}`, ...estimateCells(e, sign)]);
  const table = alignColumns([['answer', 'effect', 'error', 'p', ''], ...rows], [1, 2, 3]);
  const which = claimed.length > shown.length ? `, the best and the worst of ${claimed.length}` : '';
  return ['', `  an answer against the mean of its decision${which}`, ...dimHead(table, colors)];
}

/** Effects are shown in the objective's own unit. */
function estimateCells(
  { effect, error, p }: { readonly effect: number; readonly error: number; readonly p: number },
  sign: 1 | -1,
): string[] {
  const verdict = p > CLAIM ? '' : effect > 0 ? 'helps' : 'hurts';
  return [formatSigned(sign * effect), formatAmount(error), formatP(p), verdict];
}

function motifLines({ best, all, motifs, pairsLeftOut, tests }: Motifs, colors: Colors): string[] {
  const head = [
    colors.bold(
      `Which motifs are over-represented among the best ${formatCount(best)} of ${formatCount(all)}`,
    ),
    `  ${formatCount(tests)} motifs tested${pairsLeftOut ? '; there are too many pairs of answers to test them' : ''}`,
  ];
  const claimed = motifs.filter(({ p }) => p <= CLAIM);
  if (claimed.length === 0)
    return [...head, ...nothingFound('no motif is found more often than', motifs, '')];
  const rows = claimed
    .slice(0, MOST_ROWS)
    .map((motif) => [
      motifText(motif),
      formatCount(motif.best),
      motif.expected.toFixed(1),
      motif.expectedOfParts === undefined ? '' : motif.expectedOfParts.toFixed(1),
      formatP(motif.p),
    ]);
  const table = alignColumns([['motif', 'found', 'by chance', 'by its parts', 'p'], ...rows], [1, 2, 3, 4]);
  return [...head, ...dimHead(table, colors), ...moreLines(claimed.length - MOST_ROWS, 'motif')];
}

/** `edge = conv and other = skip`, `conv at least 2 times` */
export function motifText(motif: Motif): string {
  switch (motif.kind) {
    case 'answer':
    case 'pair':
      return motif.answers.map(({ path, option }) => `${path} = ${option}`).join(' and ');
    case 'count':
      if (motif.bound === 'at most' && motif.times === 0) return `no ${motif.option}`;
      return `${motif.option} ${motif.bound} ${motif.times === 1 ? 'once' : `${motif.times} times`}`;
    default:
      return motif satisfies never;
  }
}

function similarityLines(similarity: SimilarityInsight, colors: Colors): string[] {
  const { of, architectures, distance, most, random, p } = similarity;
  const winners = of === 'winners';
  const title = winners ? 'How similar the winners are' : 'How similar the best are';
  const what = winners ? `the ${architectures} winners` : `the best ${formatCount(architectures)}`;
  const claim =
    p <= CLAIM ? 'they are more similar than chance makes them' : 'this cannot be told from chance';
  return [
    colors.bold(title),
    `  two of ${what} differ in ${distance.toFixed(2)} of ${most} answers on average;`,
    `  random ones in ${random.mean.toFixed(2)}, and 95 % of random sets in ${random.low.toFixed(2)} to ${random.high.toFixed(2)} (p = ${formatP(p)}): ${claim}`,
  ];
}

function transferLines(transfer: readonly TransferInsight[], colors: Colors): string[] {
  const rows = transfer.map(({ first, second, architectures, correlations }) => {
    const cells = [first, second, formatCount(architectures)];
    if (correlations === undefined) return [...cells, 'too few in common', ''];
    const { spearman, kendall } = correlations;
    const text = ({ value, low, high }: typeof spearman): string =>
      Number.isNaN(value) ? 'all equal' : `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
    return [...cells, text(spearman), text(kendall)];
  });
  const table = alignColumns(
    [['one', 'other', 'in common', "Spearman's rho", "Kendall's tau-b"], ...rows],
    [2],
  );
  return [
    colors.bold('Whether rankings carry over'),
    ...dimHead(table, colors),
    '  in brackets 95 % intervals over architectures (bootstrap)',
  ];
}

function nothingFound(
  what: string,
  tests: readonly { readonly p: number }[],
  end = ' cannot be explained by chance',
): string[] {
  const smallest = Math.min(1, ...tests.map(({ p }) => p));
  return [`  ${what}${end === '' ? ' chance has it' : end} (smallest p ${formatP(smallest)})`];
}

function dimHead([head = '', ...rows]: readonly string[], colors: Colors): string[] {
  return [colors.dim(head), ...rows];
}

function moreLines(count: number, noun: string): string[] {
  return count > 0 ? [`  and ${countOf(count, `more ${noun}`, `more ${noun}s`)}; \`--json\` lists all`] : [];
}

function lessLines(count: number): string[] {
  return count > 0 ? [`  ${countOf(count, 'decision')} cannot be told from chance`] : [];
}

/** Three digits that matter. */
function formatAmount(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(2);
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const formatSigned = (value: number): string => `${value > 0 ? '+' : ''}${formatAmount(value)}`;
