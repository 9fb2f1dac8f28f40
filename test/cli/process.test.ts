/** The command as a process: what it loads to start, and readers that go away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { start } from './child.ts';
import { files, temporaryFolder } from './runNas.ts';

/** Addresses of the modules that a command line imports. */
async function modulesOf(...words: readonly string[]): Promise<string> {
  const list = join(temporaryFolder(), 'modules');
  const imports = [new URL('./loadedModules.mjs', import.meta.url)];
  const { code, err } = await start(words, { imports, env: { NAS_TEST_MODULES: list } }).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return readFileSync(list, 'utf8');
}

describe('start-up', () => {
  const heavy =
    /node_modules\/(chevrotain|libsql|kysely|webgpu|zod)\/|\/(compiler|runtime\/(search|store|device))\//g;

  test.each([['--help'], ['--version'], ['search', '--help'], ['explain', 'NAS1001']])(
    'nas %s %s loads neither the parser nor the store nor a device',
    async (...words) => {
      const modules = await modulesOf(...words.filter((word) => word !== undefined));
      expect(modules).toContain('/node_modules/commander/');
      expect(modules.match(heavy)).toBeNull();
    },
  );

  test('a command that compiles loads no store, no device, and no messages between processes', async () => {
    const modules = await modulesOf('count', join(files, 'tiny.nas'));
    // One file of it, not the hundreds that it was made of.
    expect(modules).not.toContain('/node_modules/lodash-es/');
    expect(modules.match(/node_modules\/(libsql|kysely|webgpu|zod)\//g)).toBeNull();
  });
});

test('a reader that has seen enough ends it quietly', async () => {
  const { child, ended } = start(['sample', 'spaces/digits.nas', '-n', '1000000'], {
    cwd: join(files, '..', '..', '..'),
  });
  child.stdout?.once('data', () => child.stdout?.destroy());
  const { code, err } = await ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
