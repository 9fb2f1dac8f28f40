/**
 * Between lexer and parser: newlines become separators or vanish (language reference, "Lines"), and
 * brackets are balanced, so that the parser sees neither newlines nor a bracket without its partner.
 * Nesting is bounded here too, which keeps every later pass within its stack.
 */
import type { IToken, TokenType } from 'chevrotain';
import { chevrotain } from './chevrotain.ts';
import { spanOf } from './lex.ts';
import { locate } from './locate.ts';
import type { Reports } from './reports.ts';
import type { Span } from './source.ts';
import * as T from './tokens.ts';

const { createTokenInstance } = chevrotain;

/**
 * How deep brackets, `if`, `choose`, `repeat` and `for` may stand inside one another. The parser needs up to 4 KiB
 * of stack for each level, of the megabyte that Node.js has by default.
 */
export const nestingLimit: number = 100;
/** How many operators one expression may have. */
export const operatorLimit: number = 1000;

/** A token with the number of brackets open around it; both brackets of a pair have the outer number. */
export interface LaidToken extends IToken {
  depth: number;
}

/** The depth of a token of the parser's input. */
export function depthOf(token: IToken): number {
  return 'depth' in token && typeof token.depth === 'number' ? token.depth : 0;
}

/** True for an opening bracket whose partner was missing. */
export function isUnclosed(token: IToken): boolean {
  return 'mended' in token && token.mended === true;
}

/** True for a closing bracket that stands for a missing one: an error about it was already reported. */
export function isMended(token: IToken): boolean {
  return token.image === '' && T.closes.has(token.tokenType);
}

interface Frame {
  readonly opener: IToken | undefined;
  /** `if`s of the present item. */
  ifs: number;
  /** `choose`, `repeat` and `for` of the present item, or stage where no `if` is open. */
  prefixes: number;
  /** Operators and calls of the present item or stage. */
  operators: number;
  /** How tall the tallest bracket of the present item is, counted in operators. */
  inner: number;
  /** The tallest item so far. */
  tallest: number;
}

function newFrame(opener: IToken | undefined): Frame {
  return { opener, ifs: 0, prefixes: 0, operators: 0, inner: 0, tallest: 0 };
}

const partners: ReadonlyMap<TokenType, TokenType> = new Map([
  [T.LeftParen, T.RightParen],
  [T.LeftSquare, T.RightSquare],
  [T.LeftBrace, T.RightBrace],
]);
/** Words that never stand inside `( )` or `[ ]`. */
const statementWords: ReadonlySet<TokenType> = new Set([T.Let, T.Nodes, T.Input, T.Output, T.Require]);
/** Words that begin a declaration if what follows them says so, and are names elsewhere. */
const contextualWords: ReadonlyMap<TokenType, (next?: TokenType, second?: TokenType) => boolean> = new Map([
  [T.Normal, (next?: TokenType) => next === T.Cell],
  [T.Reduction, (next?: TokenType) => next === T.Cell],
  // A field may be called `notation`: `notation x` and `notation 10 of [x]` are fields.
  [T.Notation, (next?: TokenType, second?: TokenType) => second === T.Of && isName(next)],
  [T.Moves, (next?: TokenType) => next === T.Of],
]);

function isName(type: TokenType | undefined): boolean {
  return type === T.PlainName || (type?.CATEGORIES?.includes(T.Name) ?? false);
}

/** What calls or selects a part of the value before it. */
const selectors: ReadonlySet<TokenType> = new Set([T.LeftParen, T.LeftSquare, T.Dot]);
const prefixWords: ReadonlySet<TokenType> = new Set([T.If, T.Choose, T.Repeat, T.For]);

/** Resolves newlines and balances brackets; undefined when the text is nested beyond the limits. */
export function layOut(tokens: readonly IToken[], reports: Reports): LaidToken[] | undefined {
  return new Layout(reports).run(tokens);
}

class Layout {
  private readonly reports: Reports;
  private readonly laid: LaidToken[] = [];
  private readonly frames: Frame[] = [newFrame(undefined)];
  /** How many of each kind of bracket are open. */
  private readonly open = new Map<TokenType | undefined, number>();
  private newline: IToken | undefined;
  /** `if`, `choose`, `repeat` and `for` in all open items. */
  private prefixes = 0;
  /** The two tokens after the one that is being added. */
  private following: readonly (IToken | undefined)[] = [];

  constructor(reports: Reports) {
    this.reports = reports;
  }

