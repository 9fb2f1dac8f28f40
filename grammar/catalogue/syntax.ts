/** Diagnostics of family 1: syntax. */
import { listWords } from '../../util/words.ts';
import type { Entries, NoValues } from './entry.ts';

/** What each message needs to know. */
export interface SyntaxValues {
  unexpectedToken: { found: string };
  missingVersion: NoValues;
  lateVersion: NoValues;
  unsupportedVersion: { version: string };
  unclosedBracket: { brackets: readonly string[] };
  unmatchedBracket: { bracket: string };
  wrongBracket: { open: string; close: string };
  strayCharacter: { what: string };
  badNumber: { text: string };
  numberRange: { text: string };
  openString: NoValues;
  badEscape: { escape: string };
  emptyChoose: NoValues;
  reservedWord: { word: string };
  chainedComparison: NoValues;
  operatorOrder: { operator: string; why: string };
  blockWithoutValue: NoValues;
  unusedValue: NoValues;
  badLabel: NoValues;
  misplaced: { word: string; where: string };
  tooDeep: { limit: number };
  tooManyOperators: { limit: number };
  fileTooLarge: { limit: string };
  stoppedReporting: { limit: number };
}

export const syntaxEntries: Entries<SyntaxValues> = {
  unexpectedToken: {
    code: 'NAS1001',
    severity: 'error',
    title: 'unexpected token',
    message: ({ found }) => `unexpected ${found}`,
    explanation: `Something stands where the grammar wants something else; the line \`expected:\` says what
could stand there. Where the end of a line is unexpected, remember that a newline ends an item unless the
next line begins with \`|>\`, \`+\`, \`-\`, \`*\`, \`/\`, \`and\`, \`or\`, \`then\` or \`else\`, or this line ends
with one of these, with \`=\`, \`:\` or an opening bracket. Inside \`( )\` and \`[ ]\` newlines do not matter.

    let y = x                 // this item goes on: the next line begins with |>
      |> conv(16, 3)
      |> relu`,
  },
  missingVersion: {
    code: 'NAS1002',
    severity: 'error',
    title: 'no version line',
    message: () => 'the file does not begin with the version of the language',
    explanation: `The first line of a file says for which version of the language it is written, so that a
file keeps its meaning when the language changes. Only comments may stand before it.

    nas 1`,
  },
  lateVersion: {
    code: 'NAS1003',
    severity: 'error',
    title: 'version line out of place',
    message: () => 'the version of the language stands once, on the first line',
    explanation: `\`nas 1\` says how everything after it is to be read; so it stands before all else, once, on
a line of its own. Only comments may come before it.`,
  },
  unsupportedVersion: {
    code: 'NAS1004',
    severity: 'error',
    title: 'unsupported language version',
    message: ({ version }) => `this naslang reads version 1 of the language, not \`${version}\``,
    explanation: `The number after \`nas\` is the version of the language, a whole number. It is not the version
of the program. A file for a later version needs a later naslang; \`nas 1\` is the only version so far.`,
  },
  unclosedBracket: {
    code: 'NAS1005',
    severity: 'error',
    title: 'bracket never closed',
    message: ({ brackets }) =>
      `${listWords(
        brackets.map((b) => `\`${b}\``),
        'and',
      )} ${brackets.length === 1 ? 'is' : 'are'} never closed`,
    explanation: `Every \`(\`, \`[\` and \`{\` needs its partner. The message shows the bracket and the first place
where it can no longer be closed: a word such as \`let\` or \`output\` cannot stand inside \`( )\` or \`[ ]\`,
a declaration at the start of a line cannot stand inside \`{ }\`, and a \`}\` ends everything that was opened
after its \`{\`.`,
  },
  unmatchedBracket: {
    code: 'NAS1006',
    severity: 'error',
    title: 'bracket without an opening one',
    message: ({ bracket }) => `this \`${bracket}\` closes nothing`,
    explanation: `A closing bracket stands where no bracket of its kind is open. Either it is one too many, or
the opening one was deleted or closed earlier than intended.`,
  },
  wrongBracket: {
    code: 'NAS1007',
    severity: 'error',
    title: 'brackets of different kinds',
    message: ({ open, close }) => `\`${open}\` is closed by \`${close}\``,
    explanation: `A bracket is closed by the one of its own kind: \`( )\` around arguments and tuples, \`[ ]\`
around lists and input shapes, \`{ }\` around alternatives, stages to repeat, and bodies.`,
  },
  strayCharacter: {
    code: 'NAS1008',
    severity: 'error',
    title: 'character without a meaning',
    message: ({ what }) => `${what} has no meaning here`,
    explanation: `Outside of comments and strings the language uses ASCII letters, digits, \`_\`, brackets and the
signs \`|> + - * / = == != < <= > >= . .. ... : ; , "\`. Characters that a word processor puts in (curly quotes,
long dashes, no-break spaces) and operators of other languages (\`&&\`, \`!\`, \`%\`) are shown with what to
write instead.`,
  },
  badNumber: {
    code: 'NAS1009',
    severity: 'error',
    title: 'malformed number',
    message: ({ text }) => `\`${text}\` is not a number`,
    explanation: `Numbers are \`12\`, \`0.5\` (a digit on both sides of the point, so that \`1..3\` is a range),
\`1e-3\`, and with one of the decimal suffixes \`200k\` (thousand), \`2M\` (million), \`1G\` (thousand million).
A name cannot begin with a digit, and there is no multiplication without a sign: write \`2 * c\`.`,
  },
  numberRange: {
    code: 'NAS1010',
    severity: 'error',
    title: 'number out of range',
    message: ({ text }) => `\`${text}\` is too large`,
    explanation: `Whole numbers are exact up to 9,007,199,254,740,991 (2^53 - 1); other numbers end at about
1.8e308. A larger one could only be kept as something else than what is written.`,
  },
  openString: {
    code: 'NAS1011',
    severity: 'error',
    title: 'string never closed',
    message: () => 'this string does not end on its line',
    explanation: `A string begins and ends with \`"\` on one line. Inside, \`\\"\` is a quote, \`\\\\\` a backslash,
\`\\n\` a newline and \`\\t\` a tab.`,
  },
  badEscape: {
    code: 'NAS1012',
    severity: 'error',
    title: 'unknown escape in a string',
    message: ({ escape }) => `\`${escape}\` is not an escape`,
    explanation: `After a backslash only \`"\`, \`\\\`, \`n\` and \`t\` have a meaning. A backslash itself is written
twice: \`"a\\\\b"\`. In paths, write \`/\`, on every system.`,
  },
  emptyChoose: {
    code: 'NAS1013',
    severity: 'error',
    title: 'choose without alternatives',
    message: () => 'there is nothing to choose from',
    explanation: `A \`choose\` needs at least one alternative: an architecture is an answer to every choice, and
no answer could be given here. With one alternative there is nothing to search, but the space is sound.

    let k = choose {3, 5}
    x |> choose { narrow: conv(16, 3), wide: conv(64, 3) }`,
  },
  reservedWord: {
    code: 'NAS1014',
    severity: 'error',
    title: 'reserved word used as a name',
    message: ({ word }) => `\`${word}\` is a word of the language and cannot be a name`,
    explanation: `These words are reserved: nas use space motif cell let nodes input output require choose of from
any for in repeat if then else when and or not architecture property search genome program true false none.
Choose another name; \`step\`, \`normal\`, \`reduction\`, \`notation\`, \`moves\` and the fields of a search are free.`,
  },
  // NAS1015 said that a construct was not read yet; it is retired.
  chainedComparison: {
    code: 'NAS1016',
    severity: 'error',
    title: 'comparison of a comparison',
    message: () => 'comparisons do not chain',
    explanation: `\`a < b < c\` would compare the truth of \`a < b\` with \`c\`. Write both comparisons and join them:

    require 2 < depth and depth < 5`,
  },
  operatorOrder: {
    code: 'NAS1017',
    severity: 'error',
    title: 'operators need parentheses',
    message: ({ operator, why }) => `\`${operator}\` cannot stand here: ${why}`,
    explanation: `From the loosest to the tightest the operators are \`|>\`, \`or\`, \`and\`, \`not\`, the comparisons,
\`..\` with its \`step\`, \`+ -\`, \`* /\`, and the minus sign of one operand. \`not\` stands before a comparison or
a name, not inside arithmetic; a minus sign stands once; a range is not the end of another range. Parentheses
say anything else: \`a == (not b)\`, \`-(-x)\`.`,
  },
  blockWithoutValue: {
    code: 'NAS1018',
    severity: 'error',
    title: 'body without a value',
    message: () => 'this body has no value',
    explanation: `The last item of a body in braces is its value. A body that ends with a \`let\` or a \`require\`
makes nothing.

    motif residual(x; c) {
      let y = x |> conv(c, 3)
      x + y                       // the value
    }`,
  },
  unusedValue: {
    code: 'NAS1019',
    severity: 'error',
    title: 'value that nobody reads',
    message: () => 'this value is not used',
    explanation: `In a body only the last item is the value; those before it are \`let\`, \`nodes\` and \`require\`. A
value in their midst would be thrown away. Give it a name with \`let\`, or, if it was to go on from the line
above, begin it with \`|>\` or an operator: a line that begins with \`(\` or \`[\` never continues the one above.`,
  },
  badLabel: {
    code: 'NAS1020',
    severity: 'error',
    title: 'label that is not a name',
    message: () => 'only a name can label an alternative',
    explanation: `Before the \`:\` of an alternative stands its label, a bare name, by which architectures, paths and
results know it. A number or a computed value needs no label: it labels itself.

    choose { small: conv(16, 3), large: conv(64, 3) }
    choose {16, 64}`,
  },
  misplaced: {
    code: 'NAS1021',
    severity: 'error',
    title: 'item in the wrong place',
    message: ({ word, where }) => `\`${word}\` cannot stand ${where}`,
    explanation: `Declarations (\`use\`, \`space\`, \`motif\`, \`cell\`, \`architecture\`, \`notation\`, \`moves\`,
\`property\`, \`search\`, \`genome\`, \`program\`) stand at the top of a file, outside of all braces. \`input\` and
\`output\` stand directly in a space: a motif gets its tensors as parameters and gives its last item as its
value. \`let\`, \`nodes\` and \`require\` stand in spaces and in bodies.`,
  },
  tooDeep: {
    code: 'NAS1022',
    severity: 'error',
    title: 'nesting too deep',
    message: ({ limit }) => `brackets, \`if\`s and \`choose\`s are nested more than ${limit} deep`,
    explanation: `To stay quick and safe on any input, naslang reads brackets, \`if\`, \`choose\`, \`repeat\` and \`for\` inside
one another only to a certain depth. Give parts a name with \`let\` or move them to a motif.`,
  },
  tooManyOperators: {
    code: 'NAS1023',
    severity: 'error',
    title: 'expression too long',
    message: ({ limit }) => `one expression has more than ${limit} operators`,
    explanation: `To stay quick and safe on any input, naslang reads only so many operators in one expression. Give
parts a name with \`let\`. Pipelines do not count: \`|>\` may be used as often as you like.`,
  },
  fileTooLarge: {
    code: 'NAS1024',
    severity: 'error',
    title: 'file too large',
    message: ({ limit }) => `the file is larger than ${limit}, the most that naslang reads`,
    explanation: `A space of many thousand lines is usually data in the wrong place, or the wrong file. Use motifs
and \`repeat\` for what recurs.`,
  },
  stoppedReporting: {
    code: 'NAS1025',
    severity: 'note',
    title: 'more errors than are shown',
    message: ({ limit }) => `more than ${limit} errors in this file; the rest are not shown`,
    explanation: `After so many errors the file is probably not what it was meant to be, or one early error
causes the rest. Mend the first ones and try again.`,
  },
};
