// One set-up at a time, and a dead one does not block the next.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../setup/lock.mjs';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naslang-lock-'));
  path = join(folder, 'dist', 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the second waits for the first', async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push(`${name} ends`);
  };
  const said: string[] = [];
  await Promise.all([
    withLock(path, work('a')),
    withLock(path, work('b'), (line: string) => said.push(line)),
  ]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(said).toEqual(['waiting for another set-up of this checkout']);
  expect(existsSync(path)).toBe(false);
});

test('a failing work gives the lock back', async () => {
  await expect(withLock(path, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(path, async () => 'ran')).toBe('ran');
});

test('the lock of a process that died is taken over', async () => {
  await withLock(path, async () => {});
  // No process has this number: it is above the largest Linux gives.
  writeFileSync(path, '4194305');
  expect(await withLock(path, async () => 'ran')).toBe('ran');
});
