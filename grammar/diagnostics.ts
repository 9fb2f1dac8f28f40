/**
 * Diagnostics: everything that a user can cause, as data. A diagnostic is returned, not thrown; a pass
 * reports all that it can find. The one exception is {@link Refusal}, which carries diagnostics out of
 * code that cannot go on (a lost device, a full disk) to the caller that prints them.
 */
import { catalogue, type CatalogueValues } from './catalogue.ts';
import type { CatalogueEntry, Severity } from './catalogue/entry.ts';
import type { Location } from './source.ts';

export interface Label {
  readonly location: Location;
  readonly text: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** The primary place, with a few words to write under it; absent where no text is at fault. */
  readonly primary: Label | undefined;
  /** Other places that matter, each with its own words. */
  readonly labels: readonly Label[];
  /** What would have been right, when that can be said: "expected ...". */
  readonly expected: string | undefined;
  /** What to do: "did you mean ...", "write ...". */
  readonly hint: string | undefined;
  /** Further lines, such as the path of decisions that leads to the place. */
  readonly notes: readonly string[];
}

/** The key of a kind of diagnostic in the catalogue. */
export type DiagnosticKind = keyof CatalogueValues;

/** The parts of a diagnostic that do not come from the catalogue. */
export interface Details {
  readonly at?: Location | undefined;
  /** Words under the primary place. */
  readonly label?: string | undefined;
  readonly labels?: readonly Label[] | undefined;
  readonly expected?: string | undefined;
  readonly hint?: string | undefined;
  readonly notes?: readonly string[] | undefined;
}

/** Makes a diagnostic of the catalogue's kind `key`. */
export function diagnose<K extends DiagnosticKind>(
  key: K,
  values: CatalogueValues[K],
  details: Details = {},
): Diagnostic {
  const kind: CatalogueEntry<CatalogueValues[K]> = catalogue[key];
  return {
    code: kind.code,
    severity: kind.severity,
    message: kind.message(values),
    primary: details.at && { location: details.at, text: details.label ?? '' },
    labels: details.labels ?? [],
    expected: details.expected,
    hint: details.hint,
    notes: details.notes ?? [],
  };
}

/** A value with what was found on the way to it; `value` is undefined when an error made it impossible. */
export interface Checked<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** True when at least one of them is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** Carries diagnostics out of code that cannot go on. Whoever starts work on a user's behalf catches it. */
export class Refusal extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(...diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code}: ${d.message}`).join('\n'));
    this.name = 'Refusal';
    this.diagnostics = diagnostics;
  }
}

/** Throws a {@link Refusal} with one diagnostic. */
export function refuse<K extends DiagnosticKind>(
  key: K,
  values: CatalogueValues[K],
  details: Details = {},
): never {
  throw new Refusal(diagnose(key, values, details));
}
