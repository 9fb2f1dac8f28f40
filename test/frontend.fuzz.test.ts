/**
 * The whole front end on files that are almost right: words of shipped spaces, of the design's spaces and of the corpus left
 * out, doubled, exchanged, replaced and spliced. Whatever comes in, diagnostics come out, and point into the file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProgram } from '../compiler/program.ts';
import type { Diagnostic } from '../grammar/diagnostics.ts';
import { renderDiagnostics } from '../grammar/renderDiagnostic.ts';
import { nodeHost } from '../runtime/host.ts';
import { checkText } from './corpus/checkText.ts';
import { long, patience } from './long.ts';

const folderOf = (path: string): string => fileURLToPath(new URL(`../${path}/`, import.meta.url));

function wordsOf(folder: string): readonly (readonly string[])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.nas'))
    .map((name) => readFileSync(`${folder}${name}`, 'utf8').match(/\w+|\s+|[^\w\s]/g) ?? []);
}

/** What is compiled as well as parsed: small files. */
const small = [...wordsOf(folderOf('test/corpus/broken')), ...wordsOf(folderOf('test/corpus/fine'))];
const all = [...small, ...wordsOf(folderOf('spaces')), ...wordsOf(folderOf('test/fixtures/language'))];

/** Words of all files, those that are rare as likely as others. */
const vocabulary = [...new Set(all.flat())];

interface Edit {
  readonly at: number;
  readonly what: 'delete' | 'double' | 'swap' | 'replace' | 'splice';
  /** Which word, or which other file. */
  readonly other: number;
  readonly length: number;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(0xffff),
  what: fc.constantFrom('delete', 'double', 'swap', 'replace', 'splice'),
  other: fc.nat(0xffff),
  length: fc.integer({ min: 1, max: 12 }),
});

const changes = fc.record({
  file: fc.nat(0xffff),
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
});

/** Places are taken modulo what there is, so that they fit every file. */
function changed(
  files: readonly (readonly string[])[],
  { file, edits }: { readonly file: number; readonly edits: readonly Edit[] },
): string {
  let words = [...(files[file % files.length] ?? [])];
  for (const { at: place, what, other, length } of edits) {
    const at = place % (words.length + 1);
    const word = words[at] ?? '';
    const beside = (at + 2) % (words.length + 1);
    switch (what) {
      case 'delete':
        words.splice(at, length % 3 === 0 ? length : 1);
        break;
      case 'double':
        words.splice(at, 0, ...words.slice(at, at + length));
        break;
      case 'swap':
        words[at] = words[beside] ?? '';
        words[beside] = word;
        break;
      case 'replace':
        words[at] = vocabulary[other % vocabulary.length] ?? '';
        break;
      case 'splice': {
        const stranger = files[other % files.length] ?? [];
        const from = (place * 7) % (stranger.length + 1);
        words.splice(at, 0, ...stranger.slice(from, from + 4 * length));
        break;
      }
    }
    words = words.map((w) => w ?? '');
  }
  return words.join('');
}

/** Every span within its file, every message whole. */
function checkDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const d of diagnostics) {
    for (const { location } of [...(d.primary ? [d.primary] : []), ...d.labels]) {
      const { start, end } = location.span;
      const inside = 0 <= start && start <= end && end <= location.source.text.length;
      expect(inside, `${d.code}: ${String(start)}..${String(end)} of ${location.source.name}`).toBe(true);
    }
    const told = [d.message, d.expected, d.hint, ...d.notes].join('\n');
    expect(told).not.toMatch(/undefined|\bNaN\b|\[object|internal error/);
  }
  renderDiagnostics(diagnostics, { color: false });
}

/** Milliseconds of the processor that some work takes: unlike those of the clock, few of them are other programs'. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Reads a file without its library; what it uses is not there. */
const read = (text: string): void =>
  checkDiagnostics(readProgram({ name: 'fuzz.nas', text }, { library: [] }).diagnostics);

test('almost right files are read without throwing', { timeout: patience }, () => {
  const property = fc.property(changes, (change) => read(changed(all, change)));
  fc.assert(property, { numRuns: long ? 1_000_000 : 10_000 });
});

test('almost right files of 64 KiB are read without throwing', { timeout: patience }, () => {
  const size = 64 * 1024;
  let slowest = 0;
  const property = fc.property(fc.array(changes, { minLength: 4, maxLength: 20 }), (parts) => {
    const one = parts.map((part) => `${changed(all, part).replace(/^nas 1\b/gm, '')}\n`).join('');
    const text = `nas 1\n${one.repeat(Math.ceil(size / one.length))}`.slice(0, size);
    slowest = Math.max(
      slowest,
      processorTime(() => read(text)),
    );
  });
  fc.assert(property, { numRuns: long ? 2_000 : 10 });
  if (long) expect(slowest, 'milliseconds for the slowest file').toBeLessThan(1000);
});

test('almost right spaces are compiled or refused', { timeout: patience }, () => {
  const host = nodeHost(folderOf('test/corpus/fine'));
  let slowest = 0;
  const property = fc.property(changes, (change) => {
    const text = changed(small, change);
    const took = processorTime(() => checkDiagnostics(checkText({ name: 'fuzz.nas', text }, host)));
    slowest = Math.max(slowest, took);
  });
  fc.assert(property, { numRuns: long ? 100_000 : 1000 });
  if (long) expect(slowest, 'milliseconds for the slowest file').toBeLessThan(1000);
});
