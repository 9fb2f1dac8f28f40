/** What makes two searches the same experiment, and the short name that follows from it. */
import { createHash } from 'node:crypto';
import type { StaticValue } from '../../compiler/space/space.ts';

/**
 * Everything that the results of an experiment follow from. The budget is no part of it, so that a larger
 * one goes on where a smaller one ended; adapter and version are recorded beside it and warned of.
 */
export interface ExperimentIdentity {
  /** The space as the formatter prints it, without comments. */
  readonly space: string;
  /** The search as the formatter prints it, without comments and without its budget. */
  readonly search: string;
  /** Parameters of the space and settings of the search that the command line set. */
  readonly overrides: Readonly<Record<string, StaticValue>>;
  readonly seed: number;
  /** Hash of the images, labels and split that the search reads. */
  readonly data: string;
}

/** Twelve hexadecimal digits of the SHA-256 hash of the identity: the experiment's name in store and files. */
export function experimentId(identity: ExperimentIdentity): string {
  const { space, search, overrides, seed, data } = identity;
  const text = canonicalJson({ space, search, overrides, seed, data });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** JSON of plain data with the keys of every object in code-unit order, without spaces: equal data, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // A property named `__proto__` must stay a property.
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, v] of entries) copy[key] = sorted(v);
  return copy;
}
