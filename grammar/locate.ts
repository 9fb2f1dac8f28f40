/** From offsets to lines and columns, as editors count them. */
import type { Source } from './source.ts';

/** A place in a text: line and column count from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const cache = new WeakMap<Source, readonly number[]>();

/** The offset at which each line begins. Lines end with `\n`, `\r\n` or `\r`. */
export function lineStarts(source: Source): readonly number[] {
  const known = cache.get(source);
  if (known) return known;
  const starts = [0];
  for (const match of source.text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  cache.set(source, starts);
  return starts;
}

/** The line and column of an offset; offsets outside of the text count as its ends. */
export function locate(source: Source, offset: number): Position {
  const starts = lineStarts(source);
  const place = Math.min(Math.max(offset, 0), source.text.length);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: place - (starts[low] ?? 0) + 1 };
}

/** The text of a line (counted from 1), without its end. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source);
  const start = starts[line - 1] ?? 0;
  let end = starts[line] ?? source.text.length;
  while (end > start && /[\r\n]/.test(source.text.charAt(end - 1))) end -= 1;
  return source.text.slice(start, end);
}
