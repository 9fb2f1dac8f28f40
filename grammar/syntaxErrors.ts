/**
 * From "the parser cannot go on at this token" to a diagnostic: what was found, what could stand there
 * and, for the mistakes that people make, what to write instead.
 */
import { closest } from '../util/didYouMean.ts';
import { excerpt } from '../util/words.ts';
import type { IToken } from 'chevrotain';
import { spanOf } from './lex.ts';
import type { Reports } from './reports.ts';
import type { Span } from './source.ts';
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
  if (token.tokenType === T.Colon && stop.place === 'alternative') {
    reports.add('badLabel', {}, spanOf(stop.first), {
      hint: 'leave the label out, or begin it with a letter: `k3: conv(16, 3)`',
    });
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
  const { token, place } = stop;
  if (token !== stop.first) return undefined;
  const type = token.tokenType;
  const isDeclaration = type === T.Space || type === T.Motif || type === T.Search;
  const isItem = type === T.Let || type === T.Require || type === T.Input || type === T.Output;
  if (place === 'declaration' && isItem) {
    return { where: 'outside of a space', hint: 'a file holds `space`, `motif` and `search` declarations' };
  }
  if (place === 'field' && (isDeclaration || isItem)) {
    return { where: 'in a search', hint: 'a search holds fields such as `data`, `strategy` and `budget`' };
  }
  if (place !== 'space item' && place !== 'body item') return undefined;
  if (isDeclaration) {
    const where = place === 'space item' ? 'inside a space' : 'inside a body';
    return { where, hint: 'move it outside of all braces' };
  }
  if (place === 'body item' && type === T.Input) {
    return { where: 'in a body', hint: 'the tensors of a motif are its parameters: `motif f(x; c)`' };
  }
  if (place === 'body item' && type === T.Output) {
    return { where: 'in a body', hint: 'the last item of a body is its value: leave `output` out' };
  }
  return undefined;
}

const words: Readonly<Partial<Record<Place, readonly string[]>>> = {
  declaration: ['space', 'motif', 'search'],
  'space item': ['input', 'output', 'let', 'require'],
  'body item': ['let', 'require', 'choose', 'repeat', 'if'],
  value: ['choose', 'repeat', 'if', 'not'],
  alternative: ['choose', 'repeat', 'if'],
};

function hintFor(stop: Stop): string | undefined {
  const { token, after, before, first, place, expected } = stop;
  const type = token.tokenType;
  if (type === T.Separator && after.tokenType === T.LeftBrace && expected.includes('`{`')) {
    return 'put the `{` at the end of the line above: a newline ends the item';
  }
  if (
    type === T.Separator &&
    token.image !== ',' &&
    after.tokenType === T.Assign &&
    expected.includes('`=`')
  ) {
    return 'put the `=` at the end of the line above: a newline ends the item';
  }
  if (expected.startsWith('`{` and the stage')) {
    return 'the stage to repeat stands in braces: `repeat 3 { conv(16, 3) }`';
  }
  if (type === T.Assign && place === 'tensor') {
    return 'a parameter with a default is static, and static parameters stand after `;`: `motif f(x; c = 16)`';
  }
  if (type === T.Assign && place === 'argument') return 'a named argument is written with `:`, as in `k: 3`';
  if ((type === T.Assign || type === T.Colon) && place === 'field') {
    return `write the value after the name alone, as in \`${excerpt(first.image, 20)} ...\``;
  }
  if (type === T.Assign && expected.startsWith('an operator'))
    return 'to compare, write `==`; `=` stands only after `let`';
  if (before.tokenType === T.Comma && expected === 'an expression' && T.closes.has(type)) {
    return 'remove the `,` before it';
  }
  if (expected.includes('`else`')) return 'every `if` has an `else`: `if a then b else c`';
  if (before.tokenType === T.Choose && type === T.Minus) {
    return 'a computed number stands in parentheses: `choose (-1)..1`';
  }
  if (type === T.Colon && place === 'parameter') return 'a default is written with `=`, as in `classes = 10`';
  if (type === T.Semicolon && (place === 'body item' || place === 'space item' || place === 'field')) {
    return 'items end with their line; between items of one line write a comma';
  }
  // A misspelt word is read as a name, and what follows it then looks wrong.
  const candidates = words[place];
  const suspect = [first, token].find(
    (t) => t.tokenType === T.PlainName && t === (type === T.PlainName ? t : first),
  );
  if (!candidates || !suspect || (suspect === first && first !== token && before !== first)) return undefined;
  const near = closest(suspect.image, candidates, 1)[0];
  if (near) return `did you mean \`${near}\`?`;
  const bare = place === 'space item' && first === token;
  return bare ? 'give the value a name with `let`, or make it the `output`' : undefined;
}
