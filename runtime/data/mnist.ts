/**
 * MNIST (LeCun, Bottou, Bengio & Haffner 1998, "Gradient-Based Learning Applied to Document Recognition"): grey images of
 * 28x28 of handwritten digits, read in their original IDX form, with or without gzip. They do not travel with this package:
 * a folder of the user's holds them.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../../grammar/diagnostics.ts';
import type { DatasetForm, Split } from './dataset.ts';
import { readDataFile, ungzip, type FileAdvice } from './file.ts';
import { dataFolder } from './folder.ts';
import { idxBytes, readIdx, type IdxForm } from './idx.ts';
import { writeImage } from './pixels.ts';
import type { DataSource } from './source.ts';
import { holdOut, stratifiedShare } from './split.ts';

/** Which images, and how large. */
export interface MnistArguments {
  /** The folder with the four files. */
  readonly path: string | undefined;
  /** Pixels across: means over squares of the stored ones. */
  readonly size: number;
  /** Images to train and to validate on, of the 60,000 for training, and to test on, of the 10,000 for tests. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

const CLASSES = 10;
const STORED_SIZE = 28;
const PIXELS = STORED_SIZE * STORED_SIZE;
const MOST_TRAINING = 60_000;
const MOST_TEST = 10_000;
/** Raised whenever the same files would give other numbers or another split. */
const VERSION = 1;

// Over the training images, as the field rounds them: 0.1307 and 0.3081 of 255.
const MEAN = 33.3;
const DEVIATION = 78.6;

const ADVICE: FileAdvice = {
  what: 'MNIST',
  hint:
    'put `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each ' +
    'as it is or with `.gz`, in a folder, and name it by `mnist(path: "...")` or by the environment variable NASLANG_MNIST',
};

/** The entry of the table of data sets. */
export const mnist: DataSource<MnistArguments> = {
  doc:
    'MNIST, handwritten digits, 28x28, grey, from a folder of yours: images of `train-images-idx3-ubyte` to train and ' +
    'validate on, of `t10k-images-idx3-ubyte` to test on, all drawn by class; `size: 14` or `7` are means over squares.',
  arguments: (reader) => ({
    path: reader.text('path'),
    size: reader.oneOf('size', [28, 14, 7], 28),
    train: reader.count('train', 8000, MOST_TRAINING),
    validation: reader.count('validation', 2000, MOST_TRAINING),
    test: reader.count('test', 1000, MOST_TEST),
  }),
  form: formOf,
  hash: async (args) => hashOf(await readFiles(args), args),
  load: async (args) => {
    const { training, testing } = await readFiles(args);
    const rows = splitOf(training, testing, args);
    const { size } = args;
    // Train, validation and test rows are kept one after the other.
    const kept = [
      ...rowsOf(training, rows.train),
      ...rowsOf(training, rows.validation),
      ...rowsOf(testing, rows.test),
    ];
    const images = new Float32Array(kept.length * size * size);
    const labels = new Int32Array(kept.length);
    const form = { stored: STORED_SIZE, size, means: [MEAN], deviations: [DEVIATION] };
    kept.forEach(({ pixels, label }, row) => {
      labels[row] = label;
      writeImage(pixels, form, images.subarray(row * size * size, (row + 1) * size * size));
    });
    const range = (from: number, count: number): Int32Array =>
      Int32Array.from({ length: count }, (_, i) => from + i);
    return {
      ...formOf(args),
      images,
      labels,
      split: {
        train: range(0, args.train),
        validation: range(args.train, args.validation),
        test: range(args.train + args.validation, args.test),
      },
      hash: hashOf({ training, testing }, args),
      scaling: `(value - ${MEAN}) / ${DEVIATION}, values 0 to 255`,
    };
  },
};

function formOf({ size, train, validation, test }: MnistArguments): DatasetForm {
  return { name: 'mnist', classes: CLASSES, imageShape: [size, size, 1], sizes: { train, validation, test } };
}

/** Images with their labels, as stored. */
interface Stored {
  /** The file of the labels, for messages. */
  readonly path: string;
  readonly count: number;
  readonly pixels: Buffer;
  readonly labels: Buffer;
}

interface Files {
  readonly training: Stored;
  readonly testing: Stored;
}

async function readFiles(args: MnistArguments): Promise<Files> {
  const folder = dataFolder(args.path, 'NASLANG_MNIST', 'mnist');
  const training = await readPair(folder, 'train', MOST_TRAINING);
  const testing = await readPair(folder, 't10k', MOST_TEST);
  return { training, testing };
}

async function readPair(folder: string, name: string, most: number): Promise<Stored> {
  const { hint } = ADVICE;
  const images = await readItems(join(folder, `${name}-images-idx3-ubyte`), {
    item: [STORED_SIZE, STORED_SIZE],
    most,
    what: 'images',
    hint,
  });
  const labels = await readItems(join(folder, `${name}-labels-idx1-ubyte`), {
    item: [],
    most,
    what: 'labels',
    hint,
  });
  const { path } = labels;
  if (labels.count !== images.count) {
    const problem = `it holds ${labels.count} labels for the ${images.count} images of ${images.path}`;
    refuse('dataFileForm', { path, problem }, { hint });
  }
  const bad = labels.elements.findIndex((label) => label >= CLASSES);
  if (bad >= 0) {
    const problem = `label ${bad + 1} is ${labels.elements[bad]}`;
    refuse('dataFileForm', { path, problem }, { expected: `labels from 0 to ${CLASSES - 1}`, hint });
  }
  return { path, count: images.count, pixels: images.elements, labels: labels.elements };
}

/** A file as it is or, where that is not there, with gzip. */
async function readItems(
  plain: string,
  form: IdxForm,
): Promise<ReturnType<typeof readIdx> & { readonly path: string }> {
  const path = !existsSync(plain) && existsSync(`${plain}.gz`) ? `${plain}.gz` : plain;
  const limit = idxBytes(form);
  const file = await readDataFile(path, limit, ADVICE);
  const bytes = path === plain ? file : await ungzip(file, path, limit);
  return { ...readIdx(bytes, path, form), path };
}

/**
 * Which of the stored images are used, each part with the classes in the proportions of the file. They are drawn from all
 * of it: the first half of the test images is of other hands than the second, and easier.
 */
function splitOf(training: Stored, testing: Stored, { train, validation, test }: MnistArguments): Split {
  const used = drawn(training, train + validation, 'ask for fewer by `train` and `validation`');
  return {
    ...holdOut(training, used, validation),
    test: drawn(testing, test, 'ask for fewer by `test`'),
  };
}

function drawn(stored: Stored, wanted: number, hint: string): Int32Array {
  const { path, count } = stored;
  if (count < wanted) {
    refuse('dataRows', { path, found: count }, { expected: `at least ${wanted} rows`, hint });
  }
  const all = Int32Array.from({ length: count }, (_, row) => row);
  return stratifiedShare(stored, all, wanted / count);
}

function rowsOf(
  { pixels, labels }: Stored,
  rows: Int32Array,
): readonly { readonly pixels: Buffer; readonly label: number }[] {
  return Array.from(rows, (row) => ({
    pixels: pixels.subarray(row * PIXELS, (row + 1) * PIXELS),
    label: labels[row] ?? 0,
  }));
}

/** Of what the files hold, so that it is the same data with gzip and without. */
function hashOf({ training, testing }: Files, { size, train, validation, test }: MnistArguments): string {
  return createHash('sha256')
    .update(`mnist ${VERSION} ${size} ${train} ${validation} ${test} ${training.count} ${testing.count}\n`)
    .update(training.pixels)
    .update(training.labels)
    .update(testing.pixels)
    .update(testing.labels)
    .digest('hex');
}
