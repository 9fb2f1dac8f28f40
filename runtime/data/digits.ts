/**
 * The digits: 1,797 grey images of 8x8 handwritten digits (Alpaydin & Kaynak 1998, the test part of UCI's
 * "Optical Recognition of Handwritten Digits" as scikit-learn ships it), which travel with this package.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { packageRoot } from '../packageRoot.ts';
import { readIntegerTable } from './csv.ts';
import type { DatasetForm, Split } from './dataset.ts';
import { readDataFile, ungzip, type FileAdvice } from './file.ts';
import type { DataSource } from './source.ts';
import { splitInOrder, splitStratified } from './split.ts';

/** `shuffled`: fixed, by class. `writers`: file order, so that tests are on hands that were not trained on. */
export interface DigitsArguments {
  readonly split: 'shuffled' | 'writers';
  /** Another file of the same form. */
  readonly path: string | undefined;
}

const ROWS = 1797;
const PIXELS = 64;
const CLASSES = 10;
const LARGEST_PIXEL = 16;
const SIZES = { train: 1077, validation: 360, test: 360 } as const;

/** Independent of the seed of any search: two searches must be measured on the same images. */
const SPLIT_SEED = 1;
/** Raised whenever the same file would give other numbers or another split. */
const VERSION = 1;

// Round figures of the first 1,077 rows (mean 4.91, deviation 6.02). Fixed rather than computed, so that an image has
// the same numbers under every split and in an exported network.
const CENTRE = 5;
const SPREAD = 6;

const MAX_FILE_BYTES = 4_000_000;
const MAX_TABLE_BYTES = 4_000_000;

const ADVICE: FileAdvice = {
  what: 'the digits data',
  hint: 'it comes with the package: install naslang anew, or name a copy by `digits(path: "...")`',
};

const FORM: DatasetForm = { name: 'digits', classes: CLASSES, imageShape: [8, 8, 1], sizes: SIZES };

/** The entry of the table of data sets. */
export const digits: DataSource<DigitsArguments> = {
  doc: '1,797 handwritten digits, 8x8, grey: 1,077 to train on, 360 to validate on, 360 to test on.',
  arguments: (reader) => ({
    split: reader.word('split', ['shuffled', 'writers'], 'shuffled'),
    path: reader.text('path'),
  }),
  form: () => FORM,
  hash: async (args) => hashOf(await readDataFile(pathOf(args), MAX_FILE_BYTES, ADVICE), args),
  load: async (args) => {
    const path = pathOf(args);
    const file = await readDataFile(path, MAX_FILE_BYTES, ADVICE);
    const table = readIntegerTable(await ungzip(file, path, MAX_TABLE_BYTES), path, {
      rows: ROWS,
      columns: PIXELS + 1,
      largest: (column) => (column < PIXELS ? LARGEST_PIXEL : CLASSES - 1),
    });
    const images = new Float32Array(ROWS * PIXELS);
    const labels = new Int32Array(ROWS);
    for (let row = 0; row < ROWS; row += 1) {
      const from = row * (PIXELS + 1);
      for (let i = 0; i < PIXELS; i += 1) {
        images[row * PIXELS + i] = ((table[from + i] ?? 0) - CENTRE) / SPREAD;
      }
      labels[row] = table[from + PIXELS] ?? 0;
    }
    return {
      name: FORM.name,
      classes: CLASSES,
      imageShape: FORM.imageShape,
      images,
      labels,
      split: splitOf(labels, args),
      hash: hashOf(file, args),
      scaling: `(value - ${CENTRE}) / ${SPREAD}, values 0 to ${LARGEST_PIXEL}`,
    };
  },
};

function pathOf(args: DigitsArguments): string {
  return args.path === undefined
    ? join(packageRoot(), 'data', 'digits', 'digits.csv.gz')
    : resolve(args.path);
}

function splitOf(labels: Int32Array, args: DigitsArguments): Split {
  return args.split === 'writers'
    ? splitInOrder(ROWS, SIZES)
    : splitStratified(labels, CLASSES, SIZES, SPLIT_SEED);
}

function hashOf(file: Buffer, args: DigitsArguments): string {
  return createHash('sha256').update(`digits ${VERSION} ${args.split}\n`).update(file).digest('hex');
}
