/** ASTs as s-expressions, and without spans: what tests compare. */
import { expect } from 'vitest';
import { parse, parseExpression } from '../../grammar/parse.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { writePath } from '../../grammar/nodes.ts';
import type { Expr, FileNode, PathNode } from '../../grammar/ast.ts';

type Plain = { readonly [key: string]: unknown };

const skipped = new Set([
  'kind',
  'span',
  'operatorSpan',
  'comments',
  'integer',
  'doc',
  'braces',
  'tuple',
  'brackets',
]);

/** `(kind part part ...)`; lists in `[ ]`, absent parts left out, names and numbers bare. */
export function sexpr(node: unknown): string {
  if (Array.isArray(node)) return `[${node.map(sexpr).join(' ')}]`;
  if (typeof node !== 'object' || node === null) return String(node);
  const plain = node as Plain;
  if (plain.kind === 'name') return String(plain.text);
  if (plain.kind === 'number') return String(plain.raw);
  if (plain.kind === 'reference') return String(plain.name);
  if (plain.kind === 'string') return JSON.stringify(plain.value);
  if (plain.kind === 'pattern') return sexpr(plain.tuple ? plain.names : (plain.names as unknown[])[0]);
  if (plain.kind === 'path') return `\`${writePath(node as PathNode)}\``;
  if (plain.kind === 'list' && plain.brackets === false)
    return sexpr({ ...plain, kind: 'items', brackets: true });
  if (plain.kind === 'arg' && plain.name === undefined) return sexpr(plain.value);
  const parts = Object.entries(plain)
    .filter(([key, value]) => !skipped.has(key) && value !== undefined)
    .map(([, value]) => sexpr(value));
  return `(${[plain.kind, ...parts].join(' ')})`;
}

/** The same tree without any places. */
export function withoutSpans(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      key === 'span' || key === 'operatorSpan' || key === 'comments' ? undefined : value,
    ),
  );
}

/** The AST of a text that must be free of errors. */
export function parsed(text: string): FileNode {
  const { value, diagnostics } = parse({ name: 'test.nas', text });
  expect(renderDiagnostics(diagnostics, { color: false })).toBe('');
  return value!;
}

/** The s-expression of one expression. */
export function expression(text: string): string {
  return sexpr(expressionNode(text));
}

/** One expression that must be free of errors. */
export function expressionNode(text: string): Expr {
  const { value, diagnostics } = parseExpression({ name: 'value', text });
  expect(renderDiagnostics(diagnostics, { color: false })).toBe('');
  return value!;
}

/** What a person sees of the errors of a text. */
export function errorsOf(text: string): string {
  return renderDiagnostics(parse({ name: 'test.nas', text }).diagnostics, { color: false });
}

/** The codes of a text's errors, in order. */
export function codesOf(text: string): string[] {
  return parse({ name: 'test.nas', text }).diagnostics.map((d) => d.code);
}

/** The texts of a file's comments, in order. */
export function commentTexts(text: string): string[] {
  return parsed(text).comments.map((c) => c.text);
}
