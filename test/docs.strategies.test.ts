/** docs/strategies/: a page for each strategy of the table, with its arguments and an example that compiles. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { compileSearch, compileSpace } from '../compiler/compile.ts';
import { readProgram } from '../compiler/program.ts';
import { regenerate } from '../docs/generate.ts';
import { renderDiagnostics } from '../grammar/renderDiagnostic.ts';
import { nodeHost } from '../runtime/host.ts';
import { strategies } from '../runtime/search/strategies/table.ts';
import { vocabulary } from '../runtime/vocabulary.ts';

const folder = new URL('../docs/strategies/', import.meta.url);
const pages = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const entries = Object.entries(strategies);

test('there is a page for each strategy, and no other', () => {
  expect(pages.sort()).toEqual(
    Object.keys(strategies)
      .map((name) => `${name}.md`)
      .sort(),
  );
});

test('the index is what `npm run docs` writes', () => {
  expect(regenerate(read('README.md'))).toBe(read('README.md'));
});

describe.each(entries)('the page of %s', (name, kind) => {
  const page = pages.includes(`${name}.md`) ? read(`${name}.md`) : '';

  it('says what it is, and when to use it', () => {
    expect(page).toMatch(new RegExp(`^# ${name}: .+\n\n`));
    expect(page).toContain('\n**When to use it.** ');
  });
  it('lists the arguments with their defaults', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|none) \| (.+) \|$/gm)];
    const told = rows.map(([, argument, otherwise = '']) => [argument, otherwise]);
    const there = Object.entries(kind.arguments).map(([argument, { otherwise }]) => [
      argument,
      typeof otherwise === 'string' ? otherwise : JSON.stringify(otherwise),
    ]);
    expect(told).toEqual(there);
  });
  it('has an example that compiles', () => {
    const blocks = [...page.matchAll(/```nas\n([^]*?)```/g)].map(([, text]) => text);
    expect(blocks.length).toBeGreaterThan(0);
    const used: string[] = [];
    for (const text of blocks) {
      const program = readProgram({ name: `${name}.md`, text }, nodeHost());
      expect(renderDiagnostics(program.diagnostics, { color: false })).toBe('');
      const { value } = program;
      for (const space of value!.spaces) {
        expect(renderDiagnostics(compileSpace(value!, space.name.text).diagnostics, { color: false })).toBe(
          '',
        );
      }
      for (const search of value!.searches) {
        const compiled = compileSearch(value!, search.name.text, [], vocabulary);
        expect(renderDiagnostics(compiled.diagnostics, { color: false })).toBe('');
        used.push(compiled.value!.search.strategy.name);
      }
    }
    expect(used).toContain(name);
  });
});
