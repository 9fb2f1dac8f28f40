/** What makes the experiment of a compiled search: the texts and values that its results follow from. */
import type { CompiledSearch } from '../../compiler/compile.ts';
import type { Setting } from '../../compiler/settings.ts';
import type { SearchNode } from '../../grammar/ast.ts';
import { parseExpression } from '../../grammar/parse.ts';
import { print, type PrintOptions } from '../../grammar/print.ts';
import { dataHash } from '../data/table.ts';
import { tableHash } from './evaluation/lookUp.ts';
import type { ExperimentIdentity } from '../store/identity.ts';

const plain: PrintOptions = { comments: false };

/**
 * The identity of a search with its settings; `folder` is where relative names of files begin. Comments, layout, the order of motifs and of fields, the budget, and
 * whether the seed was set in the file or by a setting make no difference. Refuses where the data, or
 * the table of results, cannot be read.
 */
export async function identify(
  compiled: CompiledSearch,
  settings: readonly Setting[],
  folder = '.',
): Promise<ExperimentIdentity> {
  const { syntax, searchSyntax, search } = compiled;
  const hashes = [
    ...(search.data ? [await dataHash(search.data)] : []),
    ...(search.evaluate.kind === 'tabular' ? [await tableHash(compiled, folder)] : []),
  ];
  const motifs = syntax.motifs.map((motif) => print(motif, plain)).sort();
  return {
    space: [print(syntax.space, plain), ...motifs].join('\n'),
    search: print(identifyingPart(searchSyntax), plain),
    overrides: overridesOf(
      settings,
      syntax.space.params.map((p) => p.name.text),
    ),
    seed: search.seed,
    data: hashes.join(' '),
  };
}

/** Whether a field or a setting of this name is left out: the budget may grow, the seed is kept apart. */
function isApart(name: string): boolean {
  return name === 'seed' || name === 'budget';
}

function identifyingPart(node: SearchNode): SearchNode {
  const fields = node.fields.filter(({ name }) => !isApart(name.text));
  return { ...node, fields: fields.toSorted((a, b) => compare(place(a.name.text), place(b.name.text))) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Objectives stay in text order among each other, for the first one counts most. */
const place = (name: string): string => (name === 'minimize' ? 'maximize' : name);

/** Settings by path, the last one of each, their values in one layout. `params` are the space's own names. */
function overridesOf(
  settings: readonly Setting[],
  params: readonly string[],
): Readonly<Record<string, string>> {
  const overrides: Record<string, string> = {};
  for (const { path, value } of settings) {
    const full = fullPath(path, params);
    const [of, name = ''] = full.split('.');
    if (of === 'search' && isApart(name)) continue;
    const parsed = parseExpression({ name: `--set ${path}`, text: value }).value;
    overrides[full] = parsed ? print(parsed) : value;
  }
  return overrides;
}

/** A path with what it belongs to written out, as the compiler sorts settings: `space.classes`, `search.data.split`. */
function fullPath(path: string, params: readonly string[]): string {
  if (path.startsWith('space.') || path.startsWith('search.')) return path;
  return `${params.includes(path) ? 'space' : 'search'}.${path}`;
}
