/** Lines of source with indentation. A line that ends in `{` opens a level, one that starts with `}` closes. */
export class Lines {
  readonly #lines: string[] = [];
  #depth = 1;

  /** Adds each line at the present depth. */
  add(...lines: readonly string[]): this {
    for (const line of lines) {
      if (line.startsWith('}')) this.#depth -= 1;
      this.#lines.push('  '.repeat(this.#depth) + line);
      if (line.endsWith('{')) this.#depth += 1;
    }
    return this;
  }

  /** The lines, without their indentation. */
  get lines(): readonly string[] {
    return this.#lines.map((line) => line.trimStart());
  }

  /** Adds what `make` says for each number below `count`. */
  each(count: number, make: (i: number) => string | readonly string[]): this {
    for (let i = 0; i < count; i += 1) {
      const made = make(i);
      this.add(...(typeof made === 'string' ? [made] : made));
    }
    return this;
  }

  toString(): string {
    return this.#lines.join('\n');
  }
}
