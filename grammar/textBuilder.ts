/** A text put together from left to right, with the column at which it ends. */
export class TextBuilder {
  /** The column at which the text ends. */
  column: number;
  private readonly pieces: string[] = [];

  /** A text that begins at a column. */
  constructor(column: number) {
    this.column = column;
  }

  add(piece: string): void {
    this.pieces.push(piece);
    this.column = lastColumn(piece, this.column);
  }

  toString(): string {
    return this.pieces.join('');
  }
}

/** The column at which a text ends that begins at `column`. */
export function lastColumn(text: string, column: number): number {
  const newline = text.lastIndexOf('\n');
  return newline < 0 ? column + text.length : text.length - newline - 1;
}
