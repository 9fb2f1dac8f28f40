/**
 * From "the parser cannot go on at this token" to a diagnostic: what was found, what could stand there
 * and, for the mistakes that people make, what to write instead.
 */
import { excerpt } from '../util/words.ts';
import type { IToken, TokenType } from 'chevrotain';
import { spanOf } from './lex.ts';
import type { Reports } from './reports.ts';
import type { Span } from './source.ts';
import { hintFor } from './syntaxHints.ts';
import * as T from './tokens.ts';

/** What the parser knows where it stops. */
export interface Stop {
  /** The token that cannot stand here, and the one after it. */
  readonly token: IToken;
  readonly after: IToken;
  readonly before: IToken;
  /** The first token of the item that cannot be read. */
  readonly first: IToken;
  /** What could stand here, in words. */
  readonly expected: string;
  /** Where in the language this is: decides between hints. */
  readonly place: Place;
}

/** The kinds of item, as far as hints differ. */
export type Place =
  | 'declaration'
  | 'space item'
  | 'body item'
  | 'field'
  | 'alternative'
  | 'argument'
  | 'tensor'
  | 'parameter'
  | 'element'
  | 'list item'
  | 'entry'
  | 'map entry'
  | 'answer'
  | 'value';

/** Reports that the parser cannot go on. */
export function reportStop(stop: Stop, reports: Reports): void {
  const { token } = stop;
  const span = placeOf(stop, reports);
  const wrongPlace = misplacement(stop);
  if (wrongPlace) {
    reports.add('misplaced', { word: token.image, where: wrongPlace.where }, span, { hint: wrongPlace.hint });
    return;
  }
  if (token.tokenType === T.Nas && stop.place === 'declaration' && token === stop.first) {
    reports.add('lateVersion', {}, span, { hint: 'remove this line' });
    return;
  }
  const namesIt = stop.after.tokenType === T.Colon || stop.after.tokenType === T.Assign;
  if (isReserved(token) && (namesIt || /\bname$/.test(stop.expected))) {
    reports.add('reservedWord', { word: token.image }, span, { expected: 'another name' });
    return;
  }
  // `if: conv(16, 3)` is read as the beginning of an `if`.
  const label = token.tokenType === T.Colon && stop.before === stop.first && isReserved(stop.before);
  if (label && (stop.place === 'alternative' || stop.place === 'argument')) {
    const word = stop.before.image;
    reports.add('reservedWord', { word }, spanOf(stop.before), { expected: 'another name' });
    return;
  }
  const found = endsLine(stop, reports) ? 'end of the line' : describe(token);
  const hint = hintFor(stop);
  // The line below is what was missing; it is no mistake of its own.
  if (hint?.startsWith('put the')) reports.silence(stop.after.startOffset);
  reports.add('unexpectedToken', { found }, span, {
    expected: stop.expected,
    hint,
    labels: goesOn(stop, reports) ? [{ span: spanOf(stop.before), text: 'this goes on here' }] : [],
  });
}

/** True when the token before stands at the end of a line that it does not end. */
function goesOn({ token, before }: Stop, reports: Reports): boolean {
  if (!T.continues.has(before.tokenType) || token.tokenType.name === 'EOF') return false;
  if (token.tokenType === T.RightBrace) return false;
  return /[\r\n]/.test(reports.source.text.slice(spanOf(before).end, token.startOffset));
}

function isReserved(token: IToken): boolean {
  return token.tokenType.CATEGORIES?.includes(T.ReservedWord) ?? false;
}

/** The place of the error: a line that ends too early ends behind its last token. */
function placeOf(stop: Stop, reports: Reports): Span {
  const { token, before } = stop;
  const lineEnd = spanOf(before).end;
  if (endsLine(stop, reports) && !Number.isNaN(lineEnd)) return { start: lineEnd, end: lineEnd };
  if (token.tokenType.name === 'EOF') {
    const end = Number.isNaN(lineEnd) ? reports.source.text.length : lineEnd;
    return { start: end, end };
  }
  return spanOf(token);
}

/** True when the line ends before the token: by a separator, or because a closing brace has the next line. */
function endsLine({ token, before }: Stop, reports: Reports): boolean {
  if (token.tokenType === T.Separator) return token.image !== ',';
  if (token.tokenType !== T.RightBrace || before.tokenType === T.LeftBrace) return false;
  return /[\r\n]/.test(reports.source.text.slice(spanOf(before).end, token.startOffset));
}

/** What a reader calls a token. */
function describe(token: IToken): string {
  if (token.tokenType === T.Separator) return '`,`';
  if (token.tokenType.name === 'EOF') return 'end of the text';
  if (token.tokenType === T.StringText) return `string ${excerpt(token.image, 30)}`;
  return `\`${excerpt(token.image, 30)}\``;
}

/** A word of the language at the beginning of an item where it cannot stand. */
function misplacement(stop: Stop): { where: string; hint: string } | undefined {
  const { token, place, first, before } = stop;
  const contract = token.tokenType === T.Cell && before === first && isContract(before);
  if (token !== first && !contract) return undefined;
  const type = token.tokenType;
  const declares = beginsDeclaration(stop);
  const isItem = itemWords.has(type);
  switch (place) {
    case 'declaration':
      if (!isItem) return undefined;
      return {
        where: 'outside of a space',
        hint: 'a file holds declarations such as `space`, `motif`, `cell` and `search`',
      };
    case 'field':
      if (!declares && !isItem) return undefined;
      return { where: 'among fields', hint: 'a field is a name and a value, as in `seed 1`' };
    case 'entry':
    case 'map entry':
      if (!declares && !isItem) return undefined;
      return { where: 'in an architecture', hint: 'an architecture holds answers: `path = answer`' };
    case 'space item':
      return declares ? { where: 'inside a space', hint: 'move it outside of all braces' } : undefined;
    case 'body item':
      if (declares) return { where: 'inside a body', hint: 'move it outside of all braces' };
      if (type === T.Input) {
        return { where: 'in a body', hint: 'the tensors of a motif are its parameters: `motif f(x; c)`' };
      }
      return type === T.Output
        ? { where: 'in a body', hint: 'the last item of a body is its value: leave `output` out' }
        : undefined;
    default:
      return undefined;
  }
}

const itemWords: ReadonlySet<TokenType> = new Set([T.Let, T.Nodes, T.Require, T.Input, T.Output]);
function isContract({ tokenType }: IToken): boolean {
  return tokenType === T.Normal || tokenType === T.Reduction;
}

function beginsDeclaration({ token, after }: Stop): boolean {
  if (T.declares.has(token.tokenType)) return true;
  if (isContract(token)) return after.tokenType === T.Cell;
  return token.tokenType === T.Moves && after.tokenType === T.Of;
}
