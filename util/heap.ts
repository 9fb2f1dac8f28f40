/** A binary heap: gives back what comes first by `compare`. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swap(above, at)) return;
      at = above;
    }
  }

  pop(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (left >= items.length) return first;
      const a = items[left] as T; // `left` is inside
      const b = items[right];
      const least = b !== undefined && this.#compare(b, a) < 0 ? right : left;
      if (!this.#swap(at, least)) return first;
      at = least;
    }
  }

  /** Puts two in order; whether they were not. */
  #swap(above: number, below: number): boolean {
    const a = this.#items[above] as T; // both are inside
    const b = this.#items[below] as T;
    if (this.#compare(a, b) <= 0) return false;
    this.#items[above] = b;
    this.#items[below] = a;
    return true;
  }
}
