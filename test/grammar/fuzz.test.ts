import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import { lex } from '../../grammar/lex.ts';
import { parse, parseExpression } from '../../grammar/parse.ts';
import { print } from '../../grammar/print.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { Reports } from '../../grammar/reports.ts';

const digits = readFileSync(new URL('../fixtures/digits.nas', import.meta.url), 'utf8');

/** The words, signs and spaces of the example: concatenated they give it back. */
const pieces: string[] = digits.match(/\w+|\s+|[^\w\s]/g) ?? [];

/** Words and signs of the language and of others. */
const foreign: string[] = [
  ...'nas space motif search let choose repeat if then else not and or of step cell for from when use'.split(
    ' ',
  ),
  ...'( ) [ ] { } , ; : = == |> .. ... . - + " \' “ && /* # 1. .5 12kk 日本 é 👩‍👩‍👧'.split(' '),
  '\n',
  '\r',
  '\t',
  '\u0000',
  '\ud800',
  '\u001b[31m',
];

interface Mutation {
  readonly at: number;
  readonly what: 'delete' | 'duplicate' | 'insert' | 'swap';
  readonly text: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: pieces.length - 2 }),
  what: fc.constantFrom('delete', 'duplicate', 'insert', 'swap'),
  text: fc.oneof(fc.constantFrom(...foreign), fc.string({ unit: 'binary', maxLength: 6 })),
});

function mutate(mutations: readonly Mutation[]): string {
  const result = [...pieces];
  for (const { at, what, text } of mutations) {
    const piece = result[at] ?? '';
    if (what === 'delete') result[at] = '';
    else if (what === 'duplicate') result[at] = piece + piece;
    else if (what === 'insert') result[at] = text + piece;
    else [result[at], result[at + 1]] = [result[at + 1] ?? '', piece];
  }
  return result.join('');
}

/** Every span within the text, every value well formed. */
function checkDiagnostics(diagnostics: readonly Diagnostic[], length: number): void {
  for (const d of diagnostics) {
    for (const label of [...(d.primary ? [d.primary] : []), ...d.labels]) {
      const { start, end } = label.location.span;
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(end).toBeLessThanOrEqual(length);
    }
    expect(d.message).not.toMatch(/undefined|NaN|Word_|PlainName|NumberText/);
    expect(d.expected ?? '').not.toMatch(/undefined|NaN|Word_|PlainName|something else/);
    diagnosticToJson(d);
  }
  // Nothing that comes from the text may steer a terminal.
  // oxlint-disable-next-line no-control-regex
  expect(renderDiagnostics(diagnostics, { color: false })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
}

function checkSpans(node: unknown, length: number): void {
  if (Array.isArray(node)) {
    for (const item of node) checkSpans(item, length);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'start' || key === 'end') {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(length);
      } else checkSpans(value, length);
    }
  }
}

describe('any input', () => {
  it('is read without throwing, and everything points into it', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        const text = mutate(mutations);
        const { value, diagnostics } = parse({ name: 'fuzz.nas', text });
        checkDiagnostics(diagnostics, text.length);
        checkSpans(value, text.length);
        expect(value !== undefined || diagnostics.length > 0).toBe(true);
        // What was read in spite of errors can be printed and read again.
        if (value) expect(parse({ name: 'again', text: print(value) }).diagnostics).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('may be noise', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.constantFrom(...foreign), { maxLength: 60 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(noise, (text) => {
        checkDiagnostics(parse({ name: 'fuzz.nas', text }).diagnostics, text.length);
        checkDiagnostics(parse({ name: 'fuzz.nas', text: `nas 1\n${text}` }).diagnostics, text.length + 6);
        const { value, diagnostics } = parseExpression({ name: 'fuzz', text });
        checkDiagnostics(diagnostics, text.length);
        expect(value === undefined).toBe(diagnostics.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('makes no more tokens than it has characters', () => {
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 6 }), (mutations) => {
        const text = mutate(mutations);
        const { tokens, comments } = lex(new Reports({ name: 'fuzz.nas', text }));
        expect(tokens.length + comments.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
