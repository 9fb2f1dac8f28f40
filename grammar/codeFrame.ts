/**
 * Code frames: the lines of a source that matter, with marks under the labelled places. Tabs and
 * characters of two columns are measured as a terminal shows them, so that the marks stand right.
 */
import { displayWidth, graphemes } from '../util/displayWidth.ts';
import { isControl } from '../util/words.ts';
import type { Label } from './diagnostics.ts';
import { lineStarts, lineText, locate } from './locate.ts';
import type { Source } from './source.ts';

/** The labels of one source. The first is the primary place when `hasPrimary`. */
export interface Frame {
  readonly source: Source;
  readonly labels: readonly Label[];
  readonly hasPrimary: boolean;
  readonly lastLine: number;
}

export type Style = 'plain' | 'primary' | 'secondary';

/** One line of a frame: source text (with its number), marks, or a gap. */
export interface FrameLine {
  readonly line: number | undefined;
  readonly gap: boolean;
  readonly parts: readonly { readonly text: string; readonly style: Style }[];
}

/** A mark under one line, in columns of that line as shown (from 0). */
interface Mark {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly primary: boolean;
}

const tabWidth = 4;

/** The lines of a frame, no wider than `width` columns where the source alone is concerned. */
export function frameLines(frame: Frame, width: number): FrameLine[] {
  const excerpts = new Map<number, Excerpt>();
  const marks = frame.labels.flatMap((label, i) =>
    marksOf(frame.source, label, frame.hasPrimary && i === 0, excerpts),
  );
  const textOf = (line: number): string =>
    (excerpts.get(line) ?? excerptOf(frame.source, line, lineStarts(frame.source)[line - 1] ?? 0)).text;
  const numbers = [...new Set(marks.map((m) => m.line))].toSorted((a, b) => a - b);
  const rows: FrameLine[] = [];
  let last: number | undefined;
  for (const line of numbers) {
    if (last !== undefined && line === last + 2) {
      rows.push(...lineRows(last + 1, textOf(last + 1), [], width));
    } else if (last !== undefined && line > last + 1) {
      rows.push({ line: undefined, gap: true, parts: [] });
    }
    rows.push(
      ...lineRows(
        line,
        textOf(line),
        marks.filter((m) => m.line === line),
        width,
      ),
    );
    last = line;
  }
  return rows;
}

/** The part of a line that is looked at: to measure a line of a million characters takes seconds. */
interface Excerpt {
  readonly text: string;
  /** UTF-16 offset in the source of the first character of `text`. */
  readonly start: number;
}

const excerptLength = 2000;

/** A line, or its part around `offset` where it is very long. */
function excerptOf(source: Source, line: number, offset: number): Excerpt {
  const whole = lineText(source, line);
  const start = lineStarts(source)[line - 1] ?? 0;
  if (whole.length <= excerptLength) return { text: whole, start };
  const from = clamp(offset - start - excerptLength / 2, 0, whole.length - excerptLength);
  const to = from + excerptLength;
  const before = from > 0 ? '…' : '';
  const after = to < whole.length ? '…' : '';
  return { text: before + whole.slice(from, to) + after, start: start + from - before.length };
}

/** A span's marks: one, or one on its first and one on its last line, with the words on the last. */
function marksOf(source: Source, label: Label, primary: boolean, excerpts: Map<number, Excerpt>): Mark[] {
  const { start, end } = label.location.span;
  const first = locate(source, start);
  // An end at the beginning of a line belongs to the line before.
  const last = locate(source, Math.max(start, end - 1));
  const excerpt = (line: number, offset: number): Excerpt => {
    const known = excerpts.get(line) ?? excerptOf(source, line, offset);
    excerpts.set(line, known);
    return known;
  };
  const column = (line: number, offset: number): number => {
    const { text, start: from } = excerpt(line, offset);
    return shownWidth(text.slice(0, Math.max(0, offset - from)));
  };
  const from = column(first.line, start);
  if (first.line === last.line) {
    const to = Math.max(from + 1, column(first.line, end));
    return [{ line: first.line, from, to, text: label.text, primary }];
  }
  const lastText = excerpt(last.line, end).text;
  const indent = shownWidth(/^\s*/.exec(lastText)?.[0] ?? '');
  const lineEnd = shownWidth(excerpt(first.line, start).text);
  const to = Math.max(indent + 1, column(last.line, end));
  return [
    { line: first.line, from, to: Math.max(from + 1, lineEnd), text: '', primary },
    { line: last.line, from: indent, to, text: label.text, primary },
  ];
}

