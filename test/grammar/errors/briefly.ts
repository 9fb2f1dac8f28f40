/** Errors in short, to set many side by side. */
import { locate } from '../../../grammar/locate.ts';
import { parse } from '../../../grammar/parse.ts';

/** One line for each error: its place, what was found and expected, and the advice. */
export function briefly(text: string): string {
  const { diagnostics } = parse({ name: 'test.nas', text: `nas 1\n${text}\n` });
  const source = { name: 'test.nas', text: `nas 1\n${text}\n` };
  return diagnostics
    .map((d) => {
      const { line, column } = locate(source, d.primary?.location.span.start ?? 0);
      const parts = [d.message, d.expected && `expected ${d.expected}`, d.hint && `hint: ${d.hint}`];
      return `${line - 1}:${column} ${d.code} ${parts.filter(Boolean).join('; ')}`;
    })
    .join('\n');
}
