/** The syntax tree as indented text, for `nas show --ast`: one node a line, with its place. */
import type { FileNode, PathNode, PatternNode } from '../grammar/ast.ts';
import { locate } from '../grammar/locate.ts';
import { writePath, writePattern } from '../grammar/nodes.ts';
import type { Source } from '../grammar/source.ts';

/** `call 5:11` and below it, indented, the parts by name. Comments are left out. */
export function printAst(file: FileNode, source: Source): string {
  const lines: string[] = [];
  printNode({ ...file, comments: [] }, '', '', source, lines);
  return lines.map((line) => `${line}\n`).join('');
}

function printNode(node: object, role: string, indent: string, source: Source, lines: string[]): void {
  const plain: string[] = [];
  const parts: [string, object][] = [];
  for (const [name, value] of Object.entries(node)) {
    if (name === 'kind' || name === 'span' || name.endsWith('Span') || value === undefined) continue;
    const text = nameOf(value);
    if (text !== undefined) plain.push(` ${name}=${text}`);
    else if (typeof value === 'object' && value !== null) parts.push([name, value]);
    else plain.push(` ${name}=${JSON.stringify(value)}`);
  }
  const kind = 'kind' in node ? String(node.kind) : '';
  lines.push(`${indent}${role}${kind}${plain.join('')}${placeOf(node, source)}`);
  for (const [name, value] of parts) {
    const list = Array.isArray(value) ? value : [value];
    for (const part of list) printNode(part, `${name}: `, `${indent}  `, source, lines);
  }
}

/** Names, patterns and paths are words of their node, not lines of their own. */
function nameOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const names = value.map(nameOf);
    return value.length > 0 && names.every((name) => name !== undefined) ? names.join(',') : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (isPattern(value)) return writePattern(value);
  if (isPath(value)) return writePath(value);
  if (!('kind' in value) || value.kind !== 'name') return undefined;
  return 'text' in value && typeof value.text === 'string' ? value.text : undefined;
}

function isPattern(value: object): value is PatternNode {
  return 'kind' in value && value.kind === 'pattern';
}

function isPath(value: object): value is PathNode {
  return 'kind' in value && value.kind === 'path';
}

function placeOf(node: object, source: Source): string {
  if (!('span' in node) || typeof node.span !== 'object' || node.span === null) return '';
  if (!('start' in node.span) || typeof node.span.start !== 'number') return '';
  const { line, column } = locate(source, node.span.start);
  return `  @${line}:${column}`;
}
