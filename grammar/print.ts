/**
 * AST to canonical text, the partner of the parser: `parse(print(ast))` gives the AST back but for its
 * spans, and printing what was printed changes nothing. It keys experiments and is the formatter's core.
 */
import type {
  BlockNode,
  Comment,
  Declaration,
  Expr,
  FieldNode,
  FieldValue,
  FileNode,
  InputNode,
  MotifNode,
  ParamNode,
  SearchNode,
  SpaceNode,
  Statement,
  OutputNode,
} from './ast.ts';
import { ExpressionPrinter } from './printExpression.ts';
import type { Span } from './source.ts';

/** How to print. */
export interface PrintOptions {
  /** Whether comments and documentation are printed; they are, unless told otherwise. */
  readonly comments?: boolean;
}

/** Prints a file, a declaration or an expression; the text of a file ends with a newline. */
export function print(node: FileNode | Declaration | Expr, options: PrintOptions = {}): string {
  const comments = (options.comments ?? true) ? (node.kind === 'file' ? node.comments : []) : undefined;
  return new Printer(comments).print(node);
}

type Item = SpaceNode['items'][number] | FieldNode | Expr | Declaration;

class Printer {
  /** The comments not yet printed, in text order; undefined when none are to be. */
  private readonly comments: readonly Comment[] | undefined;
  private next = 0;
  private readonly expressions = new ExpressionPrinter((items, indent, block) =>
    this.items(items, indent, block.span.end, (item) => this.bodyItem(item, indent)),
  );

  constructor(comments: readonly Comment[] | undefined) {
    this.comments = comments;
  }

  print(node: FileNode | Declaration | Expr): string {
    switch (node.kind) {
      case 'file':
        return this.file(node);
      case 'space':
      case 'motif':
      case 'search':
        return [...this.doc(node), this.declaration(node)].join('\n');
      default:
        return this.expressions.print(node, 0, 0);
    }
  }

  private file(node: FileNode): string {
    const first = node.declarations[0]?.span.start ?? node.span.end;
    const version = `nas ${node.version}`;
    // A comment behind the version line stays there; one above it moves below.
    const trailing = this.comments?.[0];
    const beside = trailing && !trailing.ownLine && trailing.span.start < first;
    if (beside) this.next += 1;
    const head = beside ? `${version} ${written(trailing)}` : version;
    const declarations = node.declarations.map((d, i) => {
      const until = node.declarations[i + 1]?.span.start ?? Infinity;
      const before = this.before(d);
      return [...before, this.declaration(d)].join('\n') + this.beside(d.span, until);
    });
    const rest = this.take(Infinity).map((c) => written(c));
    const parts = [head, ...declarations, ...(rest.length > 0 ? [rest.join('\n')] : [])];
    return `${parts.join('\n\n')}\n`;
  }

  private declaration(node: Declaration): string {
    switch (node.kind) {
      case 'space':
        return this.space(node);
      case 'motif':
        return this.motif(node);
      case 'search':
        return this.search(node);
      default:
        return node satisfies never;
    }
  }

  private space(node: SpaceNode): string {
    const params = node.params.length > 0 ? `(${this.params(node.params)})` : '';
    const items = this.items(node.items, 2, node.span.end, (item) => this.spaceItem(item));
    return `space ${node.name.text}${params} ${braced(items)}`;
  }

  private motif(node: MotifNode): string {
    const tensors = node.tensors.map((t) => t.text).join(', ');
    const statics = node.params.length > 0 ? `; ${this.params(node.params)}` : '';
    const head = `motif ${node.name.text}(${tensors}${statics})`;
    if (node.body.braces) return `${head} ${this.expressions.brokenBlock(node.body, 0)}`;
    return `${head} = ${this.expressions.print(node.body.value, 0, head.length + 3)}`;
  }

  private search(node: SearchNode): string {
    const args = node.args.map((a) => (a.name ? `${a.name.text}: ` : '') + this.inline(a.value));
    const of = args.length > 0 ? `${node.space.text}(${args.join(', ')})` : node.space.text;
    const width = Math.max(0, ...node.fields.map((f) => f.name.text.length)) + 2;
    const fields = this.items(node.fields, 2, node.span.end, (field) => {
      const name = field.name.text.padEnd(width);
      return name + this.fieldValue(field.value, 2 + width);
    });
    return `search ${node.name.text} of ${of} ${braced(fields)}`;
  }

