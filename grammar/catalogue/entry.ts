/** The form of one entry of the diagnostic catalogue. */

export type Severity = 'error' | 'warning' | 'note';

/**
 * One kind of diagnostic. `P` holds the values that its message needs, so that a message with a hole
 * left open does not compile.
 */
export interface CatalogueEntry<P> {
  /** `NAS` and four digits; the first digit is the family. A published code keeps its meaning. */
  readonly code: `NAS${number}`;
  readonly severity: Severity;
  /** A few words, as in a table of contents. */
  readonly title: string;
  /** One sentence in the user's words: what was found. */
  readonly message: (values: P) => string;
  /** What `nas explain CODE` prints: why it is refused and what to do, with an example where one helps. */
  readonly explanation: string;
}

/** A table of entries: one for each key of `V`, whose property types are the values its message needs. */
export type Entries<V> = { readonly [K in keyof V]: CatalogueEntry<V[K]> };

/** The values of a message without holes. */
export type NoValues = Readonly<Record<string, never>>;
