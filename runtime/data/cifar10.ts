/**
 * CIFAR-10 (Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images"): colour images of 32x32 in ten classes,
 * read in their original binary form. They do not travel with this package: a folder of the user's holds them.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { refuse } from '../../grammar/diagnostics.ts';
import type { DatasetForm, Split } from './dataset.ts';
import { readDataFile, type FileAdvice } from './file.ts';
import { dataFolder } from './folder.ts';
import { writeImage } from './pixels.ts';
import type { DataSource } from './source.ts';
import { holdOut } from './split.ts';

/** Which images, and how large. */
export interface Cifar10Arguments {
  /** The folder with `data_batch_1.bin` and `test_batch.bin`. */
  readonly path: string | undefined;
  /** Pixels across: means over squares of the stored ones. */
  readonly size: number;
  /** Images to train and to validate on, of the first training batch, and to test on. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

const CLASSES = 10;
const STORED_SIZE = 32;
const CHANNELS = 3;
const RECORD_BYTES = 1 + CHANNELS * STORED_SIZE * STORED_SIZE;
/** Records of a batch of the original. */
const MOST_RECORDS = 10_000;
/** Raised whenever the same files would give other numbers or another split. */
const VERSION = 1;

// Means and deviations of red, green and blue over the training images, as the field rounds them.
const MEANS = [125.3, 123, 113.9];
const DEVIATIONS = [63, 62.1, 66.7];

const ADVICE: FileAdvice = {
  what: 'CIFAR-10',
  hint:
    'fetch `cifar-10-binary.tar.gz` from the page of the data set (https://www.cs.toronto.edu/~kriz/cifar.html), unpack it, ' +
    'and name the folder by `cifar10(path: "...")` or by the environment variable NASLANG_CIFAR10',
};

/** The entry of the table of data sets. */
export const cifar10: DataSource<Cifar10Arguments> = {
  doc:
    'CIFAR-10, 32x32, colour, from a folder of yours: images of `data_batch_1.bin` to train and validate on, of ' +
    '`test_batch.bin` to test on; `size: 16` or `8` are means over squares.',
  arguments: (reader) => ({
    path: reader.text('path'),
    size: reader.oneOf('size', [32, 16, 8], 32),
    train: reader.count('train', 8000, MOST_RECORDS),
    validation: reader.count('validation', 2000, MOST_RECORDS),
    test: reader.count('test', 1000, MOST_RECORDS),
  }),
  form: formOf,
  hash: async (args) => {
    const { training, test } = await readFiles(args);
    return hashOf(training, test, args);
  },
  load: async (args) => {
    const files = await readFiles(args);
    const { size } = args;
    const training = recordsOf(files.training, files.trainingPath, args.train + args.validation);
    const testing = recordsOf(files.test, files.testPath, args.test);
    const count = training.length + testing.length;
    const elements = size * size * CHANNELS;
    const images = new Float32Array(count * elements);
    const labels = new Int32Array(count);
    const form = { stored: STORED_SIZE, size, means: MEANS, deviations: DEVIATIONS };
    [...training, ...testing].forEach((record, row) => {
      labels[row] = record[0] ?? 0;
      writeImage(record.subarray(1), form, images.subarray(row * elements, (row + 1) * elements));
    });
    return {
      ...formOf(args),
      images,
      labels,
      split: splitOf(labels, args),
      hash: hashOf(files.training, files.test, args),
      scaling: `(value - ${MEANS.join(' | ')}) / ${DEVIATIONS.join(' | ')} in red | green | blue, values 0 to 255`,
    };
  },
};

function formOf({ size, train, validation, test }: Cifar10Arguments): DatasetForm {
  return {
    name: 'cifar10',
    classes: CLASSES,
    imageShape: [size, size, CHANNELS],
    sizes: { train, validation, test },
  };
}

interface Files {
  readonly training: Buffer;
  readonly trainingPath: string;
  readonly test: Buffer;
  readonly testPath: string;
}

async function readFiles(args: Cifar10Arguments): Promise<Files> {
  const folder = dataFolder(args.path, 'NASLANG_CIFAR10', 'cifar-10');
  const [trainingPath, testPath] = [join(folder, 'data_batch_1.bin'), join(folder, 'test_batch.bin')];
  const limit = MOST_RECORDS * RECORD_BYTES;
  const training = await readDataFile(trainingPath, limit, ADVICE);
  const test = await readDataFile(testPath, limit, ADVICE);
  return { training, trainingPath, test, testPath };
}

/** The first records of a file, each its label and its pixels, plane by plane. */
function recordsOf(bytes: Buffer, path: string, wanted: number): readonly Buffer[] {
  if (bytes.length % RECORD_BYTES !== 0) {
    const problem = `${bytes.length} bytes are no whole number of records of ${RECORD_BYTES} bytes`;
    return refuse('dataFileForm', { path, problem }, { hint: ADVICE.hint });
  }
  const found = bytes.length / RECORD_BYTES;
  if (found < wanted) {
    const hint = 'ask for fewer by `train`, `validation` and `test`';
    return refuse('dataRows', { path, found }, { expected: `at least ${wanted} rows`, hint });
  }
  const records = Array.from({ length: wanted }, (_, i) => {
    return bytes.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES);
  });
  const bad = records.findIndex((record) => (record[0] ?? 0) >= CLASSES);
  if (bad >= 0) {
    const problem = `record ${bad + 1} has the label ${records[bad]?.[0]}`;
    refuse('dataFileForm', { path, problem }, { expected: `labels from 0 to ${CLASSES - 1}` });
  }
  return records;
}

/** Validation images are drawn by class from the first training images; the test images are a file of their own. */
function splitOf(labels: Int32Array, { train, validation, test }: Cifar10Arguments): Split {
  const all = Int32Array.from({ length: train + validation }, (_, row) => row);
  return {
    ...holdOut({ labels }, all, validation),
    test: Int32Array.from({ length: test }, (_, i) => train + validation + i),
  };
}

function hashOf(training: Buffer, test: Buffer, { size, ...sizes }: Cifar10Arguments): string {
  const { train, validation, test: tested } = sizes;
  return createHash('sha256')
    .update(`cifar10 ${VERSION} ${size} ${train} ${validation} ${tested}\n`)
    .update(training)
    .update(test)
    .digest('hex');
}
