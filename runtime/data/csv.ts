/**
 * Reads a table of small whole numbers from CSV (RFC 4180 without quotes and without a header). The file is not
 * trusted: every value and the number of columns and rows are checked, and errors point at the row.
 */
import { diagnose, Refusal, type Details, type Diagnostic } from '../../grammar/diagnostics.ts';
import type { Location } from '../../grammar/source.ts';

/** What the table must look like. */
export interface TableForm {
  readonly columns: number;
  readonly rows: number;
  /** The largest value allowed in a column, counted from 0; the smallest is 0. */
  readonly largest: (column: number) => number;
}

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ZERO = 0x30;
const NINE = 0x39;
const MAX_ERRORS = 5;

/** The values row by row, `rows` x `columns`. Refuses with up to five errors when the bytes are something else. */
export function readIntegerTable(bytes: Uint8Array, path: string, form: TableForm): Int32Array {
  const values = new Int32Array(form.rows * form.columns);
  const problems = new Problems(bytes, path);
  let row = 0;
  let start = 0;
  while (start < bytes.length && !problems.full) {
    const newline = bytes.indexOf(NEWLINE, start);
    const lineEnd = newline === -1 ? bytes.length : newline;
    const end = lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    // Beyond the rows we have room for, lines are only counted.
    if (row < form.rows) readRow(bytes, start, end, row, form, values, problems);
    row += 1;
    start = lineEnd + 1;
  }
  if (!problems.full && row !== form.rows) problems.rows(row, form.rows);
  problems.refuseIfAny();
  return values;
}

function readRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  row: number,
  form: TableForm,
  values: Int32Array,
  problems: Problems,
): void {
  const columns = countFields(bytes, start, end);
  if (columns !== form.columns) {
    problems.columns(row, columns, form.columns, start, end);
    return;
  }
  let at = start;
  for (let column = 0; column < columns; column += 1) {
    const from = at;
    let value = 0;
    let valid = true;
    for (; at < end && bytes[at] !== COMMA; at += 1) {
      const digit = bytes[at] ?? 0;
      valid &&= digit >= ZERO && digit <= NINE && value <= 0xffff;
      value = value * 10 + (digit - ZERO);
    }
    const largest = form.largest(column);
    if (!valid || at === from || value > largest) problems.value(row, column, largest, from, at);
    else values[row * form.columns + column] = value;
    at += 1;
  }
}

function countFields(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  let fields = 1;
  for (let at = start; at < end; at += 1) if (bytes[at] === COMMA) fields += 1;
  return fields;
}

/** Collects errors; rows and columns are counted from 1 for people. */
class Problems {
  readonly #bytes: Uint8Array;
  readonly #path: string;
  readonly #found: Diagnostic[] = [];
  #text: string | undefined;

  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#path = path;
  }

  get full(): boolean {
    return this.#found.length >= MAX_ERRORS;
  }

  columns(row: number, found: number, expected: number, start: number, end: number): void {
    const values = { path: this.#path, row: row + 1, found };
    this.#add(diagnose('dataColumns', values, this.#at(start, end, `${expected} values in each row`)));
  }

  value(row: number, column: number, largest: number, start: number, end: number): void {
    if (this.full) return;
    const found = this.#source().slice(start, Math.min(end, start + 20));
    const values = { path: this.#path, row: row + 1, column: column + 1, found };
    this.#add(diagnose('dataValue', values, this.#at(start, end, `a whole number from 0 to ${largest}`)));
  }

  rows(found: number, expected: number): void {
    const details = { expected: `${expected} rows`, hint: 'fetch the file anew, or name another by `path`' };
    this.#add(diagnose('dataRows', { path: this.#path, found }, details));
  }

  refuseIfAny(): void {
    if (this.#found.length > 0) throw new Refusal(...this.#found);
  }

  #add(diagnostic: Diagnostic): void {
    this.#found.push(diagnostic);
  }

  #at(start: number, end: number, expected: string): Details {
    const source = { name: this.#path, text: this.#source() };
    const at: Location = { source, span: { start, end: Math.max(end, start) } };
    return { at, label: 'here', expected };
  }

  /** Latin-1, so that byte offsets are text offsets whatever the file holds. */
  #source(): string {
    this.#text ??= Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length).toString(
      'latin1',
    );
    return this.#text;
  }
}