  private fieldValue(value: FieldValue, column: number): string {
    if (value.kind !== 'amounts') return this.expressions.print(value, 2, column);
    return value.amounts.map((a) => `${a.number.raw} ${a.unit.text}`).join(' or ');
  }

  private params(params: readonly ParamNode[]): string {
    return params.map((p) => (p.value ? `${p.name.text} = ${this.inline(p.value)}` : p.name.text)).join(', ');
  }

  private inline(value: Expr): string {
    return this.expressions.print(value, 2, 2);
  }

  private spaceItem(node: InputNode | OutputNode | Statement): string {
    switch (node.kind) {
      case 'input': {
        const args = node.args.map((a) => (a.name ? `${a.name.text}: ` : '') + this.inline(a.value));
        return `input ${node.name.text}: ${node.type.text}[${args.join(', ')}]`;
      }
      case 'output':
        return `output ${this.expressions.print(node.value, 2, 9)}`;
      default:
        return this.statement(node, 2);
    }
  }

  private statement(node: Statement, indent: number): string {
    if (node.kind === 'require')
      return `require ${this.expressions.print(node.condition, indent, indent + 8)}`;
    const names = node.names.map((n) => n.text).join(', ');
    const head = `let ${node.tuple ? `(${names})` : names} = `;
    return head + this.expressions.print(node.value, indent, indent + head.length);
  }

  private bodyItem(node: Statement | Expr, indent: number): string {
    if (node.kind === 'let' || node.kind === 'require') return this.statement(node, indent);
    return this.expressions.printItem(node, indent);
  }

  /** Items one below the other, with the comments between and beside them. */
  private items<N extends Item>(
    items: readonly N[],
    indent: number,
    end: number,
    one: (item: N) => string,
  ): string {
    const pad = ' '.repeat(indent);
    const lines: string[] = [];
    for (const [i, item] of items.entries()) {
      for (const line of this.before(item)) lines.push(pad + line);
      lines.push(pad + one(item) + this.beside(item.span, items[i + 1]?.span.start ?? end));
    }
    for (const comment of this.take(end)) lines.push(pad + written(comment));
    return lines.join('\n');
  }

  /** The comments above an item, then its documentation. What stands inside an expression moves above it. */
  private before(item: Item): string[] {
    const nests =
      item.kind === 'space' || item.kind === 'search' || (item.kind === 'motif' && item.body.braces);
    const until = nests ? item.span.start : hasBody(item) ? item.span.start : item.span.end;
    const doc = this.doc(item);
    const comments = [...this.take(until)];
    // Its own documentation is among them, as its last lines above the item.
    const above = comments.filter((c) => c.span.start < item.span.start);
    const own = new Set(doc.length > 0 ? above.slice(-doc.length) : []);
    const carries = 'doc' in item;
    const lines = comments.filter((c) => !own.has(c)).map((c) => written(c, carries));
    return [...lines, ...doc];
  }

  /** The comment at the end of an item's line, if it stands before what follows. */
  private beside(span: Span, until: number): string {
    const comment = this.comments?.[this.next];
    if (!comment || comment.ownLine || comment.span.start < span.end || comment.span.start >= until)
      return '';
    this.next += 1;
    return ` ${written(comment, true)}`;
  }

  /** The comments that begin before an offset and were not printed yet. */
  private take(until: number): Comment[] {
    const taken: Comment[] = [];
    for (;;) {
      const comment = this.comments?.[this.next];
      if (!comment || comment.span.start >= until) return taken;
      taken.push(comment);
      this.next += 1;
    }
  }

  private doc(item: Item): string[] {
    if (!this.comments || !('doc' in item) || item.doc === undefined) return [];
    return item.doc.split('\n').map((line) => `/// ${line}`.trimEnd());
  }
}

/** True for an item that holds a body with items of its own, between which comments can stay. */
function hasBody(item: Item): boolean {
  return item.kind === 'let' && bodyOf(item.value) !== undefined;
}

function bodyOf(node: Expr): BlockNode | undefined {
  const last = node.kind === 'pipe' ? node.stages.at(-1) : node;
  return last?.kind === 'repeat' && last.body.statements.length > 0 ? last.body : undefined;
}

/** A comment as written; `plain` turns documentation that belongs to nothing into an ordinary comment. */
function written(comment: Comment, plain = false): string {
  return `${comment.doc && !plain ? '///' : '//'} ${comment.text}`.trimEnd();
}

function braced(items: string): string {
  return items === '' ? '{\n}' : `{\n${items}\n}`;
}
