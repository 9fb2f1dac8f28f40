/** What to write instead: advice for the mistakes that people make where the parser cannot go on. */
import type { IToken, TokenType } from 'chevrotain';
import { closest } from '../util/didYouMean.ts';
import { excerpt } from '../util/words.ts';
import type { Place, Stop } from './syntaxErrors.ts';
import * as T from './tokens.ts';

/** A piece of advice for one kind of mistake, or nothing where it does not apply. */
type Rule = (stop: Stop) => string | undefined;

/** The advice for a stop; the first rule that has any gives it. */
export function hintFor(stop: Stop): string | undefined {
  for (const rule of rules) {
    const hint = rule(stop);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

const rules: readonly Rule[] = [
  lineTooEarly,
  declarationForm,
  bodyForm,
  loopForm,
  chooseForm,
  alternativeForm,
  listForm,
  architectureForm,
  signForm,
  misspelling,
];

function isSign(token: IToken, ...types: readonly TokenType[]): boolean {
  return types.includes(token.tokenType);
}

/** `=` or `{` on the line below the one that it belongs to. */
function lineTooEarly({ token, after, expected }: Stop): string | undefined {
  if (token.tokenType !== T.Separator) return undefined;
  const [brace, sign] = [after.tokenType === T.LeftBrace, after.tokenType === T.Assign];
  if (brace && expected.includes('`{`')) {
    return 'put the `{` at the end of the line above: a newline ends the item';
  }
  if (sign && token.image !== ',' && expected.includes('`=`')) {
    return 'put the `=` at the end of the line above: a newline ends the item';
  }
  return undefined;
}

/** Headers: `use`, contracts of cells, notations, moves, properties. */
function declarationForm({ token, first, place, expected }: Stop): string | undefined {
  if (place === 'tensor' && token.tokenType === T.Assign) {
    return 'a parameter with a default is static, and static parameters stand after `;`: `motif f(x; c = 16)`';
  }
  if (place === 'parameter' && token.tokenType === T.Colon) {
    return 'a default is written with `=`, as in `classes = 10`';
  }
  if (place !== 'declaration') return undefined;
  switch (first.tokenType) {
    case T.Use:
      return 'write `use "file.nas"`';
    case T.Property:
      return expected === 'an operator or `}`' ? undefined : 'write `property "name" for a in SPACE { ... }`';
    case T.Normal:
    case T.Reduction:
      return token === first ? 'this word stands before `cell`: `normal cell f(x; c)`' : undefined;
    case T.Notation:
      return 'write `notation NAME of SPACE "{path}"`';
    case T.Moves:
      return 'write `moves of SPACE { widen f, deepen depth }`';
    default:
      return undefined;
  }
}

/** `let`, `nodes` and `output`. */
function bodyForm({ token, before, first, place, expected }: Stop): string | undefined {
  if (token.tokenType === T.RightSquare && before.tokenType === T.LeftSquare) {
    if (first.tokenType === T.Nodes) return 'write how many: `nodes n[4] = ...`';
    if (place === 'declaration' && isSign(first, T.Cell, T.Normal, T.Reduction))
      return 'write how many: `cell m[6](x; c)`';
  }
  if (expected === '`[` and the number of nodes') return 'write how many: `nodes n[4] = ...`';
  if (first.tokenType === T.Nodes && token.tokenType === T.Assign && expected === 'an operator or `]`') {
    return 'the index is followed by `:`, as in `nodes n[i: 4] = ...`';
  }
  const several = token.tokenType === T.Separator && token.image === ',' && expected === '`=` and a value';
  const list = expected === 'a name' && token.tokenType === T.LeftSquare;
  if ((several && first.tokenType === T.Let) || (list && before.tokenType === T.Let)) {
    return 'several names stand in parentheses: `let (a, b) = ...`';
  }
  if (list && before.tokenType === T.For) return 'several names stand in parentheses: `for (a, b) in ...`';
  if (place === 'space item' && first.tokenType === T.Output && token.tokenType === T.Assign) {
    return 'an output with a name is written `output aux: ...`';
  }
  return undefined;
}

/** `repeat` and `for` with a body in braces. */
function loopForm({ token, place, expected }: Stop): string | undefined {
  if (expected.startsWith('`{` and the stage')) {
    return 'the stage to repeat stands in braces: `repeat 3 { conv(16, 3) }`';
  }
  if (expected === '`in` and a list') {
    return token.image === ','
      ? 'several names stand in parentheses: `for (a, b) in ...`'
      : 'write `for x in xs`';
  }
  if (expected === 'an operator or `{` and a stage') {
    return place === 'list item' || place === 'argument'
      ? 'in a list the value comes first: `[f(h) for h in hs]`'
      : 'the stage stands in braces: `for i in 1..3 { conv(16, 3) }`';
  }
  return undefined;
}

/** How much is chosen from what. */
function chooseForm({ token, before, expected }: Stop): string | undefined {
  const type = token.tokenType;
  const listed = isSign(token, T.LeftSquare, T.PlainName);
  if (expected === '`..`, `of` or `from`') {
    if (type === T.LeftBrace) return 'so many alternatives are written `choose 2 of {a, b, c}`';
    if (listed) return 'so many elements of a list are written `choose 2 from xs`';
    if (T.isArithmetic(type)) return 'a computed number stands in parentheses: `choose (2 * n) from xs`';
    return 'one number is no choice: write a range, `choose 1..3`, or `choose 2 from xs`';
  }
  if (expected === '`of` or `from`') {
    return type === T.LeftBrace ? 'write `choose any of {a, b}`' : 'write `choose any from xs`';
  }
  if (expected === '`{` and alternatives' && listed) {
    return 'a list follows `from`: `choose 2 from xs`';
  }
  if (before.tokenType === T.From && type === T.LeftBrace) {
    return 'alternatives follow `of`, as in `choose 2 of {a, b}`; for one of them, write `choose {a, b}`';
  }
  if (!expected.includes('`from`, `any`')) return undefined;
  if (expected.startsWith('`{`')) {
    return `\`${excerpt(before.image, 20)}\` is the name of this choice; a list follows \`from\`: \`choose from xs\``;
  }
  if (type === T.Minus) return 'a computed number stands in parentheses: `choose (-1)..1`';
  if (type === T.Of) return 'say how many: `choose any of {a, b}` or `choose 2 of {a, b}`';
  if (type === T.LeftSquare) {
    return 'alternatives stand in braces, `choose {3, 5}`; a list follows `from`, `choose from xs`';
  }
  return undefined;
}

/** Labels and guards. */
function alternativeForm({ token, place, expected }: Stop): string | undefined {
  const behind = expected.startsWith('an operator, `when`');
  if (place === 'alternative' && behind && isSign(token, T.If, T.When)) {
    return 'a condition is written with `when`, before the `:`: `wide when c > 16: conv(64, 3)`';
  }
  if (place === 'alternative' && behind && token.tokenType === T.Assign) {
    return 'a label is followed by `:`, as in `wide: conv(64, 3)`; to compare, write `==`';
  }
  if (token.tokenType === T.When) {
    return '`when` stands in alternatives; elsewhere, write `if a then b else c`';
  }
  return undefined;
}

/** Spreads, generators and elements. */
function listForm({ token, after, before, place, expected }: Stop): string | undefined {
  const type = token.tokenType;
  if (type === T.Spread) {
    return place === 'argument'
      ? 'a spread stands in a list: `add([...xs])`'
      : 'a spread stands in a list or among alternatives: `[x, ...xs]`';
  }
  if (type === T.For && (expected.startsWith('an operator') || expected === 'the end of the line')) {
    return place === 'list item' || place === 'argument'
      ? 'a list has one `for`: put a list into the list'
      : 'a list with `for` stands in brackets: `[f(x) for x in xs]`';
  }
  if (type === T.Else && place === 'list item') {
    return 'behind `for` a condition has no `else`; values are chosen before it: `[if c then a else b for h in hs]`';
  }
  if (type === T.Not && after.tokenType === T.In) return 'write `not` first: `not a in b`';
  if (type === T.Comma && expected === 'an operator or `]`') {
    return 'one element is selected at a time: `x[1][2]`';
  }
  if (type === T.RightSquare && before.tokenType === T.LeftSquare && expected === 'an expression') {
    return 'an element is selected by its number, counted from 0: `n[0]`';
  }
  return undefined;
}

/** Paths and answers. */
function architectureForm({ token, first, place, expected }: Stop): string | undefined {
  const type = token.tokenType;
  if (place === 'entry' && type === T.Colon) return 'at the top of an architecture write `path = answer`';
  if (place === 'map entry' && type === T.Assign) return 'inside of braces write `path: answer`';
  if ((place === 'entry' || place === 'map entry') && type === T.StringText) {
    return token === first ? 'paths are written without quotes' : 'labels are written without quotes';
  }
  if (expected === 'an answer' && type === T.Choose) {
    return 'an architecture answers what the space leaves open: write the label';
  }
  return undefined;
}

/** Signs that mean something else here. */
function signForm({ token, before, first, place, expected }: Stop): string | undefined {
  const type = token.tokenType;
  if (type === T.Assign && place === 'argument') return 'a named argument is written with `:`, as in `k: 3`';
  if (isSign(token, T.Assign, T.Colon) && place === 'field') {
    return `write the value after the name alone, as in \`${excerpt(first.image, 20)} ...\``;
  }
  if (type === T.Assign && expected.startsWith('an operator')) {
    return 'to compare, write `==`; `=` stands only after `let`';
  }
  if (before.tokenType === T.Comma && expected === 'an expression' && T.closes.has(type)) {
    return 'remove the `,` before it';
  }
  if (expected.includes('`else`')) return 'every `if` has an `else`: `if a then b else c`';
  if (type === T.Semicolon && (place === 'body item' || place === 'space item' || place === 'field')) {
    return 'items end with their line; between items of one line write a comma';
  }
  return undefined;
}

const words: Readonly<Partial<Record<Place, readonly string[]>>> = {
  declaration: [
    'use',
    'space',
    'motif',
    'cell',
    'normal',
    'reduction',
    'architecture',
    'notation',
    'moves',
    'property',
    'search',
    'genome',
    'program',
  ],
  'space item': ['input', 'output', 'let', 'nodes', 'require'],
  'body item': ['let', 'nodes', 'require', 'choose', 'repeat', 'for', 'if'],
  value: ['choose', 'repeat', 'for', 'if', 'not'],
  alternative: ['choose', 'repeat', 'for', 'if', 'when'],
  argument: ['choose', 'repeat', 'for', 'if'],
  'list item': ['choose', 'repeat', 'for', 'if'],
};

/** A misspelt word is read as a name, and what follows it then looks wrong. */
function misspelling({ token, before, first, place }: Stop): string | undefined {
  const candidates = words[place];
  const suspect = [first, token].find(
    (t) => t.tokenType === T.PlainName && t === (token.tokenType === T.PlainName ? token : first),
  );
  if (!candidates || !suspect || (suspect === first && first !== token && before !== first)) return undefined;
  const near = closest(suspect.image, candidates, 1)[0];
  if (near) return `did you mean \`${near}\`?`;
  const bare = place === 'space item' && first === token;
  return bare ? 'give the value a name with `let`, or make it the `output`' : undefined;
}
