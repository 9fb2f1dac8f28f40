/**
 * Text to AST. Importing this file loads Chevrotain: a command that may not need it imports it when it does. The parser itself
 * is built at the first use.
 */
import { excerpt } from '../util/words.ts';
import type { Expr, FileNode } from './ast.ts';
import type { Checked } from './diagnostics.ts';
import { layOut, nestingLimit, type LaidToken } from './layout.ts';
import { lex, spanOf } from './lex.ts';
import { NasParser } from './parser.ts';
import { Reports } from './reports.ts';
import type { Source } from './source.ts';
import * as T from './tokens.ts';

/** The version of the language that this parser reads. */
export const languageVersion: number = 1;

/** The largest text that is read, in UTF-16 units. */
export const sizeLimit: number = 1024 * 1024;

let parser: NasParser | undefined;

/**
 * Parses a file. It never throws, and reports all the errors that it finds; what could be read in spite
 * of them is in `value`, where spaces and searches may lack items and motifs with errors are left out.
 */
export function parse(source: Source): Checked<FileNode> {
  const reports = new Reports(source);
  if (tooLarge(reports)) return { value: undefined, diagnostics: reports.list() };
  const { tokens, comments, docs } = lex(reports);
  const laid = layOut(tokens, reports);
  if (!laid) return { value: undefined, diagnostics: reports.list() };
  const body = takeVersion(laid, reports);
  const declarations = withinStack(reports, (p) => p.parseDeclarations(body, docs, reports));
  if (!declarations) return { value: undefined, diagnostics: reports.list() };
  const span = { start: 0, end: source.text.length };
  const value: FileNode = { kind: 'file', span, version: languageVersion, declarations, comments };
  return { value, diagnostics: reports.list() };
}

/** Parses one expression, such as the value of `--set NAME=VALUE`. There is no partial result. */
export function parseExpression(source: Source): Checked<Expr> {
  const reports = new Reports(source);
  if (tooLarge(reports)) return { value: undefined, diagnostics: reports.list() };
  const laid = layOut(lex(reports).tokens, reports);
  if (!laid) return { value: undefined, diagnostics: reports.list() };
  const value = withinStack(reports, (p) => p.parseExpression(laid, reports));
  return { value, diagnostics: reports.list() };
}

/** Runs the parser; a caller that left little of the stack gets a diagnostic too, and no exception. */
function withinStack<R>(reports: Reports, run: (parser: NasParser) => R): R | undefined {
  parser ??= new NasParser();
  try {
    return run(parser);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    parser = undefined;
    reports.add('tooDeep', { limit: nestingLimit }, { start: 0, end: 0 });
    return undefined;
  }
}

function tooLarge(reports: Reports): boolean {
  if (reports.source.text.length <= sizeLimit) return false;
  reports.add('fileTooLarge', { limit: '1 MiB' }, { start: 0, end: 0 });
  return true;
}

/** Checks the version line and gives the tokens without it. */
function takeVersion(tokens: LaidToken[], reports: Reports): LaidToken[] {
  const at = tokens.findIndex((t, i) => t.tokenType === T.Nas && startsItem(t, tokens[i - 1]));
  const first = tokens[0];
  const hint = `write \`nas ${languageVersion}\` as the first line`;
  if (at < 0) {
    const span = first ? spanOf(first) : { start: 0, end: 0 };
    reports.add('missingVersion', {}, span, { expected: `\`nas ${languageVersion}\``, hint });
    return tokens;
  }
  const word = tokens[at];
  const number = tokens[at + 1];
  if (word && at > 0) {
    const label = { span: spanOf(first ?? word), text: 'this stands before it' };
    reports.add('lateVersion', {}, spanOf(word), { labels: [label], hint: 'move it to the first line' });
  }
  if (word) checkNumber(word, number, reports);
  // The line is left out with all that follows on it.
  let end = at + 1;
  while (end < tokens.length && !endsItem(tokens[end])) end += 1;
  const third = tokens[at + 2];
  if (number && !endsItem(number) && third && !endsItem(third)) {
    const found = `\`${excerpt(third.image)}\``;
    reports.add('unexpectedToken', { found }, spanOf(third), { expected: 'the end of the line' });
    end = at + 2;
  } else if (end < tokens.length) end += 1;
  const rest = [...tokens.slice(0, at), ...tokens.slice(end)];
  if (rest.at(-1)?.tokenType === T.Separator) rest.pop();
  return rest;
}

function checkNumber(word: LaidToken, number: LaidToken | undefined, reports: Reports): void {
  const missing = !number || endsItem(number);
  if (!missing && number.tokenType === T.NumberText && number.image === String(languageVersion)) return;
  const expected = `\`nas ${languageVersion}\``;
  if (missing) {
    const { end } = spanOf(word);
    const found = number ? 'end of the line' : 'end of the text';
    reports.add('unexpectedToken', { found }, { start: end, end }, { expected: 'a version, as in `nas 1`' });
    return;
  }
  reports.add('unsupportedVersion', { version: excerpt(number.image) }, spanOf(number), { expected });
}

function startsItem(token: LaidToken, before: LaidToken | undefined): boolean {
  return token.depth === 0 && (!before || before.tokenType === T.Separator);
}

function endsItem(token: LaidToken | undefined): boolean {
  return !token || (token.tokenType === T.Separator && token.depth === 0);
}
