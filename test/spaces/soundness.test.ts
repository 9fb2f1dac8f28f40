/** Every shipped space: architectures drawn at random are networks, of the shapes and costs that the space tells. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileSpace } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import { hasErrors } from '../../grammar/diagnostics.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../runtime/host.ts';
import { Random } from '../../util/random.ts';
import { long, patience } from '../long.ts';
import { checkMember } from './checkMember.ts';

const folder = fileURLToPath(new URL('../../spaces/', import.meta.url));

/** Parameters that make the skeleton small and leave the decisions as they are; those that are missing are as published. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  amoebanet: { size: 8, c: 4, n: 1 },
  darts: { size: 32, c: 4, n: 1 },
  darts_imagenet: { c: 4, n: 1 },
  darts_rnn: { words: 20, steps: 4, units: 8 },
  enas_macro: { size: 8, c: 4 },
  enas_micro: { size: 8, c: 4, n: 1 },
  enas_rnn: { words: 20, steps: 4, units: 8 },
  hierarchical: { size: 8, c: 4 },
  nasbench101: { size: 8, c: 8, n: 1 },
  nasbench201: { size: 8, c: 4, n: 1 },
  nasnet: { size: 8, c: 4, n: 1 },
  nasnet_mobile: { n: 1 },
  nats_size: { size: 8 },
  one_shot: { size: 8, c: 4, n: 1 },
  path_tree: { size: 8, k: 8, n: 1 },
  pnas: { size: 8, c: 4, n: 1 },
  rnn_cell: { words: 20, steps: 4, units: 8 },
  smash: { size: 8, c: 8, most: 2 },
  transformer: { words: 20, steps: 8 },
};

const spaces = readdirSync(folder)
  .filter((name) => name.endsWith('.nas'))
  .flatMap((file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    return [...text.matchAll(/^space (\w+)/gm)].map((match) => ({ file, text, name: match[1] ?? '' }));
  });

test('the table names spaces that there are', () => {
  const names = spaces.map(({ name }) => name);
  expect(Object.keys(settings).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(spaces)(
  '$name',
  ({ file, text, name }) => {
    const program = readProgram({ name: file, text }, nodeHost(folder));
    const set = Object.entries(settings[name] ?? {}).map(([path, value]) => ({ path, value: String(value) }));
    const { value, diagnostics } = program.value
      ? compileSpace(program.value, name, set)
      : { value: undefined, diagnostics: program.diagnostics };
    if (!value || hasErrors(diagnostics)) throw new Error(renderDiagnostics(diagnostics, { color: false }));
    const { space, members } = value;
    const random = new Random(17, 3);
    const wanted = long ? 10_000 : 200;
    const draws =
      members.allowed !== undefined && members.allowed < BigInt(wanted) ? members.enumerate() : undefined;
    let seen = 0;
    for (; seen < wanted; seen++) {
      const { architecture } = draws
        ? { architecture: draws.next().value ?? undefined }
        : members.sample(random);
      if (architecture === undefined) break;
      expect(members.contains(architecture)).toBe(true);
      checkMember(space, architecture, [seen % 2 === 0 ? 'training' : 'inference']);
    }
    // A space that has fewer was gone through whole; no draw failed.
    expect(BigInt(seen)).toBe(draws ? members.allowed : BigInt(wanted));
  },
  patience,
);
