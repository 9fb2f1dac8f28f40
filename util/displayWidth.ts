/**
 * How many columns a terminal gives to a text: two to East Asian wide characters and emoji, none to
 * combining marks (Unicode Standard Annex 11, reduced to what monospaced fonts do).
 */

const segmenter: Intl.Segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Ranges whose East Asian Width is W or F; emoji are found by their property instead. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/** One user-perceived character with its place in the text and its width in columns. */
export interface Grapheme {
  readonly text: string;
  /** UTF-16 offset in the text that was split. */
  readonly offset: number;
  readonly width: number;
}

/** The user-perceived characters of a text, in order. */
export function graphemes(text: string): Grapheme[] {
  // Plain ASCII, the usual case, needs no segmenter.
  if (/^[\x20-\x7e]*$/.test(text)) {
    return Array.from(text, (c, offset) => ({ text: c, offset, width: 1 }));
  }
  return Array.from(segmenter.segment(text), ({ segment, index }) => ({
    text: segment,
    offset: index,
    width: graphemeWidth(segment),
  }));
}

/** The number of columns of a text without tabs and newlines. */
export function displayWidth(text: string): number {
  return graphemes(text).reduce((sum, g) => sum + g.width, 0);
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  const point = grapheme.codePointAt(0) ?? 0;
  return wideRanges.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}
