/** MNIST from made-up files in the original form, and from the real ones where they are at hand. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { checkData, dataForm, dataHash, loadData } from '../../../runtime/data/table.ts';
import { temporaryFolder } from '../store/folder.ts';

const PIXELS = 28 * 28;
const value = (image: number, pixel: number): number => (7 * image + pixel) % 256;

function header(magic: number, ...lengths: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * lengths.length);
  [magic, ...lengths].forEach((word, i) => bytes.writeUInt32BE(word, 4 * i));
  return bytes;
}

function images(count: number, first = 0): Buffer {
  const pixels = Buffer.alloc(count * PIXELS);
  for (let i = 0; i < pixels.length; i++) pixels[i] = value(first + Math.floor(i / PIXELS), i % PIXELS);
  return Buffer.concat([header(2051, count, 28, 28), pixels]);
}

function labels(count: number, of: (image: number) => number = (i) => i % 10): Buffer {
  return Buffer.concat([header(2049, count), Buffer.from(Array.from({ length: count }, (_, i) => of(i)))]);
}

const names = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

type Files = { [K in keyof typeof names]?: Buffer };

/** 120 images to train on, of classes 0 to 9 in turn, and 40 to test on. */
function folder(files: Files = {}): string {
  const path = join(temporaryFolder(), 'data');
  mkdirSync(path, { recursive: true });
  const all = {
    trainImages: images(120),
    trainLabels: labels(120),
    testImages: images(40, 200),
    testLabels: labels(40),
    ...files,
  };
  writeFileSync(join(path, names.trainImages), all.trainImages);
  writeFileSync(join(path, names.trainLabels), all.trainLabels);
  writeFileSync(join(path, names.testImages), all.testImages);
  writeFileSync(join(path, names.testLabels), all.testLabels);
  return path;
}

const spec = (path: string, more: object = {}) => ({
  name: 'mnist',
  args: { path, train: 60, validation: 20, test: 30, ...more },
});

