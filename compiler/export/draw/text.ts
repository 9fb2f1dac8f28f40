/** How wide text comes out: an estimate from the wide side, as fonts differ from machine to machine. */
import { graphemes } from '../../../util/displayWidth.ts';

type Metric = 'font' | 'small' | 'line' | 'title' | 'note' | 'pageWidth' | 'margin' | 'gapX' | 'gapY' | 'pad';

/** Sizes in pixels. Panels fill rows of about this width. */
export const metrics: Readonly<Record<Metric, number>> = {
  font: 13,
  small: 11,
  line: 16,
  title: 34,
  note: 17,
  pageWidth: 1180,
  margin: 20,
  gapX: 26,
  gapY: 12,
  pad: 9,
};

const narrow = /[ijltfr.,:;|!'`()[\]{} ]/;
const wide = /[mwMW@%—]/;

/** Width in pixels of a line at a font size. Follows the proportions of DejaVu Sans, the widest of the usual fonts. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const { text: c, width } of graphemes(text)) {
    if (width === 2) em += 1.05;
    else if (narrow.test(c)) em += 0.38;
    else if (wide.test(c)) em += 0.98;
    else if (/[A-Z×+−=<>#]/.test(c)) em += 0.76;
    else em += 0.635;
  }
  return Math.ceil(em * size);
}

/** The text without the marks of what is set lower: `ck-2` for `c_{k-2}`. */
export function plainText(text: string): string {
  return text.replace(/_\{([^}]*)\}/g, '$1');
}
