/** What `nas explain CODE` says. */
import { closest } from '../util/didYouMean.ts';
import { catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';

type Explained = Pick<CatalogueEntry<never>, 'code' | 'title' | 'severity' | 'explanation'>;

/** Every kind of diagnostic by code, for lists and documentation. */
export function allCodes(): readonly Explained[] {
  const entries: Explained[] = Object.values(catalogue);
  return entries.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** The explanation of a code, its title first; undefined when there is no such code. Letter case does not matter. */
export function explain(code: string): string | undefined {
  const entry = allCodes().find((e) => e.code === code.trim().toUpperCase());
  return entry && `${entry.code} (${entry.severity}): ${entry.title}\n\n${entry.explanation}`;
}

/** The codes that may have been meant by one that does not exist: at most five. */
export function suggestCodes(code: string): string[] {
  const wanted = code.trim().toUpperCase();
  const digits = /^(?:NAS)?(\d{1,4})$/.exec(wanted)?.[1];
  const codes = allCodes().map((e) => e.code);
  const full = digits && `NAS${digits.padStart(4, '0')}`;
  const exact = codes.find((c) => c === full);
  return exact ? [exact] : closest(full ?? wanted, codes);
}
