/**
 * The tokens of the language and their lexer. Common mistakes have tokens too (`BadNumber`,
 * `Foreign` and their like); `lex.ts` turns them into diagnostics.
 */
import type { Lexer as ChevrotainLexer, TokenType } from 'chevrotain';
import { chevrotain } from './chevrotain.ts';

const { createToken, Lexer } = chevrotain;

const vocabulary: TokenType[] = [];

function define(config: Parameters<typeof createToken>[0]): TokenType {
  const type = createToken(config);
  vocabulary.push(type);
  return type;
}

// ---------------------------------------------------------------- categories (never matched by the lexer)

/** Every operator with two operands, `..` and `step` included. */
export const BinaryOperator: TokenType = createToken({ name: 'BinaryOperator', pattern: Lexer.NA });
/** `+ - * /` */
export const Arithmetic: TokenType = createToken({ name: 'Arithmetic', pattern: Lexer.NA });
/** Words that cannot be names. */
export const ReservedWord: TokenType = createToken({ name: 'ReservedWord', pattern: Lexer.NA });
/** A name; also the words that mean something in one place only: `step`, `normal`, `notation` and their like. */
export const Name: TokenType = createToken({ name: 'Name', pattern: Lexer.NA });
/** Where one item ends: newlines or commas between braces. Made by `layout.ts`. */
export const Separator: TokenType = createToken({ name: 'Separator', pattern: Lexer.NA });

// ---------------------------------------------------------------- white space and comments

export const Newline: TokenType = define({ name: 'Newline', pattern: /\r\n|\n|\r/ });
define({ name: 'WhiteSpace', pattern: /[ \t\f\v\uFEFF]+/, group: Lexer.SKIPPED });
export const CommentText: TokenType = define({ name: 'CommentText', pattern: /\/\/[^\r\n]*/ });
export const BlockComment: TokenType = define({
  name: 'BlockComment',
  pattern: /\/\*[\s\S]*?(?:\*\/|$)/,
  line_breaks: true,
});

// ---------------------------------------------------------------- words

/** Any word that is not reserved. */
export const PlainName: TokenType = createToken({
  name: 'PlainName',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Name],
});

function word(text: string, categories: TokenType[] = []): TokenType {
  return define({
    name: `Word_${text}`,
    pattern: new RegExp(`${text}\\b`),
    categories: [ReservedWord, ...categories],
  });
}

export const Nas: TokenType = word('nas');
export const Use: TokenType = word('use');
export const Space: TokenType = word('space');
export const Motif: TokenType = word('motif');
export const Cell: TokenType = word('cell');
export const Architecture: TokenType = word('architecture');
export const Property: TokenType = word('property');
export const Search: TokenType = word('search');
export const Genome: TokenType = word('genome');
export const Program: TokenType = word('program');
export const Let: TokenType = word('let');
export const Nodes: TokenType = word('nodes');
export const Input: TokenType = word('input');
export const Output: TokenType = word('output');
export const Require: TokenType = word('require');
export const Choose: TokenType = word('choose');
export const Of: TokenType = word('of');
export const From: TokenType = word('from');
export const Any: TokenType = word('any');
export const For: TokenType = word('for');
export const In: TokenType = word('in', [BinaryOperator]);
export const Repeat: TokenType = word('repeat');
export const If: TokenType = word('if');
export const Then: TokenType = word('then');
export const Else: TokenType = word('else');
export const When: TokenType = word('when');
export const And: TokenType = word('and', [BinaryOperator]);
export const Or: TokenType = word('or', [BinaryOperator]);
export const Not: TokenType = word('not');
export const True: TokenType = word('true');
export const False: TokenType = word('false');
export const None: TokenType = word('none');

/** A word with a meaning in one place; everywhere else it is a name. */
function nameLike(name: string, text: string, categories: TokenType[] = []): TokenType {
  return define({
    name,
    pattern: new RegExp(`${text}\\b`),
    label: `\`${text}\``,
    categories: [Name, ...categories],
  });
}

export const Step: TokenType = nameLike('Step', 'step', [BinaryOperator]);
export const Normal: TokenType = nameLike('Normal', 'normal');
export const Reduction: TokenType = nameLike('Reduction', 'reduction');
export const Notation: TokenType = nameLike('Notation', 'notation');
export const Moves: TokenType = nameLike('Moves', 'moves');
vocabulary.push(PlainName);

// ---------------------------------------------------------------- numbers and strings

