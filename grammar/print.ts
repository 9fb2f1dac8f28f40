/**
 * AST to canonical text, the partner of the parser: `parse(print(ast))` gives the AST back but for its
 * spans, and printing what was printed changes nothing. It keys experiments and is the formatter's core.
 */
import type {
  ArchitectureNode,
  ArgNode,
  CellNode,
  Comment,
  Declaration,
  Expr,
  FieldNode,
  FieldValue,
  FileNode,
  InputNode,
  MotifNode,
  OutputNode,
  ParamNode,
  PropertyNode,
  SpaceNode,
  Statement,
} from './ast.ts';
import { writePath } from './nodes.ts';
import { BrokenPrinter } from './printBroken.ts';
import { CommentStream } from './printComments.ts';
import { join, level, printWidth } from './printFlat.ts';
import type { Span } from './source.ts';
import { writeString } from './strings.ts';
import { lastColumn } from './textBuilder.ts';
import type { WrittenLayout } from './writtenLayout.ts';

/** How to print. */
export interface PrintOptions {
  /** Whether comments and documentation are printed; they are, unless told otherwise. */
  readonly comments?: boolean;
}

/** Prints a file, a declaration or an expression; the text of a file ends with a newline. */
export function print(node: FileNode | Declaration | Expr, options: PrintOptions = {}): string {
  const comments = (options.comments ?? true) ? (node.kind === 'file' ? node.comments : []) : undefined;
  return new Printer(new CommentStream(comments, undefined), undefined).whole(node);
}

/** Prints a file with the line breaks and blank lines that its author gave it, where they fit. */
export function printAsWritten(file: FileNode, layout: WrittenLayout): string {
  return new Printer(new CommentStream(file.comments, layout), layout).whole(file);
}

type SpaceItem = InputNode | OutputNode | Statement;

class Printer extends BrokenPrinter {
  whole(node: FileNode | Declaration | Expr): string {
    switch (node.kind) {
      case 'file':
        return this.file(node);
      case 'use':
      case 'space':
      case 'motif':
      case 'cell':
      case 'architecture':
      case 'notation':
      case 'moves':
      case 'property':
      case 'search':
      case 'genome':
      case 'program':
        return [...this.above(node).map((l) => l.text), this.declaration(node)].join('\n');
      default:
        return this.print(node, 0, 0);
    }
  }

  private file(node: FileNode): string {
    const lines: string[] = [];
    const add = (text: string, blank: boolean): void => {
      if (blank && lines.length > 0) lines.push('');
      lines.push(text);
    };
    const addComment = (comment: Comment): void =>
      add(this.comments.write(comment, !comment.ownLine), this.blankAbove(comment.span.start));

    // Without the text it is not known what stands above the version line: it moves below.
    const version = this.layout?.versionStart(node.comments) ?? 0;
    for (const comment of this.comments.take(version)) addComment(comment);
    const beside = this.comments.takeBeside(node.declarations[0]?.span.start ?? node.span.end);
    add(`nas ${node.version}${this.behind(beside)}`, this.blankAbove(version));
    for (const [i, declaration] of node.declarations.entries()) {
      const above = this.above(declaration);
      for (const [k, line] of above.entries()) add(line.text, this.layout ? line.blank : k === 0);
      const before = node.declarations[i - 1]?.span ?? { start: version, end: version };
      const written = this.brokenBetween(before, declaration.span) && this.blankAbove(declaration.span.start);
      add(this.declaration(declaration), this.layout ? written : above.length === 0);
      const until = node.declarations[i + 1]?.span.start ?? Infinity;
      lines.push((lines.pop() ?? '') + this.behind(this.comments.takeBeside(until)));
    }
    for (const [i, comment] of this.comments.take(Infinity).entries()) {
      if (this.layout) addComment(comment);
      else add(this.comments.write(comment), i === 0);
    }
    return `${lines.join('\n')}\n`;
  }

  private behind(comment: Comment | undefined): string {
    return comment ? ` ${this.comments.write(comment)}` : '';
  }

  private declaration(node: Declaration): string {
    switch (node.kind) {
      case 'use':
        return `use ${writeString(node.path.value)}`;
      case 'space':
        return this.space(node);
      case 'motif':
      case 'cell':
        return this.motif(node);
      case 'architecture':
        return this.architecture(node);
      case 'notation':
        return `notation ${node.name.text} of ${node.space.text} ${writeString(node.text.value)}`;
      case 'moves':
        return this.record(`moves of ${node.space.text}`, node.fields, node.span, node.space.span.end, 0);
      case 'property':
        return this.property(node);
      case 'search': {
        const head = `search ${node.name.text} of ${node.space.text}${this.spaceArgs(node.args)}`;
        const end = node.args.at(-1)?.span.end ?? node.space.span.end;
        return this.record(head, node.fields, node.span, end, 0);
      }
      case 'genome':
      case 'program':
        return this.record(`${node.kind} ${node.name.text}`, node.fields, node.span, node.name.span.end, 0);
      default:
        return node satisfies never;
    }
  }

  private space(node: SpaceNode): string {
    const params = node.params.length > 0 ? `(${this.params(node.params)})` : '';
    const end = node.params.at(-1)?.span.end ?? node.name.span.end;
    const head = `space ${node.name.text}${params} `;
    const span = { start: end, end: node.span.end };
    const lines = node.items.map((item) => this.flatSpaceItem(item));
    const line = this.writtenOnOneLine(node.span)
      ? this.flatBraces(span, node.items[0]?.span, lines)
      : undefined;
    if (line !== undefined && head.length + line.length <= printWidth) return head + line;
    return head + this.braces(node.items, 0, span, (item) => this.spaceItem(item));
  }

