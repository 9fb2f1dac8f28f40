/**
 * What the rules of the grammar share: series of items that are entered whatever stands there, and
 * recovery. Because `layout.ts` balanced the brackets, an item that cannot be read is left at its end,
 * which is the next separator of its own bracket; nothing is guessed.
 */
import type { IParserErrorMessageProvider, IToken, TokenType } from 'chevrotain';
import { chevrotain } from './chevrotain.ts';
import { depthOf, isMended, isUnclosed, type LaidToken } from './layout.ts';
import { spanOf } from './lex.ts';
import { Reports } from './reports.ts';
import type { Span } from './source.ts';
import { reportStop, type Place } from './syntaxErrors.ts';
import * as T from './tokens.ts';

/** A bracket, or the whole file, whose items are read one by one. */
export interface Frame {
  readonly place: Place;
  /** The bracket; undefined for the file. */
  readonly opener: IToken | undefined;
  /** What ends an item, beside the closing bracket and the end of the text. */
  readonly ends: readonly TokenType[];
  /** What could follow a whole item, in words. */
  readonly after: string;
}

/** The words of `ERR_MSG` are what was expected; the found token is added later. */
const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => 'the end of the text',
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? 'something else',
};

/** Series, recovery and spans for the rules of the language. */
export class ParserBase extends chevrotain.EmbeddedActionsParser {
  protected reports: Reports = new Reports({ name: '', text: '' });
  protected docs: ReadonlyMap<number, string> = new Map();

  constructor(validate: boolean) {
    super([...T.parserVocabulary], {
      maxLookahead: 2,
      recoveryEnabled: false,
      errorMessageProvider: messages,
      skipValidations: !validate,
    });
  }

  /** Sets what is parsed next. */
  protected load(tokens: LaidToken[], docs: ReadonlyMap<number, string>, reports: Reports): void {
    this.input = tokens;
    this.docs = docs;
    this.reports = reports;
  }

  /** Reads items until the frame's closing bracket, `;` or the end; leaves what cannot be read. */
  protected series<T>(frame: Frame, separator: TokenType, one: () => T | undefined): T[] {
    const items: T[] = [];
    if (this.RECORDING_PHASE) {
      this.MANY_SEP({ SEP: separator, DEF: one });
      return items;
    }
    // A loop of our own: the generated one would not enter an item that begins with a wrong token, and the
    // mistake would be charged to the bracket around it.
    if (this.atFrameEnd(frame) || this.LA(1).tokenType === T.Semicolon) return items;
    for (;;) {
      const item = this.guarded(frame, one);
      if (item !== undefined) items.push(item);
      if (this.LA(1).tokenType !== separator || this.atFrameEnd(frame)) return items;
      this.SKIP_TOKEN();
    }
  }

  /** Reads one item; on an error reports it, goes to the item's end and gives undefined. */
  protected guarded<T>(frame: Frame, one: () => T | undefined): T | undefined {
    const first = this.LA(1);
    // To make sense of an error takes a while; a file full of them is not read to its end.
    if (this.reports.full && !this.RECORDING_PHASE) {
      this.reports.count += 1;
      while (!this.atItemEnd(frame)) this.SKIP_TOKEN();
      return undefined;
    }
    try {
      const item = one();
      if (this.atItemEnd(frame)) return item;
      this.stop(frame, first, frame.after);
    } catch (error) {
      if (!(error instanceof Error) || !chevrotain.isRecognitionException(error)) throw error;
      this.stop(frame, first, error.message);
    }
    while (!this.atItemEnd(frame)) this.SKIP_TOKEN();
    return undefined;
  }

  /** Gives what `read` reads, unless an error was found inside. */
  protected unbroken<N>(read: () => N): N | undefined {
    const before = this.reports.count;
    const node = read();
    return this.RECORDING_PHASE || this.reports.count === before ? node : undefined;
  }

  /** The span from a token to the last one read. */
  protected from(first: IToken): Span {
    const last = this.LA(0);
    return { start: first.startOffset, end: Math.max(spanOf(last).end, first.startOffset) };
  }

  /** The documentation above the item that begins with `first`. */
  protected docOf(first: IToken): string | undefined {
    return this.docs.get(first.startOffset);
  }

  private stop(frame: Frame, first: IToken, expected: string): void {
    const [token, after, before] = [this.LA(1), this.LA(2), this.LA(0)];
    // Near a bracket that was never closed, which was reported, it is unclear what belongs where.
    const inUnclosed = frame.opener && isUnclosed(frame.opener) && frame.opener.tokenType !== T.LeftBrace;
    // Nor is it clear behind characters that were left out.
    const leftOut = this.reports.anyBetween(spanOf(before).end, token.startOffset);
    if (inUnclosed || leftOut || isMended(token) || isMended(before)) {
      this.reports.count += 1;
      return;
    }
    reportStop({ token, after, before, first, expected, place: frame.place }, this.reports);
  }

  private atItemEnd(frame: Frame): boolean {
    const token = this.LA(1);
    if (this.atFrameEnd(frame)) return true;
    return depthOf(token) === innerDepth(frame) && frame.ends.includes(token.tokenType);
  }

  private atFrameEnd(frame: Frame): boolean {
    const token = this.LA(1);
    return token.tokenType.name === 'EOF' || depthOf(token) < innerDepth(frame);
  }
}

function innerDepth(frame: Frame): number {
  return frame.opener ? depthOf(frame.opener) + 1 : 0;
}
