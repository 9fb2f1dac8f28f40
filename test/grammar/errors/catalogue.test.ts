/** The catalogue of errors as a whole. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../grammar/catalogue.ts';
import { syntaxEntries } from '../../../grammar/catalogue/syntax.ts';

describe('the catalogue', () => {
  it('gives every kind its own code', () => {
    const codes = Object.values(catalogue).map((e) => e.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('explains every syntax error at some length', () => {
    for (const entry of Object.values(syntaxEntries)) {
      expect(entry.code).toMatch(/^NAS1\d{3}$/);
      expect(entry.explanation.length).toBeGreaterThanOrEqual(100);
    }
  });
});
