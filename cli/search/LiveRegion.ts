/** The last few lines of a terminal, redrawn in place; whatever else is written goes above them. */
import { displayWidth } from '../../util/displayWidth.ts';
import { fitWidth } from '../format.ts';
import type { Output } from '../terminal.ts';

// ECMA-48: cursor up, erase to the end of the line and of the screen; DEC private mode 25: the cursor's visibility.
const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const ERASE_LINE = '\x1b[K';
const ERASE_BELOW = '\x1b[J';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/** A line of the region, and how it is coloured once it has been cut to the width. */
export interface LiveLine {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
}

/** Redraws by one write each time, over the old text, so that nothing flickers. */
export class LiveRegion {
  readonly #output: Output;
  readonly #endResize: () => void;
  #lines: readonly LiveLine[] = [];
  /** Widths of the lines on the screen, which a narrower terminal has wrapped since. */
  #drawn: readonly number[] = [];
  #closed = false;

  constructor(output: Output) {
    this.#output = output;
    this.#endResize = output.onResize(() => this.draw(this.#lines));
    output.write(HIDE_CURSOR);
  }

  /** Shows these lines instead of the ones before. */
  draw(lines: readonly LiveLine[]): void {
    if (this.#closed) return;
    this.#lines = lines;
    this.#output.write(this.#home() + this.#text());
  }

  /** Writes lines above the region, where they stay. */
  print(...lines: readonly string[]): void {
    const above = lines.map((line) => `${line}${ERASE_LINE}\n`).join('');
    this.#output.write(this.#home() + above + this.#text());
  }

  /** Takes the region away. */
  close(): void {
    if (this.#closed) return;
    this.#endResize();
    this.#output.write(this.#home() + ERASE_BELOW + SHOW_CURSOR);
    this.#closed = true;
    this.#drawn = [];
  }

  #width(): number {
    return Math.max(20, this.#output.columns() ?? 80);
  }

  /** Back to the first cell of the region, however many rows it takes now. */
  #home(): string {
    const width = this.#width();
    const rows = this.#drawn.map((drawn) => Math.max(1, Math.ceil(drawn / width)));
    const total = rows.reduce((sum, count) => sum + count, 0);
    return `\r${up(Math.max(0, total - 1))}`;
  }

  /** The region; the cursor stays behind its last line, so that the terminal does not scroll for nothing. */
  #text(): string {
    if (this.#closed || this.#lines.length === 0) {
      this.#drawn = [];
      return this.#closed ? '' : ERASE_BELOW;
    }
    // One column stays free: some terminals wrap as soon as the last one is filled.
    const cut = this.#lines.map(({ text }) => fitWidth(text, this.#width() - 1));
    this.#drawn = cut.map(displayWidth);
    const painted = cut.map((text, i) => this.#lines[i]?.paint?.(text) ?? text);
    return painted.map((text) => text + ERASE_LINE).join('\n') + ERASE_BELOW;
  }
}
