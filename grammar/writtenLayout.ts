/** How a text was laid out by its author: where its lines end and where blank lines stand. */
import type { Comment } from './ast.ts';
import type { Source } from './source.ts';

/** Answers the formatter's questions about the text that it formats. */
export class WrittenLayout {
  private readonly text: string;

  constructor(source: Source) {
    this.text = source.text;
  }

  /** True when a line ends between two offsets. */
  breaks(from: number, to: number): boolean {
    for (let i = from; i < to; i++) if (isNewline(this.text.charCodeAt(i))) return true;
    return false;
  }

  /** True when the line above the one on which an offset stands is blank; what stands before it on its line is ignored. */
  blankAbove(offset: number): boolean {
    let at = this.lineStart(offset);
    let lines = 0;
    while (at > 0) {
      const code = this.text.charCodeAt(at - 1);
      if (isNewline(code)) {
        // `\r\n` is one end of a line.
        if (code === newline && this.text.charCodeAt(at - 2) === carriageReturn) at -= 1;
        lines += 1;
        if (lines === 2) return true;
      } else if (!isBlank(code)) return false;
      at -= 1;
    }
    return false;
  }

  /** Where the version line begins: at the first thing that is no comment. */
  versionStart(comments: readonly Comment[]): number {
    let end = 0;
    for (const { span } of comments) {
      if (this.skipSpace(end) < span.start) break;
      end = span.end;
    }
    return this.skipSpace(end);
  }

  /** A comment as it was written, without what follows it. */
  raw({ span }: Comment): string {
    return this.text.slice(span.start, span.end).trimEnd();
  }

  private skipSpace(offset: number): number {
    let at = offset;
    while (isBlank(this.text.charCodeAt(at)) || isNewline(this.text.charCodeAt(at))) at += 1;
    return at;
  }

  private lineStart(offset: number): number {
    let at = offset;
    while (at > 0 && !isNewline(this.text.charCodeAt(at - 1))) at -= 1;
    return at;
  }
}

const newline = 10;
const carriageReturn = 13;

function isNewline(code: number): boolean {
  return code === newline || code === carriageReturn;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 0xfeff;
}
