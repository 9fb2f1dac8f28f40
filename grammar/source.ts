/** Where text comes from and where in it something stands. */

/** A text with the name under which diagnostics show it (usually the path as the user typed it). */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** A half-open range `[start, end)` of UTF-16 offsets in one source's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span together with the source that it lies in. */
export interface Location {
  readonly source: Source;
  readonly span: Span;
}

/** The smallest span that covers both. */
export function joinSpans(a: Span, b: Span): Span {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
