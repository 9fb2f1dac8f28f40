/** docs/spaces.md: every shipped space is in its table, and the counts of the quick ones are what the compiler says. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileSpace } from '../compiler/compile.ts';
import { readProgram } from '../compiler/program.ts';
import { countPrograms, checkProgram } from '../compiler/records/program.ts';
import { formatCount } from '../cli/format.ts';
import { nodeHost } from '../runtime/host.ts';

const root = new URL('..', import.meta.url);
const page = readFileSync(new URL('docs/spaces.md', root), 'utf8');

/** The cells of each row by the name of its space. */
const rows = new Map(
  [...page.matchAll(/^\| \[(\w+)\]\(\.\.\/spaces\/(\w+)\.nas\)(.*)\|$/gm)].map(
    ([, name = '', file, rest = '']) => {
      expect(file).toBe(name);
      return [name, rest.split('|').map((cell) => cell.trim().replaceAll('\\', ''))] as const;
    },
  ),
);

const programOf = (name: string) => {
  const path = `spaces/${name}.nas`;
  const text = readFileSync(new URL(path, root), 'utf8');
  return readProgram({ name: path, text }, nodeHost()).value!;
};

test('every file of spaces/ has a row, and every row a file', () => {
  const files = readdirSync(new URL('spaces', root)).filter((file) => file.endsWith('.nas'));
  expect([...rows.keys()].sort()).toEqual(files.map((file) => file.slice(0, -'.nas'.length)).sort());
});

test.each([...rows.keys()])('the architectures and notations of %s are named', (name) => {
  const { file } = programOf(name);
  const names = file.declarations.flatMap((d) =>
    d.kind === 'architecture' || d.kind === 'notation' ? [d.name.text] : [],
  );
  for (const declared of names) expect(rows.get(name)?.[4]).toContain(`\`${declared}\``);
});

test.each([
  'tiny',
  'darts',
  'darts_rnn',
  'nasnet',
  'amoebanet',
  'pnas',
  'pnas_progressive',
  'enas_micro',
  'enas_rnn',
  'nasbench201',
  'nats_size',
  'proxyless',
  'rnn_cell',
  'one_shot',
])('the count of %s', (name) => {
  const { members } = compileSpace(programOf(name), name).value!;
  const told = rows.get(name)?.[3] ?? '';
  expect(told.split(/[ ;]/, 1)).toEqual([formatCount(members.free)]);
  if (members.allowed !== members.free) expect(told).toContain(`; ${formatCount(members.allowed!)} `);
});

test('the count of automl_zero', () => {
  const program = programOf('automl_zero');
  const [node] = program.programs;
  const space = checkProgram(node, program.source).value!;
  expect(rows.get('automl_zero')?.[3]).toBe(`${formatCount(countPrograms(space))} = 168^20`);
});
