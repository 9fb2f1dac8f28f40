/** What stands in braces, one item below the other, with the comments and blank lines between the items. */
import type { Comment } from './ast.ts';
import { FlatPrinter, printWidth } from './printFlat.ts';
import type { Span } from './source.ts';

/** An item of braces or of a file; only what can carry documentation has `doc`. */
export interface Item {
  readonly kind: string;
  readonly span: Span;
  readonly doc?: string | undefined;
}

/** A line above an item, and whether a blank one stands before it. */
interface LineAbove {
  readonly text: string;
  readonly blank: boolean;
}

/** Prints items and line breaks, with their comments. */
export class ItemPrinter extends FlatPrinter {
  /** A line break in an expression before what stands at `until`, with the comments between. */
  protected lineBreak(indent: number, until: number): string {
    const pad = `\n${' '.repeat(indent)}`;
    const beside = this.comments.takeBeside(until);
    const above = this.comments.take(until).map((c) => pad + this.comments.write(c, !c.ownLine));
    return `${beside ? ` ${this.comments.write(beside)}` : ''}${above.join('')}${pad}`;
  }

  /** Items in braces, each on its line. */
  protected braces<N extends Item>(
    items: readonly N[],
    indent: number,
    span: Span,
    print: (item: N) => string,
  ): string {
    const beside = this.comments.takeBeside(items[0]?.span.start ?? span.end);
    const opening = beside ? `{ ${this.comments.write(beside)}` : '{';
    const lines = this.items(items, indent + 2, span, print);
    if (lines.length === 0 && !beside) return '{ }';
    return `${[opening, ...lines].join('\n')}\n${' '.repeat(indent)}}`;
  }

  /** The lines of items. Items that shared a line still do, if the items were not all written on one. */
  private items<N extends Item>(
    items: readonly N[],
    indent: number,
    span: Span,
    print: (item: N) => string,
  ): string[] {
    const pad = ' '.repeat(indent);
    const lines: string[] = [];
    const add = (text: string, blank: boolean): void => {
      if (blank && lines.length > 0) lines.push('');
      lines.push(pad + text);
    };
    const shared = this.sharesLines(items, span);
    let commented = false;
    for (const [i, item] of items.entries()) {
      const before = items[i - 1];
      const above = this.above(item);
      for (const line of above) add(line.text, line.blank);
      const text = print(item);
      const sameLine = before !== undefined && !this.brokenBetween(before.span, item.span);
      const joins = shared && sameLine && above.length === 0 && !commented;
      const line = joins ? `${lines.at(-1) ?? ''}, ${text}` : '';
      if (joins && line.length <= printWidth && !line.includes('\n')) lines[lines.length - 1] = line;
      else add(text, !sameLine && this.blankAbove(item.span.start));
      commented = this.addLeftOver(lines, pad, item.span.end, items[i + 1]?.span.start ?? span.end);
    }
    for (const comment of this.comments.take(span.end)) {
      add(this.comments.write(comment), this.blankAbove(comment.span.start));
    }
    return lines;
  }

  /** Adds the comment behind an item, and those inside it for which there was no line break; false if there are none. */
  private addLeftOver(lines: string[], pad: string, end: number, until: number): boolean {
    const beside = this.comments.takeBeside(until);
    if (beside) lines.push(`${lines.pop() ?? pad} ${this.comments.write(beside)}`);
    const inside = this.comments.take(end);
    for (const comment of inside) lines.push(pad + this.comments.write(comment, true));
    return beside !== undefined || inside.length > 0;
  }

  /** True when some items, but not all of them, were written on one line. */
  protected sharesLines(items: readonly Item[], span: Span): boolean {
    const [first] = items;
    if (!this.layout || !first) return false;
    if (this.layout.breaks(span.start, first.span.start)) return true;
    return items.some((item, i) => i > 0 && this.brokenBetween(items[i - 1]?.span ?? item.span, item.span));
  }

  protected brokenBetween(before: Span, after: Span): boolean {
    return this.layout?.breaks(before.end, after.start) ?? true;
  }

  protected blankAbove(offset: number): boolean {
    return this.layout?.blankAbove(offset) ?? false;
  }

  /** The comments above an item, its documentation last. */
  protected above(item: Item): LineAbove[] {
    const comments = this.comments.take(item.span.start);
    const doc = item.doc === undefined || !this.comments.kept ? [] : item.doc.split('\n');
    // A tree that was not read from a text has its documentation, but no comments.
    if (comments.length === 0) {
      return doc.map((line) => ({ text: `/// ${line}`.trimEnd(), blank: false }));
    }
    const own = comments.length - doc.length;
    return comments.map((comment, i) => ({
      text: this.comments.write(comment, i < own && !this.staysDoc(comments, i, item)),
      blank: this.blankAbove(comment.span.start),
    }));
  }

  /** False for a `///` that belongs to nothing but would be taken for the documentation of the item below. */
  private staysDoc(comments: readonly Comment[], at: number, item: Item): boolean {
    if (!comments[at]?.ownLine) return false;
    if (!('doc' in item)) return true;
    const below = comments.slice(at + 1);
    return below.some((c) => !c.doc || this.blankAbove(c.span.start)) || this.blankAbove(item.span.start);
  }
}
