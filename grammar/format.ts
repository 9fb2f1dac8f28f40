/** The formatter: a text to the same text, well laid out. What it says and its comments stay as they are. */
import type { Checked } from './diagnostics.ts';
import { hasErrors } from './diagnostics.ts';
import { parse } from './parse.ts';
import { printAsWritten } from './print.ts';
import type { Source } from './source.ts';
import { WrittenLayout } from './writtenLayout.ts';

/** How often a text is printed at most. Comments without a place of their own move to the right until they have one. */
const roundLimit = 8;

/**
 * Formats a file. Line breaks between items, blank lines (one at a time) and the line breaks of pipelines are the
 * author's; so is the choice between a short body on one line and one on several. There is no value for a file with
 * errors. To format what was formatted changes nothing.
 */
export function format(source: Source): Checked<string> {
  const { value, diagnostics } = formatOnce(source);
  if (value === undefined) return { value, diagnostics };
  let text = value;
  for (let round = 1; round < roundLimit; round++) {
    const again = formatOnce({ name: source.name, text }).value;
    if (again === undefined || again === text) break;
    text = again;
  }
  return { value: text, diagnostics };
}

function formatOnce(source: Source): Checked<string> {
  const { value, diagnostics } = parse(source);
  if (!value || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  return { value: printAsWritten(value, new WrittenLayout(source)), diagnostics };
}
