/** `nas insight FILE --table CSV`: a table of results, read through the space of a file. */
import type { CompiledSpace } from '../../compiler/compile.ts';
import { matchesNotation, type Notation } from '../../compiler/space/notations.ts';
import { refuse } from '../../grammar/diagnostics.ts';
import { readRecords } from '../../runtime/data/records.ts';
import { readResultTable } from '../../runtime/evaluate/resultTable.ts';
import { insightOfTable, type Insight, type InsightOptions } from '../../runtime/search/insight/insight.ts';
import { excerpt, listWords } from '../../util/words.ts';
import { accept, type Context } from '../context.ts';
import { readText } from '../files.ts';
import { loadSpace, type SpaceOptions } from '../load.ts';

export interface TableOptions extends SpaceOptions {
  readonly table?: string;
  /** Columns of results; the first is what decisions are judged by. */
  readonly column?: readonly string[];
  readonly minimize?: boolean;
}

/** What the table says. Refuses what is no table of the space's architectures. */
export async function insightOfFile(
  context: Context,
  [file = '', surplus]: readonly string[],
  { table, column = [], minimize = false, ...options }: TableOptions & { readonly table: string },
  analysis: InsightOptions,
): Promise<Insight> {
  if (surplus !== undefined)
    refuse('surplusWord', { command: 'nas insight --table', word: excerpt(surplus) });
  const compiled = await loadSpace(context, file, options);
  const source = await readText(context.terminal, table);
  const [header, first] = readRecords(source.text);
  const names = header?.fields ?? [];
  const { key, notation } = keyOf(compiled, table, names, first?.fields ?? []);
  if (column.length === 0) {
    const others = names.filter((name) => name !== key).map((name) => excerpt(name));
    const hint = `the table has ${listWords(others.slice(0, 12), 'and')}`;
    refuse('missingValue', { option: '--column' }, { hint });
  }
  const read = accept(context, readResultTable(source, compiled.space, { key, notation, numbers: column }));
  const columns = [...new Set(column)].map((name) => ({ name, values: read.column(name) }));
  return insightOfTable(compiled, read.architectures, columns, minimize ? 'minimize' : 'maximize', analysis);
}

/** The column whose first cell is written in a notation of the space. */
function keyOf(
  { space, notations }: CompiledSpace,
  path: string,
  names: readonly string[],
  first: readonly string[],
): { readonly key: string; readonly notation: Notation } {
  for (const [i, key] of names.entries()) {
    const notation = notations.find((n) => matchesNotation(n, first[i] ?? ''));
    if (notation !== undefined) return { key, notation };
  }
  const written = notations.map(({ name }) => `\`${name}\``);
  const expected =
    written.length > 0 ? `a column written as ${listWords(written)}` : `a \`notation\` of \`${space.name}\``;
  return refuse('tableKeyMissing', { path, space: space.name }, { expected });
}
