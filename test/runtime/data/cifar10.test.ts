/** CIFAR-10 from made-up files in the original form, and from the real ones where they are at hand. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../grammar/diagnostics.ts';
import { checkData, dataForm, dataHash, loadData } from '../../../runtime/data/table.ts';
import { temporaryFolder } from '../store/folder.ts';

const RECORD = 3073;
const value = (record: number, plane: number, pixel: number): number =>
  (7 * record + 50 * plane + pixel) % 256;

function batch(records: number, label: (record: number) => number): Buffer {
  const bytes = Buffer.alloc(records * RECORD);
  for (let r = 0; r < records; r++) {
    bytes[r * RECORD] = label(r);
    for (let i = 0; i < 3072; i++) bytes[r * RECORD + 1 + i] = value(r, Math.floor(i / 1024), i % 1024);
  }
  return bytes;
}

function folder(training = batch(60, (r) => r % 10), test = batch(20, (r) => (r + 3) % 10)): string {
  const path = join(temporaryFolder(), 'data');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'data_batch_1.bin'), training);
  writeFileSync(join(path, 'test_batch.bin'), test);
  return path;
}

const spec = (path: string, more: object = {}) => ({
  name: 'cifar10',
  args: { path, train: 40, validation: 20, test: 15, ...more },
});

async function code(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics[0]?.code;
    throw error;
  }
  return undefined;
}

describe('cifar10', () => {
  it('parts, scales and shrinks what is stored', async () => {
    const path = folder();
    const full = await loadData(spec(path));
    expect(full.imageShape).toEqual([32, 32, 3]);
    expect(dataForm(spec(path))).toMatchObject({
      sizes: { train: 40, validation: 20, test: 15 },
      classes: 10,
    });
    const { train, validation, test } = full.split;
    expect([train.length, validation.length, test.length]).toEqual([40, 20, 15]);
    expect(new Set([...train, ...validation, ...test]).size).toBe(75);
    for (let label = 0; label < 10; label++) {
      expect([...validation].filter((row) => full.labels[row] === label)).toHaveLength(2);
    }
    expect(full.labels[60]).toBe(3);
    // Record 5, row 2, column 9, green.
    const at = ((5 * 32 + 2) * 32 + 9) * 3 + 1;
    expect(full.images[at]).toBeCloseTo((value(5, 1, 2 * 32 + 9) - 123) / 62.1, 5);

    const half = await loadData(spec(path, { size: 16 }));
    const pixels = [0, 1, 32, 33].map((offset) => value(5, 2, 2 * 2 * 32 + 2 * 3 + offset));
    const mean = pixels.reduce((a, b) => a + b, 0) / 4;
    expect(half.images[((5 * 16 + 2) * 16 + 3) * 3 + 2]).toBeCloseTo((mean - 113.9) / 66.7, 5);
    const sum = (images: Float32Array): number => images.reduce((a, b) => a + b, 0) / images.length;
    expect(sum(half.images)).toBeCloseTo(sum(full.images), 4);
  });

  it('is told apart by what it is made of', async () => {
    const path = folder();
    const hashes = await Promise.all(
      [{}, { size: 16 }, { train: 39 }, { test: 14 }].map((m) => dataHash(spec(path, m))),
    );
    expect(new Set(hashes).size).toBe(4);
    expect(await dataHash(spec(path))).toBe((await loadData(spec(path))).hash);
    const other = folder(batch(60, (r) => (r + 1) % 10));
    expect(await dataHash(spec(other))).not.toBe(hashes[0]);
  });

  it.each([
    ['a folder that is not there', () => '/nowhere', 'NAS4104'],
    ['half a record', () => folder(batch(60, () => 0).subarray(0, 60 * RECORD - 1)), 'NAS4111'],
    ['too few records', () => folder(batch(59, () => 0)), 'NAS4109'],
    ['a label above 9', () => folder(batch(60, (r) => r)), 'NAS4111'],
    ['too large a file', () => folder(Buffer.alloc(10_001 * RECORD)), 'NAS4105'],
  ])('refuses %s', async (_, path, expected) => {
    expect(await code(loadData(spec(path())))).toBe(expected);
  });

  it.each([
    [{ size: 24 }, 'NAS4103'],
    [{ train: 0 }, 'NAS4103'],
    [{ test: 1.5 }, 'NAS4103'],
    [{ sizes: 3 }, 'NAS4102'],
  ])('refuses %j', (args, expected) => {
    expect(checkData({ name: 'cifar10', args }).map((d) => d.code)).toEqual([expected]);
  });

  const real = fileURLToPath(new URL('../../../../shared/data/cifar-10', import.meta.url));
  it.skipIf(!existsSync(real))('reads the original files', async () => {
    const data = await loadData({ name: 'cifar10', args: { path: real, size: 8 } });
    // Images of each class among the first 10,000 of the training set, as its page counts them.
    const counts = Array<number>(10).fill(0);
    for (const label of data.labels.subarray(0, 10_000)) counts[label] += 1;
    expect(counts).toEqual([1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]);
    const mean = data.images.reduce((a, b) => a + b, 0) / data.images.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
  });
});
