/** Splits CSV (RFC 4180, with quotes) into records of texts. Any text is some list of records. */

/** One record, with where it stands in the text. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** Half-open range of UTF-16 offsets, the end of the line left out. */
  readonly start: number;
  readonly end: number;
}

/** All records. Lines that begin with `#` before the first record are comments; empty lines are passed over. */
export function readRecords(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const line = newline < 0 ? text.length : newline;
    const end = line > at && text[line - 1] === '\r' ? line - 1 : line;
    if (end === at || (records.length === 0 && text[at] === '#')) {
      at = line + 1;
      continue;
    }
    const record = text.slice(at, end);
    if (!record.includes('"')) {
      records.push({ fields: record.split(','), start: at, end });
      at = line + 1;
      continue;
    }
    const { next, ...quoted } = readQuoted(text, at);
    records.push(quoted);
    at = next;
  }
  return records;
}

/** A record some of whose fields are in quotes, and may hold commas, quotes (doubled) and ends of lines. */
function readQuoted(text: string, start: number): CsvRecord & { readonly next: number } {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let at = start;
  for (; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && field === '') quoted = true;
    else if (letter === ',') {
      fields.push(field);
      field = '';
    } else if (letter === '\n' || (letter === '\r' && text[at + 1] === '\n')) break;
    else field += letter;
  }
  fields.push(field);
  const next = text[at] === '\r' ? at + 2 : at + 1;
  return { fields, start, end: at, next };
}
