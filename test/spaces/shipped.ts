/** The layered spaces that are shipped, each with parameters that make it small for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileSpace, type CompiledSpace } from '../../compiler/compile.ts';
import { readProgram } from '../../compiler/program.ts';
import type { Architecture } from '../../compiler/space/architecture.ts';
import { hasErrors } from '../../grammar/diagnostics.ts';
import { renderDiagnostics } from '../../grammar/renderDiagnostic.ts';
import { nodeHost } from '../../runtime/host.ts';
import type { Random } from '../../util/random.ts';

const folder = fileURLToPath(new URL('../../spaces/', import.meta.url));

/** Parameters that make the skeleton small and leave the decisions as they are; those that are missing are as published. */
export const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
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
  nasbench201_small: { size: 8, c: 4 },
  nasnet: { size: 8, c: 4, n: 1 },
  nasnet_mobile: { n: 1 },
  nats_size: { size: 8 },
  one_shot: { size: 8, c: 4, n: 1 },
  path_tree: { size: 8, k: 8, n: 1 },
  pnas: { size: 8, c: 4, n: 1 },
  pnas_progressive: { size: 8, c: 4, n: 1, most: 3 },
  rnn_cell: { words: 20, steps: 4, units: 8 },
  smash: { size: 8, c: 8, most: 2 },
  transformer: { words: 20, steps: 8 },
};

export interface ShippedSpace {
  readonly file: string;
  readonly text: string;
  readonly name: string;
}

/** Every `space` of every shipped file. */
export const shippedSpaces: readonly ShippedSpace[] = readdirSync(folder)
  .filter((name) => name.endsWith('.nas'))
  .flatMap((file) => {
    const text = readFileSync(`${folder}${file}`, 'utf8');
    return [...text.matchAll(/^space (\w+)/gm)].map((match) => ({ file, text, name: match[1] ?? '' }));
  });

/** A shipped space, made small; with other parameters where told. */
export function compileNamed(name: string, more: Readonly<Record<string, number>> = {}): CompiledSpace {
  const found = shippedSpaces.find((space) => space.name === name);
  if (!found) throw new Error(`no space is called ${name}`);
  return compileShipped(found, more);
}

/** Compiles a shipped space, made small. */
export function compileShipped(
  { file, text, name }: ShippedSpace,
  more: Readonly<Record<string, number>> = {},
): CompiledSpace {
  const program = readProgram({ name: file, text }, nodeHost(folder));
  const all = { ...settings[name], ...more };
  const set = Object.entries(all).map(([path, value]) => ({ path, value: String(value) }));
  const { value, diagnostics } = program.value
    ? compileSpace(program.value, name, set)
    : { value: undefined, diagnostics: program.diagnostics };
  if (!value || hasErrors(diagnostics)) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return value;
}

/** So many members, drawn at random; all of them where there are no more. */
export function* drawMembers(
  { members }: CompiledSpace,
  wanted: number,
  random: Random,
): Generator<Architecture> {
  if (members.allowed !== undefined && members.allowed <= BigInt(wanted)) {
    yield* members.enumerate();
    return;
  }
  for (let drawn = 0; drawn < wanted; drawn++) {
    const { architecture } = members.sample(random);
    if (architecture === undefined) throw new Error('no draw is allowed');
    yield architecture;
  }
}
