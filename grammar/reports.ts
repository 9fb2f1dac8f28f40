/** Where the steps of the syntax front end put what they find: one list, one place once, not without end. */
import { diagnose, type Details, type Diagnostic, type DiagnosticKind } from './diagnostics.ts';
import type { CatalogueValues } from './catalogue.ts';
import type { Source, Span } from './source.ts';

/** How many errors of one file are shown. */
export const reportLimit: number = 100;

/** The parts of a diagnostic beside its place. Labels are given by span, in the same source. */
export interface ReportDetails extends Omit<Details, 'at' | 'labels'> {
  readonly labels?: readonly { readonly span: Span; readonly text: string }[];
}

/** Collects the diagnostics of one source. */
export class Reports {
  readonly source: Source;
  private readonly found: Diagnostic[] = [];
  private readonly places = new Set<number>();
  /** How many were reported, the ones not shown included. */
  count = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** Adds a diagnostic, unless one was already reported at the same place. */
  add<K extends DiagnosticKind>(
    key: K,
    values: CatalogueValues[K],
    span: Span,
    details: ReportDetails = {},
  ): void {
    this.count += 1;
    if (this.full || this.places.has(span.start)) return;
    this.places.add(span.start);
    const labels = details.labels?.map((l) => ({ location: this.locate(l.span), text: l.text }));
    this.found.push(diagnose(key, values, { ...details, at: this.locate(span), labels }));
  }

  /** True when nothing more will be shown: there is no use in looking on. */
  get full(): boolean {
    return this.found.length >= reportLimit;
  }

  /** Says nothing of what may be found at this place: it follows from an error already reported. */
  silence(offset: number): void {
    this.places.add(offset);
  }

  /** True when something was reported between two offsets. */
  anyBetween(start: number, end: number): boolean {
    for (let i = start; i < end; i++) if (this.places.has(i)) return true;
    return false;
  }

  /** What was found, in text order. */
  list(): readonly Diagnostic[] {
    const start = (d: Diagnostic): number => d.primary?.location.span.start ?? 0;
    const sorted = this.found.toSorted((a, b) => start(a) - start(b));
    if (this.found.length >= reportLimit && this.count > reportLimit) {
      sorted.push(diagnose('stoppedReporting', { limit: reportLimit }));
    }
    return sorted;
  }

  private locate(span: Span): { source: Source; span: Span } {
    return { source: this.source, span };
  }
}