// A number may not touch a letter, a digit or a lone point: `12kk`, `1.` and `1.2.3` are bad numbers, `1..3` is a range.
export const NumberText: TokenType = define({
  name: 'NumberText',
  pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[kMG]?(?![A-Za-z0-9_])(?!\.(?!\.))/,
});
export const BadNumber: TokenType = define({
  name: 'BadNumber',
  pattern: /\.?\d[A-Za-z0-9_]*(?:\.(?!\.)[A-Za-z0-9_]*)*/,
});
export const StringText: TokenType = define({
  name: 'StringText',
  pattern: /"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"/,
});
export const OpenString: TokenType = define({ name: 'OpenString', pattern: /"[^\r\n]*/ });
export const ForeignString: TokenType = define({
  name: 'ForeignString',
  pattern: /'[^'\r\n]*'|[“”„«][^“”»\r\n]*[“”»]/,
});

// ---------------------------------------------------------------- foreign spellings, before their parts

/** Operators of other languages and of word processors; `lex.ts` says what to write instead. */
export const Foreign: TokenType = define({
  name: 'Foreign',
  pattern: /&&|\|\||===|!==|\*\*|=>|->|:=|\+=|#[^\r\n]*|[−–—×·÷≤≥≠…→%^]|!(?!=)|\|(?!>)|&/,
});

// ---------------------------------------------------------------- punctuation, longest first

function sign(name: string, text: string, categories: TokenType[] = []): TokenType {
  return define({ name, pattern: text, label: `\`${text}\``, categories });
}

export const Spread: TokenType = sign('Spread', '...');
export const DotDot: TokenType = sign('DotDot', '..', [BinaryOperator]);
export const Dot: TokenType = sign('Dot', '.');
export const Pipe: TokenType = sign('Pipe', '|>');
export const Equal: TokenType = sign('Equal', '==', [BinaryOperator]);
export const NotEqual: TokenType = sign('NotEqual', '!=', [BinaryOperator]);
export const LessEqual: TokenType = sign('LessEqual', '<=', [BinaryOperator]);
export const GreaterEqual: TokenType = sign('GreaterEqual', '>=', [BinaryOperator]);
export const Less: TokenType = sign('Less', '<', [BinaryOperator]);
export const Greater: TokenType = sign('Greater', '>', [BinaryOperator]);
export const Plus: TokenType = sign('Plus', '+', [Arithmetic, BinaryOperator]);
export const Minus: TokenType = sign('Minus', '-', [Arithmetic, BinaryOperator]);
export const Star: TokenType = sign('Star', '*', [Arithmetic, BinaryOperator]);
export const Slash: TokenType = sign('Slash', '/', [Arithmetic, BinaryOperator]);
export const Assign: TokenType = sign('Assign', '=');
export const Colon: TokenType = sign('Colon', ':');
export const Semicolon: TokenType = sign('Semicolon', ';');
export const Comma: TokenType = sign('Comma', ',');
export const LeftParen: TokenType = sign('LeftParen', '(');
export const RightParen: TokenType = sign('RightParen', ')');
export const LeftSquare: TokenType = sign('LeftSquare', '[');
export const RightSquare: TokenType = sign('RightSquare', ']');
export const LeftBrace: TokenType = sign('LeftBrace', '{');
export const RightBrace: TokenType = sign('RightBrace', '}');

/** Every token type, for the parser. */
export const parserVocabulary: readonly TokenType[] = [
  ...vocabulary,
  BinaryOperator,
  Arithmetic,
  ReservedWord,
  Name,
  Separator,
];

let lexer: ChevrotainLexer | undefined;

/** The lexer, made when first needed. */
export function nasLexer(): ChevrotainLexer {
  lexer ??= new Lexer(vocabulary, { positionTracking: 'onlyOffset', skipValidations: true });
  return lexer;
}

/** Words that begin a declaration wherever they stand. */
export const declares: ReadonlySet<TokenType> = new Set([
  Use,
  Space,
  Motif,
  Cell,
  Architecture,
  Property,
  Search,
  Genome,
  Program,
]);

/** True for `+ - * /`. */
export function isArithmetic({ CATEGORIES }: TokenType): boolean {
  return CATEGORIES?.includes(Arithmetic) ?? false;
}

/** Closing brackets. */
export const closes: ReadonlySet<TokenType> = new Set([RightParen, RightSquare, RightBrace]);

/** A line that begins with one of these goes on with the line above. */
export const leads: ReadonlySet<TokenType> = new Set([Pipe, Plus, Minus, Star, Slash, And, Or, Then, Else]);

/** A line that ends with one of these, or with an opening bracket, goes on with the line below. */
export const continues: ReadonlySet<TokenType> = new Set([...leads, Assign, Colon]);