  /** True where braces may stay on one line: only an author can say so. */
  private writtenOnOneLine(span: Span): boolean {
    return this.layout !== undefined && !this.comments.inside(span);
  }

  private motif(node: MotifNode | CellNode): string {
    let head: string = node.kind;
    if (node.kind === 'cell' && node.contract) head = `${node.contract} cell`;
    head += ` ${node.name.text}`;
    if (node.kind === 'cell' && node.count) head += `[${this.print(node.count, 0, head.length + 1)}]`;
    const statics = node.params.length > 0 ? `; ${this.params(node.params)}` : '';
    head += `(${node.tensors.map((t) => t.text).join(', ')}${statics})`;
    const { body } = node;
    if (!this.layout && body.braces) return `${head} ${this.brokenBlock(body, 0)}`;
    return head + this.printBody(body, 0, lastColumn(head, 0));
  }

  private params(params: readonly ParamNode[]): string {
    return params
      .map(({ name, value }) => (value ? `${name.text} = ${this.print(value, 2, 2)}` : name.text))
      .join(', ');
  }

  private architecture(node: ArchitectureNode): string {
    const head = `architecture ${node.name.text} of ${node.space.text}${this.spaceArgs(node.args)} `;
    const end = node.args.at(-1)?.span.end ?? node.space.span.end;
    const span = { start: end, end: node.span.end };
    const lines = node.entries.map((e) => this.flatEntry(e, ' = '));
    const line = this.writtenOnOneLine(node.span)
      ? this.flatBraces(span, node.entries[0]?.span, lines)
      : undefined;
    if (line !== undefined && head.length + line.length <= printWidth) return head + line;
    const entries = this.braces(node.entries, 0, span, ({ path, answer }) => {
      const name = `${writePath(path)} = `;
      return name + this.answer(answer, 2, 2 + name.length);
    });
    return head + entries;
  }

  private spaceArgs(args: readonly ArgNode[]): string {
    if (args.length === 0) return '';
    const texts = args.map((a) => (a.name ? `${a.name.text}: ` : '') + this.print(a.value, 2, 2));
    return `(${texts.join(', ')})`;
  }

  private property(node: PropertyNode): string {
    const head = `property ${writeString(node.name.value)} for ${node.variable.text} in ${node.space.text} `;
    const span = { start: node.space.span.end, end: node.span.end };
    const body = this.comments.inside(span) ? undefined : this.flat(node.body, level.any);
    const line = this.flatBraces(span, node.body.span, [body]);
    if (line !== undefined && head.length + line.length <= printWidth) return head + line;
    return head + this.braces([node.body], 0, span, (value) => this.print(value, 2, 2));
  }

  // ------------------------------------------------------------------ items of spaces

  private flatSpaceItem(node: SpaceItem): string | undefined {
    switch (node.kind) {
      case 'input':
        return join`input ${node.name.text}: ${node.type.text}[${this.flatArgList(node.args)}]`;
      case 'output':
        return join`${outputHead(node)}${this.flat(node.value, level.any)}`;
      default:
        return this.flatStatement(node);
    }
  }

  private spaceItem(node: SpaceItem): string {
    switch (node.kind) {
      case 'input': {
        const args = node.args.map((a) => (a.name ? `${a.name.text}: ` : '') + this.print(a.value, 2, 2));
        return `input ${node.name.text}: ${node.type.text}[${args.join(', ')}]`;
      }
      case 'output': {
        const head = outputHead(node);
        return head + this.print(node.value, 2, 2 + head.length);
      }
      default:
        return this.statement(node, 2);
    }
  }

  // ------------------------------------------------------------------ fields

  /** A head and fields in braces; fields that have a line each have their values in one column. */
  private record(
    head: string,
    fields: readonly FieldNode[],
    span: Span,
    from: number,
    indent: number,
  ): string {
    const place = { start: from, end: span.end };
    const lines = fields.map((f) => this.flatField(f));
    const line = this.writtenOnOneLine(span) ? this.flatBraces(place, fields[0]?.span, lines) : undefined;
    if (line !== undefined && indent + head.length + line.length < printWidth) return `${head} ${line}`;
    const joined = fields.some((f, i) => i > 0 && !this.brokenBetween(fields[i - 1]?.span ?? f.span, f.span));
    const aligned = !joined || !this.sharesLines(fields, place);
    const width = aligned ? Math.max(0, ...fields.map((f) => f.name.text.length)) + 2 : 0;
    const inner = indent + 2;
    const items = this.braces(fields, indent, place, ({ name, value }) => {
      const start = aligned ? name.text.padEnd(width) : `${name.text} `;
      return this.fieldValue(start, value, inner);
    });
    return `${head} ${items}`;
  }

  private fieldValue(head: string, value: FieldValue, indent: number): string {
    switch (value.kind) {
      case 'amounts':
        return head + (this.flatFieldValue(value) ?? '');
      case 'counted': {
        const count = `${head}${value.count.raw} of `;
        return count + this.print(value.items, indent, indent + count.length);
      }
      case 'record':
        return this.record(head.trimEnd(), value.fields, value.span, value.span.start, indent);
      default:
        return head + this.print(value, indent, indent + head.length);
    }
  }
}

function outputHead({ name }: OutputNode): string {
  return name ? `output ${name.text}: ` : 'output ';
}
