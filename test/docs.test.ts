/** The documentation: every `.nas` block compiles, and the generated tables are up to date. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileSearch, compileSpace } from '../compiler/compile.ts';
import { readProgram } from '../compiler/program.ts';
import { costOfArchitecture } from '../compiler/space/members.ts';
import { regenerate } from '../docs/generate.ts';
import { renderDiagnostics } from '../grammar/renderDiagnostic.ts';
import { vocabulary } from '../runtime/vocabulary.ts';
import { nodeHost } from '../runtime/host.ts';
import { nas } from './cli/runNas.ts';

const root = new URL('..', import.meta.url);
const pages = [
  'README.md',
  ...readdirSync(new URL('docs', root))
    .filter((f) => f.endsWith('.md'))
    .map((f) => `docs/${f}`),
];
const blocks = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(/```nas\n([^]*?)```/g)].map((match, i) => ({
    name: `${page}, block ${i + 1}`,
    text: match[1],
  }));
});

test('there are examples', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(3);
});

test.each(blocks)('$name compiles', ({ name, text }) => {
  const program = readProgram({ name, text }, nodeHost());
  expect(renderDiagnostics(program.diagnostics, { color: false })).toBe('');
  const { value } = program;
  for (const space of value!.spaces) {
    expect(renderDiagnostics(compileSpace(value!, space.name.text).diagnostics, { color: false })).toBe('');
  }
  for (const search of value!.searches) {
    const compiled = compileSearch(value!, search.name.text, [], vocabulary);
    expect(renderDiagnostics(compiled.diagnostics, { color: false })).toBe('');
  }
});

test('the sizes that the text states', () => {
  const tiny = blocks.find((b) => b.text.includes('search quick of tiny'))!;
  const { value } = compileSpace(readProgram(tiny, nodeHost()).value!, undefined);
  expect(value!.members.free).toBe(28n);
  expect(value!.members.allowed).toBe(27n);
  const largest = { space: 'tiny', choices: value!.space.decisions.map((d) => d.options.length - 1) };
  expect(costOfArchitecture(value!.space, largest).params).toBe(43_858);
});

const readme = readFileSync(new URL('README.md', root), 'utf8');

test('the example of the README is spaces/tiny.nas', () => {
  const example = blocks.find(({ name }) => name === 'README.md, block 1')!;
  expect(readFileSync(new URL('spaces/tiny.nas', root), 'utf8')).toBe(example.text);
});

/** `$ npx nas ...` and the lines that follow it. */
const calls = [...readme.matchAll(/```console\n([^]*?)```/g)].flatMap(([, text]) =>
  text.split(/^\$ npx nas /m).slice(1),
);

test('the README shows calls of the command', () => {
  expect(calls.length).toBeGreaterThanOrEqual(3);
});

test.each(calls.map((call) => [call.slice(0, call.indexOf('\n')), call] as const))(
  'nas %s prints what the README says',
  async (words, call) => {
    const cwd = fileURLToPath(root);
    expect(await nas(words, { cwd })).toEqual({ code: 0, out: call.slice(words.length + 1), err: '' });
  },
);

test('the tables of docs/language.md are what `npm run docs` writes', () => {
  const text = readFileSync(new URL('docs/language.md', root), 'utf8');
  expect(regenerate(text)).toBe(text);
});
