/** Every space of the language's design: read, printed, read again, formatted. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { format } from '../../grammar/format.ts';
import { print } from '../../grammar/print.ts';
import { printWidth } from '../../grammar/printFlat.ts';
import { commentTexts, parsed, withoutSpans } from './sexpr.ts';

const folder = new URL('../fixtures/language/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.nas'));

describe('the spaces of the design', () => {
  it('are all here', () => {
    expect(names.length).toBeGreaterThanOrEqual(22);
  });

  it.each(names)('%s', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const file = parsed(text);
    const canonical = print(file);
    expect(withoutSpans(parsed(canonical))).toEqual(withoutSpans(file));
    expect(print(parsed(canonical))).toBe(canonical);

    const formatted = format({ name, text }).value ?? '';
    expect(withoutSpans(parsed(formatted))).toEqual(withoutSpans(file));
    expect(commentTexts(formatted)).toEqual(commentTexts(text));
    expect(format({ name, text: formatted }).value).toBe(formatted);
    const code = formatted.split('\n').map((line) => line.replace(/ *\/\/.*/, ''));
    expect(Math.max(...code.map((line) => line.length))).toBeLessThanOrEqual(printWidth);
  });
});
