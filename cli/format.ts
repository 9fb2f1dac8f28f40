/** Numbers, times and tables as people read them. */
import type { Architecture } from '../compiler/space/architecture.ts';
import { answerRows } from '../compiler/space/encode.ts';
import type { Space } from '../compiler/space/space.ts';
import { displayWidth } from '../util/displayWidth.ts';
import { countOf } from '../util/words.ts';

/** `41,234` */
export function formatCount(value: number | bigint): string {
  return value.toLocaleString('en-US');
}

/** `97.8%` */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** `0.2067`, and `7.45e+29` of a training that goes astray. */
export function formatLoss(loss: number): string {
  return loss < 1e5 ? loss.toFixed(4) : loss.toExponential(2);
}

/** `352 of 360`: how many answers were right. */
export function formatHits({
  accuracy,
  images,
}: {
  readonly accuracy: number;
  readonly images: number;
}): string {
  return `${formatCount(Math.round(accuracy * images))} of ${formatCount(images)}`;
}

/** `0.8 s`, `12 s`, `3 min 12 s`, `2 h 05 min` */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A rough time: `less than a minute`, `about 12 minutes`, `about 3 hours`. */
export function formatEstimate(seconds: number): string {
  if (seconds < 50) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${countOf(Math.max(1, minutes), 'minute')}`;
  return `about ${countOf(Math.round(minutes / 60), 'hour')}`;
}

/** Rows with their columns lined up, each indented by two; columns of numbers (`right`) end together. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))));
  }
  const pad = (cell: string, i: number): string => {
    const space = ' '.repeat((widths[i] ?? 0) - displayWidth(cell));
    return right.includes(i) ? space + cell : cell + space;
  };
  return rows.map((row) => `  ${row.map(pad).join('  ')}`.trimEnd());
}

/** Cuts a line to a width in columns. The line holds no colours. */
export function fitWidth(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  let [kept, used] = ['', 0];
  for (const character of line) {
    used += displayWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The answers of an architecture, one a line, with the equals signs lined up. */
export function answerLines(space: Space, architecture: Architecture): string[] {
  const rows = answerRows(space, architecture);
  const width = Math.max(...rows.map(([path]) => displayWidth(path)));
  return rows.map(([path, answer]) => `${path}${' '.repeat(width - displayWidth(path))} = ${answer}`);
}

/** A p-value: `0.023`, `0.001`, `3e-12`. */
export function formatP(p: number): string {
  return p >= 0.0005 ? p.toFixed(3) : p === 0 ? '<1e-300' : p.toExponential(0);
}
