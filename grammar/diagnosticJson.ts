/** Diagnostics as JSON, for editors and scripts (`nas check --json`). */
import type { Severity } from './catalogue/entry.ts';
import type { Diagnostic, Label } from './diagnostics.ts';
import { locate } from './locate.ts';

/** A place: lines and columns count from 1, columns in UTF-16 units; the end is the first column after it. */
export interface PlaceJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic with its primary place, if it has one. */
export interface DiagnosticJson extends Partial<PlaceJson> {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** The words at the primary place. */
  readonly label?: string;
  readonly labels: readonly (PlaceJson & { readonly text: string })[];
  readonly expected?: string;
  readonly hint?: string;
  readonly notes: readonly string[];
}

/** A diagnostic as plain data, ready for `JSON.stringify`. */
export function diagnosticToJson(diagnostic: Diagnostic): DiagnosticJson {
  const { code, severity, message, primary, labels, expected, hint, notes } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(primary && placeOf(primary)),
    ...(primary?.text ? { label: primary.text } : {}),
    labels: labels.map((label) => ({ ...placeOf(label), text: label.text })),
    ...(expected === undefined ? {} : { expected }),
    ...(hint === undefined ? {} : { hint }),
    notes,
  };
}

function placeOf({ location: { source, span } }: Label): PlaceJson {
  const start = locate(source, span.start);
  const end = locate(source, span.end);
  return {
    file: source.name,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
