/** A terminal of few abilities that keeps what is to be seen on it: enough to watch lines being redrawn in place. */
import type { Output } from '../../cli/terminal.ts';

/** Understands `\r`, `\n`, cursor up, erasing, and the cursor's visibility; wraps long lines. */
export class Screen implements Output {
  readonly isTerminal = true;
  /** Rows from the very top; none scrolls away. */
  readonly rows: string[][] = [[]];
  /** All writes, for counting them. */
  readonly writes: string[] = [];
  cursorVisible = true;
  #row = 0;
  #column = 0;
  #width: number;
  readonly #listeners = new Set<() => void>();

  constructor(width: number) {
    this.#width = width;
  }

  readonly columns = (): number => this.#width;

  readonly onResize = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Narrows or widens it, wrapping what is there anew, as terminals do. */
  resize(width: number): void {
    const before = this.rows.map((row) => row.join('').trimEnd());
    this.#width = width;
    this.rows.length = 0;
    for (const line of before) {
      const characters = Array.from(line);
      do this.rows.push(characters.splice(0, width));
      while (characters.length > 0);
    }
    this.#row = this.rows.length - 1;
    this.#column = Math.min(this.rows[this.#row].length, width - 1);
    for (const listener of this.#listeners) listener();
  }

  readonly write = (text: string): void => {
    this.writes.push(text);
    // eslint-disable-next-line no-control-regex
    for (const [part, up, final] of text.matchAll(/\x1b\[(\??\d*)([A-Za-z])|[^]/gu)) {
      if (final !== undefined) this.#control(up, final);
      else if (part === '\r') this.#column = 0;
      else if (part === '\n') this.#newLine();
      else this.#put(part);
    }
  };

  /** What is to be seen: rows without blanks at their ends, and without the empty rows at the end. */
  text(): string {
    return this.rows
      .map((row) =>
        Array.from(row, (c) => c ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  #control(parameter: string, final: string): void {
    if (final === 'A') this.#row = Math.max(0, this.#row - Number(parameter || 1));
    else if (final === 'K') this.rows[this.#row].length = Math.min(this.rows[this.#row].length, this.#column);
    else if (final === 'J') {
      this.rows[this.#row].length = Math.min(this.rows[this.#row].length, this.#column);
      this.rows.length = this.#row + 1;
    } else if (parameter === '?25') this.cursorVisible = final === 'h';
    else if (final !== 'm') throw new Error(`screen: unknown control ${parameter}${final}`);
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    while (this.rows.length <= this.#row) this.rows.push([]);
  }

  #put(character: string): void {
    if (this.#column >= this.#width) this.#newLine();
    this.rows[this.#row][this.#column++] = character;
  }
}
