/** A comparison as an SVG picture: curves of the mean with their bands. No scripts, nothing from outside. */
import { escapeXml } from '../../../compiler/export/draw/svg.ts';
import type { Comparison, StrategyResult } from './comparison.ts';
import { ticksBetween } from './ticks.ts';

/** Okabe & Ito's colours (2008), which colour-blind people tell apart too; random search is grey. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f6000', '#5e3c99'];
const GREY = '#6e7781';

const size = { width: 760, height: 440, left: 72, top: 44, right: 20, bottom: 52, legend: 210 } as const;

/** Curves are shown from this share of the budget on: what came before would squeeze the rest. */
const SHOWN_FROM = 0.05;

/** What is written on a picture. */
export interface PlotText {
  readonly title: string;
  /** What the curves show, such as `best accuracy so far`. */
  readonly yTitle: string;
  readonly xTitle: string;
  /** A value as an axis has it. */
  readonly format: (value: number, step: number) => string;
}

/** Draws a comparison. */
export function plotComparison(comparison: Comparison, text: PlotText): string {
  const { costs, budget, strategies } = comparison;
  const { width, height, left, top, right, bottom, legend } = size;
  const plot = { right: width - right - legend, bottom: height - bottom };
  const [low, high] = rangeOf(comparison);
  const x = (cost: number): number => left + ((plot.right - left) * cost) / budget;
  const y = (value: number): number => plot.bottom - ((plot.bottom - top) * (value - low)) / (high - low);
  const xTicks = ticksBetween(0, budget, 6);
  const yTicks = ticksBetween(low, high, 6);
  const ordered = byEnd(comparison);
  const colourOf = new Map(
    strategies.map((strategy, i) => [strategy, i === 0 ? GREY : colours[(i - 1) % colours.length]] as const),
  );
  const bands = strategies.map((s) => band(s, costs, x, y, colourOf.get(s) ?? GREY));
  const lines = strategies.map((s) => line(s, costs, x, y, colourOf.get(s) ?? GREY));
  let entryTop = top + 12;
  const entries = ordered.map((s) => {
    const [at, start] = [entryTop, plot.right + 18];
    const words = wrapped(s.strategy);
    entryTop += 8 + 15 * words.length;
    const texts = words.map(
      (word, i) => `<text x="${start + 30}" y="${at + 4 + 15 * i}">${escapeXml(word)}</text>`,
    );
    return `<line x1="${start}" y1="${at}" x2="${start + 22}" y2="${at}" stroke="${colourOf.get(s) ?? GREY}" stroke-width="2.5"/>${texts.join('')}`;
  });
  const described = ordered.map(
    ({ strategy, best }) => `${strategy} ${best ? text.format(best.mean, 0) : 'nothing'}`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
  <title id="title">${escapeXml(text.title)}</title>
  <desc id="desc">${escapeXml(`${text.yTitle} at the end: ${described.join(', ')}`)}</desc>
  <style>
    text { font-family: Helvetica, Arial, 'DejaVu Sans', sans-serif; font-size: 12px; fill: #1f2328; }
    .title { font-size: 15px; font-weight: bold; }
    .axis { fill: #57606a; }
    .grid { stroke: #d8dee4; stroke-width: 1; }
    .frame { stroke: #57606a; stroke-width: 1; fill: none; }
  </style>
  <rect width="${width}" height="${height}" fill="#ffffff"/>
  <clipPath id="inside"><rect x="${left}" y="${top}" width="${number(plot.right - left)}" height="${plot.bottom - top}"/></clipPath>
  <text x="${left}" y="26" class="title">${escapeXml(text.title)}</text>
  ${yTicks.values.map((v) => `<line x1="${left}" y1="${number(y(v))}" x2="${plot.right}" y2="${number(y(v))}" class="grid"/><text x="${left - 8}" y="${number(y(v) + 4)}" text-anchor="end" class="axis">${escapeXml(text.format(v, yTicks.step))}</text>`).join('\n  ')}
  ${xTicks.values.map((v) => `<line x1="${number(x(v))}" y1="${plot.bottom}" x2="${number(x(v))}" y2="${plot.bottom + 5}" class="frame"/><text x="${number(x(v))}" y="${plot.bottom + 20}" text-anchor="middle" class="axis">${number(v)}</text>`).join('\n  ')}
  <g clip-path="url(#inside)">
    ${[...bands, ...lines].filter((part) => part !== '').join('\n    ')}
  </g>
  <path d="M${left} ${top}V${plot.bottom}H${plot.right}" class="frame"/>
  <text x="${number((left + plot.right) / 2)}" y="${height - 12}" text-anchor="middle" class="axis">${escapeXml(text.xTitle)}</text>
  <text transform="translate(18 ${(top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle" class="axis">${escapeXml(text.yTitle)}</text>
  ${entries.join('\n  ')}
</svg>
`;
}

/** Best at the end first. */
function byEnd({ strategies, objective }: Comparison): readonly StrategyResult[] {
  const sign = objective.direction === 'maximize' ? 1 : -1;
  const end = ({ best }: StrategyResult): number => (best ? sign * best.mean : -Infinity);
  return [...strategies].sort((a, b) => (end(a) === end(b) ? 0 : end(b) - end(a)));
}

/** Lowest and highest of what is shown, with a little air. */
function rangeOf({ costs, budget, strategies }: Comparison): readonly [number, number] {
  const values = strategies.flatMap(({ curve }) =>
    curve.flatMap((mean, i) => {
      if (mean === undefined || (costs[i] ?? 0) < SHOWN_FROM * budget) return [];
      return [mean.mean, mean.interval?.low ?? mean.mean, mean.interval?.high ?? mean.mean];
    }),
  );
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = high > low ? (high - low) * 0.04 : Math.abs(high) * 0.01 || 1;
  return [low - air, high + air];
}

type Scale = (value: number) => number;

function line(
  { curve }: StrategyResult,
  costs: readonly number[],
  x: Scale,
  y: Scale,
  colour: string,
): string {
  const points = curve.flatMap((mean, i) =>
    mean ? [`${number(x(costs[i] ?? 0))} ${number(y(mean.mean))}`] : [],
  );
  if (points.length === 0) return '';
  return `<path d="M${points.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`;
}

function band(
  { curve }: StrategyResult,
  costs: readonly number[],
  x: Scale,
  y: Scale,
  colour: string,
): string {
  const edge = (side: 'low' | 'high'): string[] =>
    curve.flatMap((mean, i) =>
      mean?.interval ? [`${number(x(costs[i] ?? 0))} ${number(y(mean.interval[side]))}`] : [],
    );
  const upper = edge('high');
  if (upper.length < 2) return '';
  return `<path d="M${[...upper, ...edge('low').reverse()].join('L')}Z" fill="${colour}" fill-opacity="0.14" stroke="none"/>`;
}

/** Characters of a line that fit beside the plot. */
const LINE = 27;

/** A strategy in lines, parted between its arguments where it can be. */
function wrapped(strategy: string): readonly string[] {
  const lines: string[] = [];
  for (const part of strategy.split(/(?<=, )/)) {
    const last = lines.at(-1);
    if (last !== undefined && (last + part).trimEnd().length <= LINE) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((text) => (text.length > LINE + 1 ? `${text.slice(0, LINE - 1)}…` : text.trimEnd()));
}

const number = (value: number): string => String(Math.round(value * 100) / 100);
