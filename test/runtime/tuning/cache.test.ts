import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tuningCache, type TuningCache } from '../../../runtime/tuning/cache.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'naslang-tuning-'));
});
afterEach(() => rm(folder, { recursive: true }));

const cache = (adapter = 'llvmpipe', version = '1.0.0'): TuningCache =>
  tuningCache(folder, 'abc', adapter, version);
const path = (): string => join(folder, 'tuning-abc.json');

it('keeps answers, and adds to them', async () => {
  expect(await cache().read()).toEqual({});
  await cache().add({ a: 'one' });
  await cache().add({ b: 'two', a: 'three' });
  expect(await cache().read()).toEqual({ a: 'three', b: 'two' });
  expect(await readdir(folder)).toEqual(['tuning-abc.json']);
});

it('holds for one adapter and one version', async () => {
  await cache().add({ a: 'one' });
  expect(await cache('another').read()).toEqual({});
  expect(await cache('llvmpipe', '1.0.1').read()).toEqual({});
});

it.each([
  ['no JSON', '{"format": 1,'],
  ['another form', '{"format": 1, "answers": {"a": 1}}'],
  ['a later format', '{"format": 2, "adapter": "llvmpipe", "version": "1.0.0", "answers": {}}'],
  [
    'an answer without end',
    `{"format": 1, "adapter": "llvmpipe", "version": "1.0.0", "answers": {"a": "${'x'.repeat(300)}"}}`,
  ],
  ['a huge file', ' '.repeat(2 * 1024 * 1024)],
])('a damaged file (%s) is worth nothing, and is written anew', async (_, text) => {
  await writeFile(path(), text);
  expect(await cache().read()).toEqual({});
  await cache().add({ a: 'one' });
  expect(await cache().read()).toEqual({ a: 'one' });
  expect((await readFile(path(), 'utf8')).length).toBeLessThan(300);
});
