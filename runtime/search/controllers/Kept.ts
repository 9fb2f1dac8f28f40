/** Values that were made once, by name; of too many, those that were not asked for longest are forgotten. */
export class Kept<T> {
  readonly #limit: number;
  readonly #values = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(name: string, make: () => T): T {
    const found = this.#values.get(name) ?? make();
    this.#values.delete(name);
    this.#values.set(name, found);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
    return found;
  }
}
