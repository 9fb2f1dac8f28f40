/** `nas explain CODE`: why something is refused, and what to do. */
import { refuse } from '../../grammar/diagnostics.ts';
import { allCodes, explain as explanationOf, suggestCodes } from '../../grammar/explain.ts';
import { excerpt, listWords } from '../../util/words.ts';
import type { Context } from '../context.ts';

/** Prints the explanation of a code, or all codes. */
export function explain(context: Context, code: string | undefined): Promise<number> {
  if (code === undefined) context.print(...allCodes().map((entry) => `${entry.code}  ${entry.title}`));
  else context.print(lookUp(code));
  return Promise.resolve(0);
}

function lookUp(code: string): string {
  const near = suggestCodes(code);
  // `1001` can mean only one thing.
  const digits = /^\d{4}$/.test(code.trim());
  const text = explanationOf(code) ?? (digits && near[0] !== undefined ? explanationOf(near[0]) : undefined);
  if (text !== undefined) return text;
  const hint = near.length > 0 ? `did you mean ${listWords(near)}?` : '`nas explain` lists all codes';
  return refuse('unknownCode', { code: excerpt(code) }, { hint });
}
