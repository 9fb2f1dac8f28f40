/** `nas new NAME --from TEMPLATE`: a file to begin with, from one of the shipped spaces. */
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Declaration, FileNode, NameNode } from '../../grammar/ast.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { parse } from '../../grammar/parse.ts';
import { packageRoot } from '../../runtime/packageRoot.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { present } from '../../util/invariant.ts';
import type { Context } from '../context.ts';
import { pathFrom } from '../terminal.ts';

export interface NewOptions {
  readonly from: string;
}

/** Writes NAME.nas with the template's space under the new name. Never writes over a file. */
export async function create(context: Context, name: string, { from }: NewOptions): Promise<number> {
  const folder = join(packageRoot(), 'spaces');
  const templates = readdirSync(folder).flatMap((file) => /^(.*)\.nas$/.exec(file)?.[1] ?? []);
  if (!templates.includes(from)) {
    const hint = didYouMean(from, templates) ?? `the templates are ${templates.sort().join(', ')}`;
    return refuse('unknownTemplate', { name: from }, { hint });
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const hint = 'letters, digits and `_`, not beginning with a digit';
    return refuse('badValue', { option: 'NAME', value: name }, { hint });
  }
  const text = readFileSync(join(folder, `${from}.nas`), 'utf8');
  const file = present(parse({ name: from, text }).value, 'the syntax of a shipped space');
  const path = `${name}.nas`;
  try {
    await writeFile(pathFrom(context.terminal, path), renamed(text, file, name), { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = exists ? 'it is there already' : error instanceof Error ? error.message : String(error);
    return refuse('unwritableFile', { path, reason });
  }
  context.print(`wrote ${path}, a copy of the shipped space ${from}`, `next: nas check ${path}`);
  return 0;
}

/** The text with its first space, genome or program under another name, wherever it is named. */
function renamed(text: string, file: FileNode, name: string): string {
  const main = file.declarations.find(
    (d) => d.kind === 'space' || d.kind === 'genome' || d.kind === 'program',
  );
  if (!main) return text;
  const places = file.declarations
    .flatMap((d) => (d === main ? [main.name] : namesOfSpace(d)))
    .filter((place) => place.text === main.name.text);
  return places
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((all, { span }) => all.slice(0, span.start) + name + all.slice(span.end), text);
}

function namesOfSpace(node: Declaration): readonly NameNode[] {
  switch (node.kind) {
    case 'architecture':
    case 'notation':
    case 'moves':
    case 'property':
    case 'search':
      return [node.space];
    default:
      return [];
  }
}
