/**
 * Tables of results: a CSV file that says what became of each architecture, under a key that is a notation of the space
 * (NAS-Bench-201: Dong & Yang 2020). With one, a search is a series of look-ups.
 */
import type { Architecture } from '../../compiler/space/architecture.ts';
import { readNotation, type Notation } from '../../compiler/space/notations.ts';
import type { Space } from '../../compiler/space/space.ts';
import { diagnose, type Checked, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Source } from '../../grammar/source.ts';
import { didYouMean } from '../../util/didYouMean.ts';
import { present } from '../../util/invariant.ts';
import { excerpt, listWords } from '../../util/words.ts';
import { readRecords, type CsvRecord } from '../data/records.ts';

/** What is read of a table. */
export interface TableColumns {
  /** The column whose texts are architectures. */
  readonly key: string;
  readonly notation: Notation;
  /** Columns of finite numbers. */
  readonly numbers: readonly string[];
}

/** A table by architecture. */
export interface ResultTable {
  readonly path: string;
  /** Number of rows, each of another architecture. */
  readonly size: number;
  /** The architectures of the rows, in their order. */
  readonly architectures: readonly Architecture[];
  /** The row of an architecture, from 0; undefined where there is none. Takes well below a microsecond. */
  row(architecture: Architecture): number | undefined;
  /** A column that was read, by row. */
  column(name: string): Float64Array;
}

/** Problems of a table that are told; it may have a million. */
const mostProblems = 5;

/** Reads a table for a space. Any text may be given; what is wrong with it is told, up to a few problems. */
export function readResultTable(
  source: Source,
  space: Space,
  { key, notation, numbers }: TableColumns,
): Checked<ResultTable> {
  const [header, ...rows] = readRecords(source.text);
  const names = header?.fields ?? [];
  const wanted = [key, ...numbers];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const diagnostics = missing.map((column) =>
      diagnose(
        'resultColumn',
        { path: source.name, column },
        {
          expected: names.length > 0 ? `one of ${listWords(names.map((name) => excerpt(name)))}` : undefined,
          hint: didYouMean(column, names),
        },
      ),
    );
    return { value: undefined, diagnostics };
  }
  const keyAt = names.indexOf(key);
  const columns = new Map(numbers.map((name) => [name, new Float64Array(rows.length)]));
  const places = numbers.map((name) => ({ at: names.indexOf(name), name, values: columns.get(name) }));
  const at = new Map<string, number>();
  const architectures: Architecture[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [row, record] of rows.entries()) {
    if (diagnostics.length >= mostProblems) break;
    const wrong = (problem: string, expected?: string): void => {
      const location = { source, span: { start: record.start, end: record.end } };
      diagnostics.push(
        diagnose('resultRow', { path: source.name, row: row + 1, problem }, { at: location, expected }),
      );
    };
    if (record.fields.length !== names.length) {
      wrong(`it has ${record.fields.length} values`, `${names.length} values, as the first line has names`);
      continue;
    }
    for (const { at: place, name, values } of places) {
      const value = readNumber(record, place);
      if (value === undefined)
        wrong(`\`${name}\` is ${JSON.stringify(excerpt(record.fields[place] ?? ''))}`, 'a finite number');
      else if (values) values[row] = value;
    }
    const read = readNotation(space, notation, record.fields[keyAt] ?? '');
    if (!read.value) {
      wrong(read.diagnostics[0]?.message ?? 'its key is no architecture', read.diagnostics[0]?.expected);
      continue;
    }
    const identity = identityOf(read.value);
    const before = at.get(identity);
    if (before !== undefined) {
      diagnostics.push(doubleRow(source, record, row, before, rows[before]));
      continue;
    }
    at.set(identity, row);
    architectures.push(read.value);
  }
  if (diagnostics.length > 0) return { value: undefined, diagnostics };
  return {
    value: {
      path: source.name,
      size: rows.length,
      architectures,
      row: (architecture) => at.get(identityOf(architecture)),
      column: (name) => present(columns.get(name), `the column \`${name}\` of a table of results`),
    },
    diagnostics,
  };
}

/** That a table says nothing of an architecture, written in its notation. */
export function missingResult({ path }: ResultTable, key: string): Diagnostic {
  return diagnose('resultMissing', { path, key: `\`${excerpt(key, 120)}\`` });
}

const identityOf = ({ choices }: Architecture): string => choices.join();

function readNumber({ fields }: CsvRecord, place: number): number | undefined {
  const text = fields[place]?.trim() ?? '';
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

function doubleRow(
  source: Source,
  record: CsvRecord,
  row: number,
  before: number,
  earlier: CsvRecord | undefined,
): Diagnostic {
  const span = { start: record.start, end: record.end };
  return diagnose(
    'resultDouble',
    { path: source.name, row: row + 1, before: before + 1 },
    {
      at: { source, span },
      labels: earlier && [
        { location: { source, span: { start: earlier.start, end: earlier.end } }, text: 'the other' },
      ],
    },
  );
}
