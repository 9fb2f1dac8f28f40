/**
 * Text to tokens: comments are set apart, mistaken characters, numbers and strings are reported and
 * replaced by what was probably meant, so that the parser need not stumble over them again.
 */
import type { IToken, TokenType } from 'chevrotain';
import { excerpt } from '../util/words.ts';
import type { Comment } from './ast.ts';
import { badNumberHint, readNumber } from './numbers.ts';
import type { Reports } from './reports.ts';
import type { Span } from './source.ts';
import { readString } from './strings.ts';
import * as T from './tokens.ts';

/** The tokens of a text, newlines included, and its comments. */
export interface Lexed {
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  /** Documentation comments by the offset of the token that they stand directly above. */
  readonly docs: ReadonlyMap<number, string>;
}

/** Where a token stands in the text. */
export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

/** Cuts a text into tokens. */
export function lex(reports: Reports): Lexed {
  const tokens: IToken[] = [];
  const comments: Comment[] = [];
  const docs = new Map<number, string>();
  let pendingDoc: string[] = [];
  let ownLine = true;
  let lineHasComment = false;

  const cut = T.nasLexer().tokenize(reports.source.text);
  for (const { offset, length } of cut.errors) {
    reportStray(reports, { start: offset, end: offset + length });
  }
  for (const token of cut.tokens) {
    if (token.tokenType === T.Newline) {
      // A blank line parts a documentation comment from what follows.
      if (ownLine && !lineHasComment) pendingDoc = [];
      ownLine = true;
      lineHasComment = false;
      tokens.push(token);
    } else if (token.tokenType === T.CommentText) {
      const comment = readComment(token, ownLine);
      comments.push(comment);
      lineHasComment = true;
      if (comment.doc && comment.ownLine) pendingDoc.push(comment.text);
      else if (comment.ownLine) pendingDoc = [];
    } else {
      const mended = mend(token, reports);
      if (!mended) continue;
      if (pendingDoc.length > 0) docs.set(token.startOffset, pendingDoc.join('\n'));
      pendingDoc = [];
      ownLine = false;
      tokens.push(mended);
    }
  }
  return { tokens, comments, docs };
}

function readComment(token: IToken, ownLine: boolean): Comment {
  const slashes = /^\/*/.exec(token.image)?.[0].length ?? 2;
  const text = token.image.slice(slashes).replace(/^ /, '').trimEnd();
  return { kind: 'comment', span: spanOf(token), text, doc: slashes === 3, ownLine };
}

/** Reports a mistaken token and returns the one that was probably meant, or nothing. */
function mend(token: IToken, reports: Reports): IToken | undefined {
  switch (token.tokenType) {
    case T.NumberText:
      if (readNumber(token.image) === undefined) {
        reports.add('numberRange', { text: excerpt(token.image) }, spanOf(token), {
          expected: 'at most 9007199254740991 for an integer, about 1.8e308 for others',
        });
      }
      return token;
    case T.BadNumber:
      reports.add('badNumber', { text: excerpt(token.image) }, spanOf(token), {
        hint: selectsElement(token, reports.source.text)
          ? `an element is selected with brackets: \`[${token.image.slice(1)}]\``
          : badNumberHint(token.image),
      });
      return { ...token, tokenType: T.NumberText, tokenTypeIdx: typeIndex(T.NumberText) };
    case T.StringText: {
      const { badEscapes } = readString(token.image);
      for (const { offset, text } of badEscapes) {
        const start = token.startOffset + offset;
        reports.add(
          'badEscape',
          { escape: excerpt(text) },
          { start, end: start + text.length },
          { hint: 'write a backslash itself as `\\\\`' },
        );
      }
      return token;
    }
    case T.OpenString:
      reports.add('openString', {}, spanOf(token), {
        label: 'begins here',
        hint: 'end it with `"` before the end of the line',
      });
      return { ...token, tokenType: T.StringText, tokenTypeIdx: typeIndex(T.StringText) };
    case T.ForeignString:
      reports.add(
        'strayCharacter',
        { what: `the quote ${excerpt(token.image.charAt(0))}` },
        { start: token.startOffset, end: token.startOffset + 1 },
        { hint: `write strings between straight double quotes: "${excerpt(token.image.slice(1, -1))}"` },
      );
      return { ...token, tokenType: T.StringText, tokenTypeIdx: typeIndex(T.StringText) };
    case T.BlockComment:
      reports.add(
        'strayCharacter',
        { what: '`/*`' },
        { start: token.startOffset, end: token.startOffset + 2 },
        { hint: 'comments begin with `//` and end with their line' },
      );
      return undefined;
    case T.Foreign:
      return mendForeign(token, reports);
    default:
      return token;
  }
}

/** True for the `.1` of `x.1`. */
function selectsElement({ image, startOffset }: IToken, text: string): boolean {
  return /^\.\d+$/.test(image) && /[\w)\]]/.test(text.charAt(startOffset - 1));
}

