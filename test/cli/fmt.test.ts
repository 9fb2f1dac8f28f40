/** `nas fmt` and `nas new`. */
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nas, temporaryFolder } from './runNas.ts';

const untidy = `nas 1
// the smallest
space   s{ input x:image[8,8,1]
output x|>global_avg_pool|>dense(2) }   // two classes
`;

describe('nas fmt', () => {
  test('formats in place, keeps comments and the rights of the file, and is done after once', async () => {
    const cwd = temporaryFolder();
    const file = join(cwd, 'a.nas');
    writeFileSync(file, untidy);
    chmodSync(file, 0o640);
    expect(await nas('fmt a.nas', { cwd })).toMatchObject({ code: 0, out: 'formatted a.nas\n', err: '' });
    const once = readFileSync(file, 'utf8');
    expect(once).toContain('// the smallest');
    expect(once).toContain('// two classes');
    expect(once).toContain('input x: image[8, 8, 1]');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(cwd)).toEqual(['a.nas']);
    expect(await nas('fmt a.nas', { cwd })).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toBe(once);
  });

  test('--check writes nothing and says which', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.nas'), untidy);
    expect(await nas('fmt --check a.nas', { cwd })).toMatchObject({
      code: 1,
      out: 'a.nas is not formatted\n',
    });
    expect(readFileSync(join(cwd, 'a.nas'), 'utf8')).toBe(untidy);
  });

  test('a mistake in one file leaves all of them alone', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.nas'), untidy);
    writeFileSync(join(cwd, 'b.nas'), 'nas 1\nspace {\n');
    const { code, err } = await nas('fmt a.nas b.nas', { cwd });
    expect(code).toBe(1);
    expect(err).toContain('b.nas:2');
    expect(readFileSync(join(cwd, 'a.nas'), 'utf8')).toBe(untidy);
  });
});

describe('nas new', () => {
  test('copies a shipped space under a new name, wherever the file names it', async () => {
    const cwd = temporaryFolder();
    expect((await nas('new mine --from darts', { cwd })).code).toBe(0);
    const text = readFileSync(join(cwd, 'mine.nas'), 'utf8');
    expect(text).toContain('space mine(');
    expect(text).toContain('architecture DARTS_V2 of mine');
    const checked = await nas('params mine.nas DARTS_V2 --json', { cwd });
    expect(JSON.parse(checked.out)).toMatchObject({ params: 3_349_342 });
  });

  test('never writes over a file', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'mine.nas'), 'mine');
    const { code, err } = await nas('new mine', { cwd });
    expect(code).toBe(2);
    expect(err).toContain('mine.nas cannot be written: it is there already');
    expect(readFileSync(join(cwd, 'mine.nas'), 'utf8')).toBe('mine');
  });

  test('names what it does not know', async () => {
    const cwd = temporaryFolder();
    expect((await nas('new mine --from dart', { cwd })).err).toContain('did you mean `darts`?');
    expect((await nas(['new', '../mine'], { cwd })).err).toContain('NAME');
    expect(readdirSync(cwd)).toEqual([]);
  });
});

test('nas params --auxiliary counts the heads that only train', async () => {
  const file = new URL('../../spaces/darts.nas', import.meta.url).pathname;
  const { out } = await nas(['params', file, 'DARTS_V2', '--auxiliary', '--json']);
  expect(JSON.parse(out)).toMatchObject({ params: 3_825_768 });
});
