/**
 * Sites: where weights live. A site is the path of uses and the operation, `early[0].plain.conv`, numbered in text order
 * where names repeat. What is applied twice (a stage bound by `let`) claims its sites anew in the same order, and so owns
 * the same weights; a cell's decisions are one, but each of its uses is a site of its own.
 */
export class Site {
  readonly path: string;
  readonly #claimed = new Map<string, number>();

  constructor(path: string) {
    this.path = path;
  }

  /** The path of something new below this site: `conv`, then `conv_2`. */
  claim(name: string): string {
    const times = (this.#claimed.get(name) ?? 0) + 1;
    this.#claimed.set(name, times);
    const unique = times === 1 ? name : `${name}_${times}`;
    return this.path === '' ? unique : `${this.path}.${unique}`;
  }

  /** The site's own path for the first unnamed construct of its kind, a claimed one for later ones. */
  claimOwn(name: string): string {
    const first = !this.#claimed.has(name);
    const claimed = this.claim(name);
    return first && this.path !== '' ? this.path : claimed;
  }
}
