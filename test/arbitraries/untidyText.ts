/** Texts of generated files, laid out carelessly: line breaks, blank lines and comments wherever the grammar lets them. */
import type { IToken } from 'chevrotain';
import * as fc from 'fast-check';
import { lex } from '../../grammar/lex.ts';
import { print } from '../../grammar/print.ts';
import { Reports } from '../../grammar/reports.ts';
import * as T from '../../grammar/tokens.ts';
import { fileNode } from './fileNode.ts';

const gap: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.constant('') },
  { weight: 4, arbitrary: fc.constantFrom('\n', '\n\n', '\n   ', ' \n\n\n') },
  { weight: 2, arbitrary: fc.constantFrom(' // beside\n', ' /// beside\n', '// close\n') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\n// above\n', '\n/// doc\n', '\n\n  // apart\n\n', '\n/// a\n\n// b\n'),
  },
  { weight: 1, arbitrary: fc.constantFrom(' // one\n // two\n\n', '\n//////////\n', '\n//   indented\n') },
);

/** A file without errors whose layout no formatter would leave as it is. */
export function untidyText(): fc.Arbitrary<string> {
  return fc
    .record({ file: fileNode(), gaps: fc.array(gap, { minLength: 10, maxLength: 60 }) })
    .map(({ file, gaps }) => untidy(print(file), gaps));
}

/** Puts the gaps, over and over, into the places of a text where a line may end. */
export function untidy(text: string, gaps: readonly string[]): string {
  const { tokens } = lex(new Reports({ name: 'tidy.nas', text }));
  let result = '';
  let end = 0;
  let next = 0;
  let previous: IToken | undefined;
  for (const token of tokens) {
    result += text.slice(end, token.startOffset);
    if (previous && mayBreak(previous, token)) {
      result += gaps[next % gaps.length];
      next += 1;
    }
    result += token.image;
    end = token.startOffset + token.image.length;
    previous = token;
  }
  return result + text.slice(end);
}

function mayBreak(before: IToken, after: IToken): boolean {
  if (before.tokenType === T.Newline || after.tokenType === T.Newline) return true;
  if (opens.has(before.tokenType) || before.tokenType === T.Comma) return true;
  return T.continues.has(before.tokenType) || T.leads.has(after.tokenType) || T.closes.has(after.tokenType);
}

const opens = new Set([T.LeftParen, T.LeftSquare, T.LeftBrace]);