async function refused(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [{ code, message, expected, hint }] = error.diagnostics;
    expect(hint ?? expected).toBeDefined();
    // The folder is another one each time.
    return `${code} ${message.replaceAll(/\/\S*\//g, '')}${expected === undefined ? '' : `; expected ${expected}`}`;
  }
  return undefined;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('mnist', () => {
  it('draws by class, scales and shrinks what is stored', async () => {
    const path = folder();
    const full = await loadData(spec(path));
    expect(full.imageShape).toEqual([28, 28, 1]);
    expect(dataForm(spec(path))).toMatchObject({
      sizes: { train: 60, validation: 20, test: 30 },
      classes: 10,
    });
    const { train, validation, test } = full.split;
    expect([train.length, validation.length, test.length]).toEqual([60, 20, 30]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(110);
    for (let label = 0; label < 10; label++) {
      const of = (part: Int32Array): number => [...part].filter((row) => full.labels[row] === label).length;
      expect([of(train), of(validation), of(test)]).toEqual([6, 2, 3]);
    }

    // The first pixel tells which image it is: 7 times its number, of which there are fewer than 256 / gcd(7, 256).
    const stored = (row: number): number => {
      const first = Math.round(full.images[row * PIXELS] * 78.6 + 33.3);
      return Array.from({ length: 240 }, (_, i) => i).findIndex((i) => value(i, 0) === first);
    };
    const drawn = [...train, ...validation].map(stored);
    expect(new Set(drawn).size).toBe(80);
    expect(Math.max(...drawn)).toBeGreaterThanOrEqual(100);
    drawn.forEach((image, i) => expect(full.labels[[...train, ...validation][i]]).toBe(image % 10));
    for (const row of test) expect(full.labels[row]).toBe(stored(row) % 10);
    const image = stored(5);
    expect(full.images[5 * PIXELS + 2 * 28 + 9]).toBeCloseTo((value(image, 2 * 28 + 9) - 33.3) / 78.6, 5);

    const half = await loadData(spec(path, { size: 14 }));
    const pixels = [0, 1, 28, 29].map((offset) => value(image, 2 * 2 * 28 + 2 * 3 + offset));
    const mean = pixels.reduce((a, b) => a + b, 0) / 4;
    expect(half.images[5 * 14 * 14 + 2 * 14 + 3]).toBeCloseTo((mean - 33.3) / 78.6, 5);
    const quarter = await loadData(spec(path, { size: 7 }));
    expect(quarter.imageShape).toEqual([7, 7, 1]);
    const average = (of: Float32Array): number => of.reduce((a, b) => a + b, 0) / of.length;
    expect(average(half.images)).toBeCloseTo(average(full.images), 4);
    expect(average(quarter.images)).toBeCloseTo(average(full.images), 4);
  });

  it('is the same data with gzip and without, and where the environment names it', async () => {
    const path = folder();
    const plain = await loadData(spec(path));
    const packed = folder();
    for (const name of Object.values(names)) {
      const file = join(packed, name);
      writeFileSync(file, gzipSync(name.startsWith('train-images') ? images(120) : readBack(name)));
      renameSync(file, `${file}.gz`);
    }
    const same = await loadData(spec(packed));
    expect(same).toEqual(plain);
    vi.stubEnv('NASLANG_MNIST', path);
    const { path: _, ...rest } = spec(path).args;
    expect(await dataHash({ name: 'mnist', args: rest })).toBe(plain.hash);
  });

  it('is told apart by what it is made of', async () => {
    const path = folder();
    const hashes = await Promise.all(
      [{}, { size: 14 }, { train: 59 }, { validation: 19 }, { test: 29 }].map((m) => dataHash(spec(path, m))),
    );
    expect(new Set(hashes).size).toBe(5);
    expect(hashes[0]).toBe((await loadData(spec(path))).hash);
    const other = folder({ testLabels: labels(40, (i) => (i + 1) % 10) });
    expect(await dataHash(spec(other))).not.toBe(hashes[0]);
  });

  it.each<[string, Files, string]>([
    [
      'no header',
      { trainImages: Buffer.alloc(15) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: 15 bytes are too few; expected a header of 16 bytes',
    ],
    [
      'labels in the place of images',
      { trainImages: labels(120) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: it begins with the number 2049; expected 2051, with which an IDX file of images begins',
    ],
    [
      'images in the place of labels',
      { testLabels: images(2) },
      'NAS4111 t10k-labels-idx1-ubyte is not what it should be: it begins with the number 2051; expected 2049, with which an IDX file of labels begins',
    ],
    [
      'elements of another type',
      { trainImages: Buffer.concat([header(0x0d03, 120, 28, 28), Buffer.alloc(4)]) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: it begins with the number 3331; expected 2051, with which an IDX file of images begins',
    ],
    [
      'images of another size',
      { trainImages: Buffer.concat([header(2051, 120, 32, 32), Buffer.alloc(120 * 1024)]) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: its images are 32 x 32; expected images of 28 x 28',
    ],
    [
      'more images than there can be',
      { trainImages: header(2051, 0xffffffff, 28, 28) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: it says that it holds 4294967295 images; expected at most 60000',
    ],
    [
      'a file that is cut off',
      { trainImages: images(120).subarray(0, -1) },
      'NAS4111 train-images-idx3-ubyte is not what it should be: 120 images take 94096 bytes, and there are 94095',
    ],
    [
      'a file that goes on',
      { trainLabels: Buffer.concat([labels(120), Buffer.alloc(1)]) },
      'NAS4111 train-labels-idx1-ubyte is not what it should be: 120 labels take 128 bytes, and there are 129',
    ],
    [
      'fewer labels than images',
      { trainLabels: labels(119) },
      'NAS4111 train-labels-idx1-ubyte is not what it should be: it holds 119 labels for the 120 images of train-images-idx3-ubyte',
    ],
    [
      'a label above 9',
      { testLabels: labels(40, (i) => (i === 39 ? 10 : i % 10)) },
      'NAS4111 t10k-labels-idx1-ubyte is not what it should be: label 40 is 10; expected labels from 0 to 9',
    ],
    [
      'fewer images than are asked for',
      { trainImages: images(79), trainLabels: labels(79) },
      'NAS4109 train-labels-idx1-ubyte has 79 rows; expected at least 80 rows',
    ],
    [
      'fewer images to test on than are asked for',
      { testImages: images(0), testLabels: labels(0) },
      'NAS4109 t10k-labels-idx1-ubyte has 0 rows; expected at least 30 rows',
    ],
    [
      'too large a file',
      { testLabels: Buffer.alloc(10_009) },
      'NAS4105 t10k-labels-idx1-ubyte holds more than 10008 bytes, more than this data set can have',
    ],
  ])('refuses %s', async (_, files, expected) => {
    expect(await refused(loadData(spec(folder(files))))).toBe(expected);
    expect(await refused(dataHash(spec(folder(files))).then(() => loadData(spec(folder(files)))))).toBe(
      expected,
    );
  });

  it('refuses what is not there, and what cannot be decompressed', async () => {
    expect(await refused(loadData(spec('/nowhere')))).toContain('NAS4104 MNIST cannot be read from');
    const path = folder();
    renameSync(join(path, names.trainImages), join(path, `${names.trainImages}.gz`));
    expect(await refused(loadData(spec(path)))).toContain('NAS4106 train-images-idx3-ubyte.gz cannot be');
    // 60 MB of zeros are a small file.
    writeFileSync(join(path, `${names.trainImages}.gz`), gzipSync(Buffer.alloc(60_000_000)));
    expect(await refused(loadData(spec(path)))).toContain(
      'NAS4105 train-images-idx3-ubyte.gz holds more than',
    );
  });

  it.each([
    [{ size: 16 }, 'NAS4103'],
    [{ train: 0 }, 'NAS4103'],
    [{ train: 60_001 }, 'NAS4103'],
    [{ test: 1.5 }, 'NAS4103'],
    [{ path: '' }, 'NAS4103'],
    [{ split: 'writers' }, 'NAS4102'],
  ])('refuses %j', (args, expected) => {
    expect(checkData({ name: 'mnist', args }).map((d) => d.code)).toEqual([expected]);
  });

  const real = fileURLToPath(new URL('../../../../shared/data/mnist', import.meta.url));
  const present = existsSync(real);
  if (!present) console.log('skipped: ../shared/data/mnist is not there');
  it.skipIf(!present)('reads the original files', async () => {
    const sizes = { train: 50_000, validation: 10_000, test: 10_000 };
    const data = await loadData({ name: 'mnist', args: { path: real, size: 7, ...sizes } });
    const { train, validation, test } = data.split;
    const counts = (rows: readonly number[]): number[] => {
      const found = Array<number>(10).fill(0);
      for (const row of rows) found[data.labels[row]] += 1;
      return found;
    };
    // As the page of the data set counts them.
    expect(counts([...train, ...validation])).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(counts([...test])).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(counts([...validation])).toEqual([987, 1124, 993, 1022, 974, 904, 986, 1044, 975, 991]);
    const pixels = data.images.subarray(0, 60_000 * 49);
    expect(Math.abs(pixels.reduce((a, b) => a + b, 0) / pixels.length)).toBeLessThan(0.001);
  });
});

/** The file of that name in a folder as {@link folder} makes it. */
function readBack(name: string): Buffer {
  if (name === names.trainLabels) return labels(120);
  return name === names.testImages ? images(40, 200) : labels(40);
}