  run(tokens: readonly IToken[]): LaidToken[] | undefined {
    for (const [i, token] of tokens.entries()) {
      this.following = [tokens[i + 1], tokens[i + 2]];
      if (token.tokenType === T.Newline) this.newline ??= token;
      else if (!this.add(token)) return undefined;
    }
    const last = this.laid.at(-1);
    const end = last ? spanOf(last).end : 0;
    this.closeMissing({ start: end, end }, 'the text ends here', () => true);
    if (this.laid.at(-1)?.tokenType === T.Separator) this.laid.pop();
    return this.laid;
  }

  private add(token: IToken): boolean {
    const type = token.tokenType;
    this.closeBefore(token);
    if (T.closes.has(type)) return this.addCloser(token);
    this.addNewline(token);
    if (type === T.Comma && this.inItems()) {
      this.addSeparator(token);
      return true;
    }
    if (type === T.Comma || type === T.Semicolon || type === T.Assign) this.endItem();
    this.laid.push(Object.assign(token, { depth: this.frames.length - 1 }));
    return this.count(token);
  }

  /** Closes brackets that cannot still be open where a statement or a declaration begins. */
  private closeBefore(token: IToken): void {
    const type = token.tokenType;
    const declares = this.declares(token) && this.atLineStart(token);
    if (!declares && !statementWords.has(type)) return;
    const label = `\`${token.image}\` cannot stand inside`;
    this.closeMissing(spanOf(token), label, () => declares || !this.inItems());
  }

  /** True when a closing bracket stands on its opener's line, and what it would otherwise close does not. */
  private looksMistyped(token: IToken): boolean {
    const { source } = this.reports;
    const line = (t: IToken | undefined): number => locate(source, t?.startOffset ?? 0).line;
    const partner = this.frames.findLast(
      (f) => f.opener && partners.get(f.opener.tokenType) === token.tokenType,
    );
    return line(this.opener()) === line(token) && line(partner?.opener) !== line(token);
  }

  /** True for a word that begins a declaration. */
  private declares({ tokenType }: IToken): boolean {
    if (T.declares.has(tokenType)) return true;
    const [next, second] = this.following;
    return contextualWords.get(tokenType)?.(next?.tokenType, second?.tokenType) ?? false;
  }

  private atLineStart(token: IToken): boolean {
    return token.startOffset === 0 || /[\r\n]/.test(this.reports.source.text.charAt(token.startOffset - 1));
  }

  private addCloser(token: IToken): boolean {
    const top = this.opener();
    const wanted = top && partners.get(top.tokenType);
    if (wanted !== token.tokenType) {
      if ((this.open.get(token.tokenType) ?? 0) > 0 && !this.looksMistyped(token)) {
        const label = `this closes the \`${opening(token)}\` around it`;
        this.closeMissing(spanOf(token), label, () => this.expectedCloser() !== token.tokenType);
      } else if (top && wanted && this.frames.length > 1) {
        const values = { open: top.image, close: token.image };
        this.reports.add('wrongBracket', values, spanOf(token), {
          labels: [{ span: spanOf(top), text: 'opened here' }],
          expected: `\`${closing(top)}\``,
        });
        this.close({ ...token, tokenType: wanted, tokenTypeIdx: wanted.tokenTypeIdx ?? 0 });
        return true;
      } else {
        this.reports.add('unmatchedBracket', { bracket: token.image }, spanOf(token));
        return true;
      }
    }
    this.close(token);
    return true;
  }

  /** Closes brackets whose partners are missing while `more` says so; one place, one diagnostic. */
  private closeMissing(place: Span, label: string, more: () => boolean): void {
    const openers: IToken[] = [];
    // A string without its end has taken in the rest of its line, closing brackets included.
    const inString = isOpenString(this.laid.at(-1));
    while (this.frames.length > 1 && more()) {
      const opener = this.opener();
      const type = opener && partners.get(opener.tokenType);
      if (!opener || !type) break;
      openers.unshift(Object.assign(opener, { mended: true }));
      const last = this.laid.at(-1) ?? opener;
      const offset = last.startOffset + last.image.length;
      this.close(createTokenInstance(type, '', offset, offset, NaN, NaN, NaN, NaN));
    }
    if (openers.length === 0) return;
    if (inString) {
      this.reports.count += 1;
      return;
    }
    // The innermost ones are the likelier mistakes; a whole page of them helps nobody.
    const shown = openers.slice(-3);
    this.reports.add('unclosedBracket', { brackets: shown.map((o) => o.image) }, place, {
      label,
      labels: shown.map((o) => ({ span: spanOf(o), text: 'opened here' })),
      expected: `\`${shown.map(closing).reverse().join(' ')}\` before this`,
    });
  }

