/** The comments of a file while it is printed: each is given out once, in text order. */
import type { Comment } from './ast.ts';
import type { Span } from './source.ts';
import type { WrittenLayout } from './writtenLayout.ts';

/** The comments that are still to be printed. */
export class CommentStream {
  /** False when no comments are to be printed, documentation included. */
  readonly kept: boolean;
  private readonly comments: readonly Comment[];
  private readonly layout: WrittenLayout | undefined;
  private next = 0;

  constructor(comments: readonly Comment[] | undefined, layout: WrittenLayout | undefined) {
    this.kept = comments !== undefined;
    this.comments = comments ?? [];
    this.layout = layout;
  }

  /** True when a comment begins inside the span: what it covers cannot stand on one line. */
  inside({ start, end }: Span): boolean {
    let [low, high] = [0, this.comments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.comments[middle]?.span.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    const first = this.comments[low];
    return first !== undefined && first.span.start < end;
  }

  /** The comments that begin before an offset and were not given out yet. */
  take(until: number): Comment[] {
    const from = this.next;
    while ((this.comments[this.next]?.span.start ?? Infinity) < until) this.next += 1;
    return this.comments.slice(from, this.next);
  }

  /** The next comment, if it begins before an offset and stands behind something on its line. */
  takeBeside(until: number): Comment | undefined {
    const comment = this.comments[this.next];
    if (!comment || comment.ownLine || comment.span.start >= until) return undefined;
    this.next += 1;
    return comment;
  }

  /** A comment as it is printed; `plain` makes an ordinary comment of documentation that belongs to nothing. */
  write(comment: Comment, plain = false): string {
    const raw = this.layout?.raw(comment);
    // A row of slashes is a ruler, not an empty comment.
    if (raw?.startsWith('////')) return raw;
    return `${comment.doc && !plain ? '///' : '//'} ${comment.text}`.trimEnd();
  }
}
