/**
 * Mistakes that people make in spaces, each with the message that they read (NAME.txt), and beside each its nearest sound
 * twin, which compiles.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasErrors, type Diagnostic } from '../../grammar/diagnostics.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../runtime/host.ts';
import { checkText } from './checkText.ts';

const folders = {
  broken: fileURLToPath(new URL('broken/', import.meta.url)),
  fine: fileURLToPath(new URL('fine/', import.meta.url)),
};

const names = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((file) => (file.endsWith('.nas') ? [file.slice(0, -'.nas'.length)] : []));

function diagnosticsOf(folder: string, name: string): readonly Diagnostic[] {
  const file = `${name}.nas`;
  const text = readFileSync(`${folder}${file}`, 'utf8');
  return checkText({ name: file, text }, nodeHost(folder));
}

test('every mistake has its twin', () => {
  expect(names(folders.fine)).toEqual(names(folders.broken));
  expect(names(folders.broken).length).toBeGreaterThanOrEqual(60);
});

describe('broken', () => {
  test.each(names(folders.broken))('%s', async (name) => {
    const diagnostics = diagnosticsOf(folders.broken, name);
    expect(hasErrors(diagnostics)).toBe(true);
    const told = renderDiagnostics(diagnostics, { color: false });
    await expect(`${told.trimEnd()}\n`).toMatchFileSnapshot(`${folders.broken}${name}.txt`);
  });
});

describe('fine', () => {
  test.each(names(folders.fine))('%s', (name) => {
    const diagnostics = diagnosticsOf(folders.fine, name);
    expect(renderDiagnostics(diagnostics, { color: false })).toBe('');
  });
});
