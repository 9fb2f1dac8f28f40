/** What `nas compare` prints for people. It claims nothing that a test does not bear out. */
import type { Comparison, StrategyResult, Verdict } from '../../runtime/search/compare/comparison.ts';
import { countOf } from '../../util/words.ts';
import type { Colors } from '../context.ts';
import { alignColumns, formatP } from '../format.ts';
import { formatMean } from './format.ts';

/** Costs at which the curves are printed, at most. */
const MOST_COLUMNS = 6;

/** Tables of the curves and of what they came to. */
export function compareLines(comparison: Comparison, colors: Colors): string[] {
  const { objective, unit, costs, strategies } = comparison;
  const seeds = strategies[0]?.runs.length ?? 0;
  const shown = columnsOf(costs);
  const curves = alignColumns(
    [
      [unit, ...shown.map((i) => costText(costs[i] ?? 0))],
      ...strategies.map(({ strategy, curve }) => [
        strategy,
        ...shown.map((i) => formatMean(curve[i], objective)),
      ]),
    ],
    shown.map((_, i) => i + 1),
  );
  const tested = strategies.some(({ test }) => test !== undefined);
  const ends = alignColumns([
    [
      'strategy',
      'best',
      'against random search',
      ...(tested ? ['test accuracy', 'against random search'] : []),
    ],
    ...strategies.map((s) => [
      s.strategy,
      formatMean(s.best, objective),
      verdictText(s.verdict),
      ...(tested ? [formatMean(s.test, { metric: 'accuracy' }), verdictText(s.testVerdict)] : []),
    ]),
  ]);
  return [
    colors.bold(`best ${objective.metric.replace('_', ' ')} so far`) +
      `, mean of ${countOf(seeds, 'seed')} ± half of its 95 % interval`,
    ...dimHead(curves, colors),
    '',
    colors.bold('what they came to'),
    ...dimHead(ends, colors),
    ...strategies.flatMap(notes),
  ];
}

/** Costs that grow by about 1, 2, 5, 10, ...: the last one is the whole budget. */
function columnsOf(costs: readonly number[]): readonly number[] {
  const last = costs.length - 1;
  const budget = costs[last] ?? 1;
  const wanted: number[] = [];
  for (let power = 10 ** Math.ceil(Math.log10(budget)); wanted.length < 2 * MOST_COLUMNS; power /= 10) {
    for (const nice of [5, 2, 1]) if (nice * power < budget * 0.8) wanted.push(nice * power);
  }
  const places = wanted.flatMap((cost) => {
    const at = costs.findLastIndex((c) => c <= cost);
    return at < 0 ? [] : [at];
  });
  return [...new Set([last, ...places])].slice(0, MOST_COLUMNS).sort((a, b) => a - b);
}

const costText = (cost: number): string => String(Number(cost.toPrecision(3)));

function verdictText(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '';
  const { claim, p } = verdict;
  return `${claim === 'not distinguishable' ? 'not distinguishable from random' : claim} (p = ${formatP(p)})`;
}

function notes({ strategy, runs, best }: StrategyResult): string[] {
  const found = best?.runs ?? 0;
  return found === runs.length
    ? []
    : [
        `  ${strategy} found nothing in ${runs.length - found} of ${countOf(runs.length, 'run')}; the mean is of the others`,
      ];
}

function dimHead([head = '', ...rows]: readonly string[], colors: Colors): string[] {
  return [colors.dim(head), ...rows];
}
