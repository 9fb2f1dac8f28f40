/** Searches on a table of results: what `evaluate tabular(...)` names is read once, and looked up for each trial. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { CompiledSearch } from '../../../compiler/compile.ts';
import { tableNotation } from '../../../compiler/search/fit.ts';
import type { TabularEvaluation } from '../../../compiler/search/search.ts';
import type { Architecture } from '../../../compiler/space/architecture.ts';
import { printNotation } from '../../../compiler/space/notations.ts';
import { diagnose, Refusal, refuse, type Diagnostic } from '../../../grammar/diagnostics.ts';
import { invariant, present } from '../../../util/invariant.ts';
import { readDataFile } from '../../data/file.ts';
import { missingResult, readResultTable, type ResultTable } from '../../evaluate/resultTable.ts';
import type { Metrics } from '../../store/records.ts';

/** A table as a search sees it. */
export interface LookUp {
  /** What to know before it starts, such as architectures that the table leaves out. */
  readonly warnings: readonly Diagnostic[];
  /** What the table says of a candidate, or that it says nothing. */
  metrics(architecture: Architecture): Metrics | Diagnostic;
  /** What it says of the winner: its test accuracy, where a column was named. */
  final(architecture: Architecture): Metrics;
}

/** A million rows of a few hundred bytes. */
const MAX_FILE_BYTES = 400_000_000;

const NOTHING = { loss: undefined, accuracy: undefined, images: 0, epochLosses: [] } as const;

/** SHA-256 of the table of a search, hexadecimal: part of the identity of its experiment. Refuses what cannot be read. */
export async function tableHash(compiled: CompiledSearch, folder = '.'): Promise<string> {
  const bytes = await readFile(compiled, tabularOf(compiled), folder);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads the table of a search. Refuses one that is not there, or not what it should be. */
export async function readLookUp(compiled: CompiledSearch, folder = '.'): Promise<LookUp> {
  const { space, members, notations } = compiled;
  const asked = tabularOf(compiled);
  const notation = present(tableNotation(asked, notations), 'search: the notation of a table');
  const bytes = await readFile(compiled, asked, folder);
  const source = { name: asked.file, text: bytes.toString('utf8') };
  const shares = [asked.accuracy, ...(asked.test === undefined ? [] : [asked.test])];
  const others = [asked.loss, asked.latency].filter((name) => name !== undefined);
  const numbers = [...new Set([...shares, ...others])];
  const firstLine = /^(?:#[^\n]*\n|\r?\n)*([^\n]*)/.exec(source.text)?.[1] ?? '';
  const named = firstLine.split(',').map((name) => name.trim().replaceAll('"', ''));
  const key = asked.column ?? (named.includes(notation.name) ? notation.name : 'arch');
  const { value: table, diagnostics } = readResultTable(source, space, { key, notation, numbers });
  if (table === undefined) throw new Refusal(...diagnostics);
  for (const name of new Set(shares)) checkShares(table, name, asked.scale);
  return lookUpIn(table, asked, {
    warnings: warningsOf(table, members.allowed),
    missing: (architecture) => missingResult(table, printNotation(notation, architecture)),
  });
}

function tabularOf({ search: { evaluate } }: CompiledSearch): TabularEvaluation {
  invariant(evaluate.kind === 'tabular', 'search: a table where results are not looked up');
  return evaluate;
}

function readFile(
  { file: from }: CompiledSearch,
  { file }: TabularEvaluation,
  folder: string,
): Promise<Buffer> {
  const path = resolve(folder, dirname(from), file);
  const hint = 'a relative path begins at the folder of the `.nas` file';
  return readDataFile(path, MAX_FILE_BYTES, { what: 'the table of results', hint });
}

function checkShares(table: ResultTable, column: string, scale: number): void {
  for (const [row, stored] of table.column(column).entries()) {
    const value = scale * stored;
    if (value >= 0 && value <= 1) continue;
    const hint = value > 1 && value <= 100 ? 'write `scale: 0.01` where these are percentages' : undefined;
    refuse('tableOutOfRange', { path: table.path, column, row: row + 1, value }, { hint });
  }
}

function warningsOf({ path, size }: ResultTable, members: bigint | undefined): readonly Diagnostic[] {
  if (members === undefined || BigInt(size) >= members) return [];
  return [diagnose('tableIncomplete', { path, rows: size, members })];
}

function lookUpIn(
  table: ResultTable,
  { accuracy, scale, loss, latency, test }: TabularEvaluation,
  {
    warnings,
    missing,
  }: Pick<LookUp, 'warnings'> & { readonly missing: (architecture: Architecture) => Diagnostic },
): LookUp {
  const at = (name: string | undefined): Float64Array | undefined =>
    name === undefined ? undefined : table.column(name);
  const [accuracies, losses, latencies, tests] = [accuracy, loss, latency, test].map(at);
  return {
    warnings,
    metrics: (architecture) => {
      const row = table.row(architecture);
      if (row === undefined) return missing(architecture);
      const time = latencies?.[row];
      return {
        ...NOTHING,
        accuracy: scale * (accuracies?.[row] ?? 0),
        loss: losses?.[row],
        ...(time !== undefined && { latency: time }),
      };
    },
    final: (architecture) => {
      const row = table.row(architecture);
      const value = row === undefined ? undefined : tests?.[row];
      return { ...NOTHING, accuracy: value === undefined ? undefined : scale * value };
    },
  };
}
