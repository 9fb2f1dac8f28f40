/** The names that are known at a place. */
import { present } from '../../util/invariant.ts';
import type { Value } from './values.ts';

/**
 * Names with their values. Adding a name makes a new scope and leaves this one as it is: the names stand in tables of
 * doubling size (Bentley & Saxe 1980), of which the new scope shares the large ones, so that n names cost n log n.
 */
export class Names {
  static readonly none: Names = new Names([]);
  /** From the oldest to the newest, each at least as large as the next. */
  readonly #tables: readonly ReadonlyMap<string, Value>[];

  private constructor(tables: readonly ReadonlyMap<string, Value>[]) {
    this.#tables = tables;
  }

  /** These names and another, which hides one of the same name. */
  with(name: string, value: Value): Names {
    const tables = [...this.#tables];
    let newest = new Map([[name, value]]);
    for (let last = tables.at(-1); last && last.size <= newest.size; last = tables.at(-1)) {
      newest = new Map([...present(tables.pop(), 'a table of names'), ...newest]);
    }
    return new Names([...tables, newest]);
  }

  get(name: string): Value | undefined {
    return this.#tables.findLast((table) => table.has(name))?.get(name);
  }

  has(name: string): boolean {
    return this.#tables.some((table) => table.has(name));
  }

  /** All names that are not hidden. */
  entries(): ReadonlyMap<string, Value> {
    return new Map(this.#tables.flatMap((table) => [...table]));
  }
}
