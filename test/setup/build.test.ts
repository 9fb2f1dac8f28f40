// When a build is due, what a failing one shows, and the `nas` command in node_modules.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build, linkCommand, sourceHash } from '../../setup/build.mjs';
import { root as checkout } from '../../setup/npm.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'naslang-build-'));
  mkdirSync(join(root, 'cli'));
  // A module of its own name: the folder has no node_modules but the compiler's.
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(join(checkout, 'node_modules', 'typescript'), join(root, 'node_modules', 'typescript'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const compilerOptions = {
    module: 'nodenext',
    outDir: 'dist',
    rootDir: '.',
    types: [],
    lib: ['es2023', 'dom'],
  };
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['cli'] }));
  writeFileSync(join(root, 'cli', 'main.ts'), "#!/usr/bin/env node\nconsole.log('nas speaking');\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a build is due when the content of a source changed, not when only its time did', () => {
  const before = sourceHash(root);
  utimesSync(join(root, 'cli', 'main.ts'), 1, 1);
  expect(sourceHash(root)).toBe(before);
  writeFileSync(join(root, 'cli', 'more.ts'), '');
  expect(sourceHash(root)).not.toBe(before);
});

test('builds once, then not again until a source changes; errors are shown', async () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  expect(await build(root, log)).toEqual({ ok: true });
  expect(await build(root, log)).toEqual({ ok: true });
  expect(said).toEqual(['building']);
  writeFileSync(join(root, 'cli', 'main.ts'), "const n: number = 'text';\n");
  const failed = await build(root, log);
  expect(failed.ok).toBe(false);
  expect(failed.message).toContain('cli/main.ts(1,7): error TS2322');
  // A failed build leaves no mark: the next try builds again.
  expect((await build(root, log)).ok).toBe(false);
});

test.skipIf(process.platform === 'win32')('npx finds nas in the clone and installs nothing', async () => {
  expect(linkCommand(root)).toBe(false);
  await build(root, () => {});
  expect(linkCommand(root)).toBe(true);
  expect(linkCommand(root)).toBe(true);
  // --offline: it could not fetch anything if it wanted to; --no: it may not ask.
  const words = ['--offline', '--no', 'nas'];
  expect(
    execFileSync('npx', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ).toBe('nas speaking\n');
});

test('on Windows the command is a script for each shell', async () => {
  await build(root, () => {});
  expect(linkCommand(root, 'win32')).toBe(true);
  // The shell script is of use here too.
  const output = execFileSync('sh', [join(root, 'node_modules', '.bin', 'nas')], { encoding: 'utf8' });
  expect(output).toBe('nas speaking\n');
});
