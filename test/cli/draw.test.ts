/** `nas draw`: pictures of spaces and architectures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nas, temporaryFolder } from './runNas.ts';

const spaces = fileURLToPath(new URL('../../spaces/', import.meta.url));

/** Every tag that is opened is closed, in order, and no text holds a bare `<` or `&`. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name = '', self] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^<>]*?(\/?)>/g)) {
    if (self === '/') continue;
    if (end !== '/') open.push(name);
    else if (open.pop() !== name) return false;
  }
  const texts = svg.replaceAll(/<[^<>]*>/g, '');
  return open.length === 0 && !texts.includes('<') && !/&(?!(amp|lt|gt|quot|#\d+);)/.test(texts);
}

test('an architecture of DARTS: its cells with the operations that it takes', async () => {
  const { code, out } = await nas(['draw', join(spaces, 'darts.nas'), 'DARTS_V2']);
  expect(code).toBe(0);
  expect(isWellFormed(out)).toBe(true);
  const labels = [...out.matchAll(/>([a-z]+_(?:conv|pool|connect)(?:_\d)?)</g)].map(([, label]) => label);
  const count = (label: string): number => labels.filter((l) => l === label).length;
  // normal: five sep_conv_3, two skip_connect, one dil_conv_3; reduce: five max_pool_3, three skip_connect.
  expect(count('sep_conv_3')).toBe(5);
  expect(count('dil_conv_3')).toBe(1);
  expect(count('max_pool_3')).toBe(5);
  expect(count('skip_connect')).toBe(5);
});

test('a space, into a file; twice the same', async () => {
  const cwd = temporaryFolder();
  const draw = ['draw', join(spaces, 'tiny.nas'), '-o', 'tiny.svg'];
  expect((await nas(draw, { cwd })).code).toBe(0);
  const first = readFileSync(join(cwd, 'tiny.svg'), 'utf8');
  expect(isWellFormed(first)).toBe(true);
  expect((await nas(draw, { cwd })).code).toBe(0);
  expect(readFileSync(join(cwd, 'tiny.svg'), 'utf8')).toBe(first);
});

test('what is no architecture is refused', async () => {
  expect((await nas(['draw', join(spaces, 'tiny.nas'), 'rank:1000'])).code).toBe(1);
});
