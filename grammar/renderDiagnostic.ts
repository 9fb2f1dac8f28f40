/** Diagnostics as text for people: a header, the place, code frames, and what to do. */
import pc from 'picocolors';
import { countOf, isControl } from '../util/words.ts';
import type { Severity } from './catalogue/entry.ts';
import { type Frame, frameLines, type FrameLine } from './codeFrame.ts';
import type { Diagnostic, Label } from './diagnostics.ts';
import { locate } from './locate.ts';
import type { Source } from './source.ts';

/** How to render. */
export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal; longer source lines are cut to the part that matters. 100 when not given. */
  readonly width?: number | undefined;
}

type Paint = (text: string) => string;

interface Palette {
  readonly severity: Readonly<Record<Severity, Paint>>;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly secondary: Paint;
}

function palette(color: boolean): Palette {
  const c = pc.createColors(color);
  const loud =
    (paint: Paint): Paint =>
    (text) =>
      c.bold(paint(text));
  return {
    severity: { error: loud(c.red), warning: loud(c.yellow), note: loud(c.cyan) },
    bold: c.bold,
    dim: c.dim,
    secondary: c.blue,
  };
}

/** A diagnostic as text of several lines, without a final newline. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const paint = palette(options.color);
  const width = Math.max(40, options.width ?? 100);
  const { severity, code, message, primary } = diagnostic;
  const lines = [`${paint.severity[severity](`${severity}[${code}]`)}${paint.bold(`: ${clean(message)}`)}`];
  const frames = framesOf(diagnostic);
  const gutter = Math.max(1, ...frames.map((f) => String(f.lastLine).length));
  const pad = ' '.repeat(gutter);
  for (const [i, frame] of frames.entries()) {
    const { source, span } = frame.labels[0]?.location ?? {};
    if (!source || !span) continue;
    const { line, column } = locate(source, span.start);
    const arrow = i === 0 && primary ? '-->' : ':::';
    lines.push(`${pad}${paint.dim(arrow)} ${clean(source.name)}:${line}:${column}`);
    lines.push(paint.dim(`${pad} |`));
    for (const row of frameLines(frame, width - gutter - 3)) {
      lines.push(paintRow(row, gutter, paint, severity));
    }
  }
  if (frames.length > 0) lines.push(paint.dim(`${pad} |`));
  const advice: [string, string][] = [];
  if (diagnostic.expected !== undefined) advice.push(['expected', diagnostic.expected]);
  if (diagnostic.hint !== undefined) advice.push(['hint', diagnostic.hint]);
  for (const note of diagnostic.notes) advice.push(['note', note]);
  for (const [word, text] of advice) {
    const [first = '', ...rest] = clean(text).split('\n');
    lines.push(`${pad} ${paint.bold(`${word}:`)} ${first}`);
    for (const line of rest) lines.push(`${pad} ${' '.repeat(word.length + 1)} ${line}`);
  }
  return lines.map((l) => l.trimEnd()).join('\n');
}

/** Several diagnostics with a closing line that counts them; nothing for none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return '';
  const count = (severity: Severity): number => diagnostics.filter((d) => d.severity === severity).length;
  const counts: string[] = [];
  if (count('error') > 0) counts.push(countOf(count('error'), 'error'));
  if (count('warning') > 0) counts.push(countOf(count('warning'), 'warning'));
  if (counts.length === 0) counts.push(countOf(count('note'), 'note'));
  const worst = count('error') > 0 ? 'error' : count('warning') > 0 ? 'warning' : 'note';
  const closing = palette(options.color).severity[worst](counts.join(', '));
  return [...diagnostics.map((d) => renderDiagnostic(d, options)), closing].join('\n\n');
}

/** One frame for each source, the primary place's first; labels of one source share a frame. */
function framesOf({ primary, labels }: Diagnostic): Frame[] {
  const all = primary ? [{ label: primary, primary: true }] : [];
  for (const label of labels) all.push({ label, primary: false });
  const bySource = new Map<Source, { labels: Label[]; hasPrimary: boolean }>();
  for (const { label, primary: isPrimary } of all) {
    const known = bySource.get(label.location.source);
    if (known) known.labels.push(label);
    else bySource.set(label.location.source, { labels: [label], hasPrimary: isPrimary });
  }
  return Array.from(bySource, ([source, { labels: its, hasPrimary }]) => {
    const ends = its.map((l) => locate(source, l.location.span.end).line);
    return { source, labels: its, hasPrimary, lastLine: Math.max(...ends) };
  });
}

function paintRow(row: FrameLine, gutter: number, paint: Palette, severity: Severity): string {
  const number = row.line === undefined ? '' : String(row.line);
  const margin = paint.dim(`${number.padStart(gutter)} |`);
  if (row.gap) return paint.dim(`${' '.repeat(gutter)} ⋮`);
  const parts = row.parts.map(({ text, style }) => {
    if (style === 'primary') return paint.severity[severity](clean(text));
    return style === 'secondary' ? paint.secondary(clean(text)) : text;
  });
  return `${margin} ${parts.join('')}`;
}

/** Without characters that would move a terminal's cursor or change its colours. */
function clean(text: string): string {
  return Array.from(text, (c) => (c !== '\n' && isControl(c) && c !== '\u200d' ? '\ufffd' : c)).join('');
}
