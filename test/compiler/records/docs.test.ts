/** docs/records.md: its tables are up to date, its examples sound, and what it says of them true. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkDeclarations } from '../../../compiler/checkDeclarations.ts';
import { compileSpace } from '../../../compiler/compile.ts';
import { readProgram } from '../../../compiler/program.ts';
import { checkProperty } from '../../../compiler/properties/check.ts';
import { evaluateProperty } from '../../../compiler/properties/evaluate.ts';
import { regenerate } from '../../../docs/generate.ts';
import { nodeHost } from '../../../runtime/host.ts';
import { told } from './check.ts';

const page = readFileSync(new URL('../../../docs/records.md', import.meta.url), 'utf8');
const programs = [...page.matchAll(/```nas\n([^]*?)```/g)].map(([, text = ''], i) => {
  const read = readProgram({ name: `records.md, block ${i + 1}`, text }, nodeHost());
  expect(told(read.diagnostics)).toEqual([]);
  return read.value!;
});

test('the tables are what `npm run docs` writes', () => {
  expect(regenerate(page)).toBe(page);
});

test('the examples declare a genome, a program and properties, and nothing is wrong with them', () => {
  expect(programs.map((p) => [p.genomes.length, p.programs.length, p.properties.length])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 4],
  ]);
  for (const program of programs) expect(told(checkDeclarations(program))).toEqual([]);
});

test('the properties hold for every architecture of their space', () => {
  const [, , program] = programs;
  const { space, members } = compileSpace(program, undefined).value!;
  expect(members.free).toBe(2n * (3n + 9n + 27n));
  for (const node of program.properties) {
    const property = checkProperty(space, node, program.source).value!;
    for (const architecture of members.enumerate()) {
      expect(evaluateProperty(space, property, architecture), property.name).toEqual({ holds: true });
    }
  }
});
