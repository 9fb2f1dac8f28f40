// The layer rule and its neighbours, proved on files that break them: the real configuration, run on a checkout of a few lines.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../setup/npm.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'naslang-lint-'));
  const config = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
  // Rules that need types need a project; those tested here do not.
  config.options = { ...config.options, typeAware: false };
  delete config.$schema;
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lints these files as one checkout and returns the rules that fired, as "file: rule". */
function lint(files: Record<string, string>): string[] {
  const work = mkdtempSync(join(folder, 'checkout-'));
  writeFileSync(join(work, '.oxlintrc.json'), readFileSync(join(folder, '.oxlintrc.json')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  const words = [join(root, 'node_modules', 'oxlint', 'bin', 'oxlint'), '--format', 'json'];
  const { stdout } = spawnSync(process.execPath, words, { cwd: work, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout);
  return diagnostics
    .map((found: { filename: string; code: string }) => `${found.filename}: ${found.code}`)
    .sort();
}

const restricted = 'eslint(no-restricted-imports)';
const importing = (path: string) => `export { x } from '${path}';\n`;

describe('a room imports only the rooms before it', () => {
  const forbidden = [
    ['util/a.ts', '../grammar/x.ts'],
    ['util/deep/a.ts', '../../cli/x.ts'],
    ['grammar/a.ts', '../compiler/x.ts'],
    ['grammar/service/a.ts', '../../runtime/x.ts'],
    ['compiler/ops/a.ts', '../../runtime/x.ts'],
    ['compiler/a.ts', '../cli/x.ts'],
    ['runtime/device/a.ts', '../../cli/x.ts'],
    ['cli/a.ts', '../test/x.ts'],
    ['compiler/b.ts', 'naslang/grammar'],
    ['compiler/c.ts', 'node:fs'],
    ['compiler/d.ts', 'fs'],
    ['grammar/b.ts', 'webgpu'],
    ['compiler/e.ts', '#setup/advice.mjs'],
  ] as const;
  // One run for all: the linter's start is what takes the time.
  let found: string[];
  beforeAll(() => {
    found = lint(Object.fromEntries(forbidden.map(([file, path]) => [file, importing(path)])));
  });

  test.each(forbidden)('%s may not import %s', (file) => {
    expect(found.filter((text) => text.startsWith(`${file}:`))).toEqual([`${file}: ${restricted}`]);
  });

  test('a type is an import too', () => {
    expect(
      lint({ 'grammar/a.ts': "import type { X } from '../runtime/x.ts';\nexport const x: X = 1;\n" }),
    ).toEqual([`grammar/a.ts: ${restricted}`]);
  });

  test('what is allowed is not reported', () => {
    const files = {
      'grammar/service/a.ts': importing('../../util/x.ts'),
      'compiler/a.ts': `${importing('../grammar/x.ts')}export { y } from './graph/y.ts';\n`,
      'compiler/import/a.ts': importing('../graph/x.ts'),
      'runtime/data/a.ts': `${importing('../../compiler/x.ts')}export { y } from 'node:fs';\n`,
      'cli/a.ts': importing('../runtime/x.ts'),
      'test/a.ts': importing('../cli/x.ts'),
    };
    expect(lint(files)).toEqual([]);
  });
});

test('import cycles, any and non-null assertions are errors in sources, the last two allowed in tests', () => {
  const loose = 'export const f = (a: any): unknown => a;\nexport const g = (a?: string): string => a!;\n';
  const files = {
    'util/a.ts': importing('./b.ts'),
    'util/b.ts': importing('./a.ts'),
    'util/c.ts': loose,
    'test/c.ts': loose,
  };
  expect(lint(files)).toEqual([
    'util/a.ts: import(no-cycle)',
    'util/b.ts: import(no-cycle)',
    'util/c.ts: typescript(no-explicit-any)',
    'util/c.ts: typescript(no-non-null-assertion)',
  ]);
});