function lineRows(line: number, text: string, marks: readonly Mark[], width: number): FrameLine[] {
  const shown = showLine(text);
  const total = shown.reduce((sum, g) => sum + g.width, 0);
  const window = windowOf(total, marks, width);
  const rows: FrameLine[] = [
    { line, gap: false, parts: [{ text: cut(shown, window, total), style: 'plain' }] },
  ];
  const placed = marks
    .map((m) => ({
      ...m,
      from: clamp(m.from - window.from + window.shift, 0, width),
      to: clamp(m.to - window.from + window.shift, 1, width + 1),
    }))
    .toSorted((a, b) => a.from - b.from || Number(b.primary) - Number(a.primary));
  for (const group of groupMarks(placed)) rows.push(...markRows(group));
  return rows;
}

/** Marks that do not overlap share their rows; the others get rows of their own. */
function groupMarks(marks: readonly Mark[]): Mark[][] {
  const groups: Mark[][] = [];
  for (const mark of marks) {
    const group = groups.find((g) => (g.at(-1)?.to ?? 0) < mark.from);
    if (group) group.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

/** `^^^  --- words of the last`, then the words of the others below their marks, from right to left. */
function markRows(marks: readonly Mark[]): FrameLine[] {
  const rows: FrameLine[] = [];
  const line = new RowBuilder();
  for (const m of marks) line.put(m.from, (m.primary ? '^' : '-').repeat(m.to - m.from), m);
  const last = marks.at(-1);
  if (last?.text) line.put(last.to + 1, last.text, last);
  rows.push(line.build());
  const others = marks.slice(0, -1).filter((m) => m.text !== '');
  while (others.length > 0) {
    const words = others.pop();
    const row = new RowBuilder();
    for (const m of others) row.put(m.from, '|', m);
    if (words) row.put(words.from, words.text, words);
    rows.push(row.build());
  }
  return rows;
}

class RowBuilder {
  private column = 0;
  private readonly parts: { text: string; style: Style }[] = [];

  put(column: number, text: string, mark: Mark): void {
    const space = Math.max(0, column - this.column);
    if (space > 0) this.parts.push({ text: ' '.repeat(space), style: 'plain' });
    this.parts.push({ text, style: mark.primary ? 'primary' : 'secondary' });
    this.column += space + displayWidth(text);
  }

  build(): FrameLine {
    return { line: undefined, gap: false, parts: this.parts };
  }
}

interface Shown {
  readonly text: string;
  readonly width: number;
}

/** A line as it is shown: tabs become spaces, and what could upset a terminal a replacement character. */
function showLine(text: string): Shown[] {
  const shown: Shown[] = [];
  let column = 0;
  for (const g of graphemes(text)) {
    let piece: Shown = g;
    if (g.text === '\t') {
      const width = tabWidth - (column % tabWidth);
      piece = { text: ' '.repeat(width), width };
    } else if (isControl(g.text) || (g.width === 0 && Array.from(g.text).some(isControl))) {
      piece = { text: '\ufffd', width: 1 };
    }
    shown.push(piece);
    column += piece.width;
  }
  return shown;
}

function shownWidth(text: string): number {
  return showLine(text).reduce((sum, g) => sum + g.width, 0);
}

interface Window {
  readonly from: number;
  readonly to: number;
  /** Columns taken by the ellipsis on the left. */
  readonly shift: number;
}

/** The part of a long line that is shown: from a little before its first mark. */
function windowOf(total: number, marks: readonly Mark[], width: number): Window {
  if (total <= width) return { from: 0, to: total, shift: 0 };
  const first = Math.min(...marks.map((m) => m.from), total);
  const last = Math.max(...marks.map((m) => m.to), 0);
  if (last < width) return { from: 0, to: width - 1, shift: 0 };
  const from = clamp(first - Math.floor(width / 4), 0, Math.max(0, total - width + 1));
  return { from, to: from + width - 2, shift: from > 0 ? 1 : 0 };
}

function cut(shown: readonly Shown[], { from, to }: Window, total: number): string {
  if (from === 0 && to >= total) return shown.map((g) => g.text).join('');
  let column = 0;
  let text = '';
  for (const g of shown) {
    if (column >= from && column + g.width <= to) text += g.text;
    // Half of a wide character stands at the edge.
    else if (column < from && column + g.width > from) text += ' '.repeat(column + g.width - from);
    column += g.width;
  }
  return `${from > 0 ? '…' : ''}${text}${to < total ? '…' : ''}`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
