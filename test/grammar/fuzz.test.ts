import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosticToJson } from '../../grammar/diagnosticJson.ts';
import type { Diagnostic } from '../../grammar/diagnostics.ts';
import type { FileNode } from '../../grammar/ast.ts';
import { format } from '../../grammar/format.ts';
import { lex } from '../../grammar/lex.ts';
import { parse, parseExpression } from '../../grammar/parse.ts';
import { print } from '../../grammar/print.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { Reports } from '../../grammar/reports.ts';
import { long, patience } from '../long.ts';
import { withoutSpans } from './sexpr.ts';

const folder = new URL('../fixtures/language/', import.meta.url);

/** The words, signs and spaces of each space of the design: concatenated they give it back. */
const examples: readonly (readonly string[])[] = readdirSync(folder)
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .map((text) => text.match(/\w+|\s+|[^\w\s]/g) ?? []);

/** Words and signs of the language and of others. */
const foreign: string[] = [
  ...(
    'nas space motif search let choose repeat if then else not and or of step cell for from when use nodes in any ' +
    'normal reduction notation moves architecture property genome program none true input output require'
  ).split(' '),
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

interface Mutated {
  readonly example: number;
  readonly mutations: readonly Mutation[];
}

/** Places are shares of the text, in ten thousandths, so that they fit every example. */
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 9999 }),
  what: fc.constantFrom('delete', 'duplicate', 'insert', 'swap'),
  text: fc.oneof(fc.constantFrom(...foreign), fc.string({ unit: 'binary', maxLength: 6 })),
});

function mutated(minLength: number): fc.Arbitrary<Mutated> {
  return fc.record({
    example: fc.nat({ max: examples.length - 1 }),
    mutations: fc.array(mutation, { minLength, maxLength: 6 }),
  });
}

function mutate({ example, mutations }: Mutated): string {
  const result = [...(examples[example] ?? [])];
  for (const { at: share, what, text } of mutations) {
    const at = Math.floor((share * (result.length - 1)) / 10_000);
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

/** Formatting keeps the tree, and the comments in their order. */
function checkFormat(text: string, file: FileNode): void {
  const once = format({ name: 'fuzz.nas', text }).value ?? '';
  const again = parse({ name: 'again', text: once }).value;
  expect(withoutSpans(again)).toEqual(withoutSpans(file));
  expect(again?.comments.map((c) => c.text)).toEqual(file.comments.map((c) => c.text));
  expect(format({ name: 'again', text: once }).value).toBe(once);
}

describe('any input', () => {
  it('is read without throwing, and everything points into it', { timeout: patience }, () => {
    fc.assert(
      fc.property(mutated(1), (changed) => {
        const text = mutate(changed);
        const { value, diagnostics } = parse({ name: 'fuzz.nas', text });
        checkDiagnostics(diagnostics, text.length);
        checkSpans(value, text.length);
        expect(value !== undefined || diagnostics.length > 0).toBe(true);
        // What was read in spite of errors can be printed and read again.
        if (value) expect(parse({ name: 'again', text: print(value) }).diagnostics).toEqual([]);
        if (value && diagnostics.length === 0) checkFormat(text, value);
      }),
      { numRuns: long ? 20_000 : 1500 },
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
      fc.property(mutated(0), (changed) => {
        const text = mutate(changed);
        const { tokens, comments } = lex(new Reports({ name: 'fuzz.nas', text }));
        expect(tokens.length + comments.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