  private close(token: IToken): void {
    if (this.laid.at(-1)?.tokenType === T.Separator) this.laid.pop();
    // Newlines before a bracket that ends a line's item matter no more.
    if (token.image !== '') this.newline = undefined;
    this.endItem();
    const frame = this.frames.pop();
    const type = token.tokenType;
    const outer = this.frames.at(-1);
    if (frame?.opener) this.open.set(type, (this.open.get(type) ?? 1) - 1);
    if (frame && outer) outer.inner = Math.max(outer.inner, frame.tallest);
    this.laid.push(Object.assign(token, { depth: this.frames.length - 1 }));
  }

  private addNewline(token: IToken): void {
    const next = token.tokenType;
    const newline = this.newline;
    this.newline = undefined;
    const last = this.laid.at(-1)?.tokenType;
    if (!newline || !last || !this.inItems() || T.leads.has(next) || partners.has(last)) return;
    // What begins with such a word is a new item, even where the line above is not finished.
    const begins = statementWords.has(next) || this.declares(token);
    if (T.continues.has(last) && !begins) return;
    this.addSeparator(newline);
  }

  private addSeparator(token: IToken): void {
    this.endItem();
    if (this.laid.at(-1)?.tokenType === T.Separator) return;
    const { image, startOffset } = token;
    const made = createTokenInstance(T.Separator, image, startOffset, startOffset, NaN, NaN, NaN, NaN);
    this.laid.push(Object.assign(made, { depth: this.frames.length - 1 }));
  }

  /** Counts what nests, and says whether it stays within the limits. */
  private count(token: IToken): boolean {
    const type = token.tokenType;
    const closer = partners.get(type);
    const frame = this.frames.at(-1);
    if (frame && prefixWords.has(type)) {
      if (type === T.If) frame.ifs += 1;
      else frame.prefixes += 1;
      this.prefixes += 1;
    } else if (type === T.Pipe) {
      this.endStage();
    } else if (frame && (type.CATEGORIES?.includes(T.BinaryOperator) || selectors.has(type))) {
      // A call of a call of a call nests as well, to the left; so do members and elements.
      frame.operators += 1;
    }
    if (closer) {
      this.frames.push(newFrame(token));
      this.open.set(closer, (this.open.get(closer) ?? 0) + 1);
    }
    if (this.frames.length - 1 + this.prefixes > nestingLimit) {
      this.reports.add('tooDeep', { limit: nestingLimit }, spanOf(token));
      return false;
    }
    if (frame && frame.operators + frame.inner > operatorLimit) {
      this.reports.add('tooManyOperators', { limit: operatorLimit }, spanOf(token));
      return false;
    }
    return true;
  }

  /** At `|>` counting begins anew, except inside an `if`, which takes in the pipeline. */
  private endStage(): void {
    const frame = this.frames.at(-1);
    if (!frame) return;
    frame.tallest = Math.max(frame.tallest, frame.operators + frame.inner);
    frame.operators = 0;
    frame.inner = 0;
    if (frame.ifs > 0) return;
    this.prefixes -= frame.prefixes;
    frame.prefixes = 0;
  }

  private endItem(): void {
    this.endStage();
    const frame = this.frames.at(-1);
    if (!frame) return;
    this.prefixes -= frame.ifs + frame.prefixes;
    frame.ifs = 0;
    frame.prefixes = 0;
  }

  private opener(): IToken | undefined {
    return this.frames.at(-1)?.opener;
  }

  private expectedCloser(): TokenType | undefined {
    const opener = this.opener();
    return opener && partners.get(opener.tokenType);
  }

  /** True between braces and outside of all brackets, where newlines and commas separate items. */
  private inItems(): boolean {
    const opener = this.opener();
    return !opener || opener.tokenType === T.LeftBrace;
  }
}

function isOpenString(token: IToken | undefined): boolean {
  return token?.tokenType === T.StringText && !/^"(?:[^"\\]|\\[^])*"$/.test(token.image.slice(0, 10_000));
}

function opening(closer: IToken): string {
  return { ')': '(', ']': '[', '}': '{' }[closer.image] ?? closer.image;
}

function closing(opener: IToken): string {
  return { '(': ')', '[': ']', '{': '}' }[opener.image] ?? opener.image;
}