/** What to write instead of operators that the language spells otherwise. */
const foreign: Readonly<Record<string, { readonly hint: string; readonly type: TokenType }>> = {
  '&&': { hint: 'write `and`', type: T.And },
  '&': { hint: 'write `and`', type: T.And },
  '||': { hint: 'write `or`', type: T.Or },
  '|': { hint: 'a pipeline is written with `|>`', type: T.Pipe },
  '!': { hint: 'write `not`', type: T.Not },
  '===': { hint: 'write `==`', type: T.Equal },
  '!==': { hint: 'write `!=`', type: T.NotEqual },
  ':=': { hint: 'write `=`', type: T.Assign },
  '=>': { hint: 'at least is `>=`; a pipeline is written with `|>`', type: T.GreaterEqual },
  '->': { hint: 'a pipeline is written with `|>`', type: T.Pipe },
  '→': { hint: 'a pipeline is written with `|>`', type: T.Pipe },
  '+=': { hint: 'names are bound once: write `let b = a + ...`', type: T.Assign },
  '**': { hint: 'there is no power operator: multiply instead', type: T.Star },
  '^': { hint: 'there is no power operator: multiply instead', type: T.Star },
  '%': { hint: 'there is no remainder operator', type: T.Slash },
  '×': { hint: 'write `*`', type: T.Star },
  '·': { hint: 'write `*`', type: T.Star },
  '÷': { hint: 'write `/`', type: T.Slash },
  '−': { hint: 'write an ordinary minus sign, `-`', type: T.Minus },
  '–': { hint: 'write an ordinary minus sign, `-`', type: T.Minus },
  '—': { hint: 'write an ordinary minus sign, `-`', type: T.Minus },
  '≤': { hint: 'write `<=`', type: T.LessEqual },
  '≥': { hint: 'write `>=`', type: T.GreaterEqual },
  '≠': { hint: 'write `!=`', type: T.NotEqual },
  '…': { hint: 'a range is written with two points: `1..3`', type: T.DotDot },
};

function mendForeign(token: IToken, reports: Reports): IToken | undefined {
  if (token.image.startsWith('#')) {
    reports.add(
      'strayCharacter',
      { what: '`#`' },
      { start: token.startOffset, end: token.startOffset + 1 },
      { hint: 'comments begin with `//`' },
    );
    return undefined;
  }
  const known = foreign[token.image];
  reports.add('strayCharacter', { what: `\`${token.image}\`` }, spanOf(token), { hint: known?.hint });
  return known?.type && { ...token, tokenType: known.type, tokenTypeIdx: typeIndex(known.type) };
}

function reportStray(reports: Reports, span: Span): void {
  const text = reports.source.text.slice(span.start, span.end);
  const first = text.codePointAt(0) ?? 0;
  const blank = /^[\s\u200b-\u200f\u2060]/u.test(text);
  const what = blank
    ? `the blank character U+${first.toString(16).toUpperCase().padStart(4, '0')}`
    : `\`${excerpt(text)}\``;
  let hint: string | undefined;
  if (blank) hint = 'write an ordinary space';
  else if (/^\p{L}/u.test(text)) hint = 'names are made of the letters a to z and A to Z, digits and `_`';
  else if (/^[“”„«»‘’'`]/.test(text)) hint = 'strings stand between straight double quotes: "text"';
  reports.add('strayCharacter', { what }, span, { hint });
}

function typeIndex(type: TokenType): number {
  return type.tokenTypeIdx ?? 0;
}
