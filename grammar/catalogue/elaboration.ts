/** Diagnostics of family 31: choices, lists, cells and outputs of a space. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface ElaborationValues {
  nothingToChoose: object;
  differentChoice: { first: string; second: string };
  tooFewCandidates: { wanted: number; found: number };
  indexOutside: { index: number; length: number };
  brokenContract: { cell: string; contract: 'normal' | 'reduction'; first: string; second: string };
  noneOutput: object;
  recursiveCell: { name: string };
  foreignKind: { what: string; name: string };
  unreadFile: { path: string; problem: string };
  useCycle: { path: string };
  badAnswer: { problem: string };
  badNotation: { problem: string };
  badRecord: { problem: string };
  badProperty: { problem: string };
  unknownInstruction: { name: string };
  instructionWithoutMemory: { name: string; does: 'reads' | 'writes'; type: string; problem: string };
}

export const elaborationEntries: Entries<ElaborationValues> = {
  nothingToChoose: {
    code: 'NAS3101',
    severity: 'error',
    title: 'nothing to choose from',
    message: () => `there are answers under which nothing can be chosen here`,
    explanation: `Wherever a \`choose\` exists, at least one of its alternatives must be allowed by its \`when\`, and a subset needs as many candidates as it asks for. The note names answers that leave nothing. Add an alternative without a condition.`,
  },
  differentChoice: {
    code: 'NAS3102',
    severity: 'error',
    title: 'a choice that changes between uses',
    message: ({ first, second }) =>
      first === second
        ? `this choice is made once, but its conditions change from use to use`
        : `this choice is made once, but offers ${first} at one use and ${second} at another`,
    explanation: `A cell decides once for the whole space, and a stage bound by \`let\` once for all its uses: the alternatives must carry the same labels and conditions everywhere. Give them labels of their own: \`choose {narrow: c, wide: 2 * c}\`.`,
  },
  tooFewCandidates: {
    code: 'NAS3103',
    severity: 'error',
    title: 'fewer candidates than are chosen',
    message: ({ wanted, found }) => `${wanted} are to be chosen, and there are ${found}`,
    explanation: `\`choose 2 from xs\` takes two distinct elements, so \`xs\` must have at least two.`,
  },
  indexOutside: {
    code: 'NAS3104',
    severity: 'error',
    title: 'index outside of the list',
    message: ({ index, length }) =>
      length === 0 ? `the list is empty` : `there is no element ${index}: the list has ${length}, from 0`,
    explanation: `Elements are numbered from 0. Inside of \`nodes n[4]\`, \`n\` holds the nodes so far.`,
  },
  brokenContract: {
    code: 'NAS3105',
    severity: 'error',
    title: 'cell breaks its contract',
    message: ({ cell, contract, first, second }) =>
      contract === 'normal'
        ? `the normal cell \`${cell}\` makes ${second} of ${first}`
        : `the reduction cell \`${cell}\` makes ${second} of ${first}, which is not half of it`,
    explanation: `A \`normal cell\` keeps the height and width of its last tensor; a \`reduction cell\` halves them (rounding up). Leave the word out where neither is meant.`,
  },
  noneOutput: {
    code: 'NAS3106',
    severity: 'error',
    title: 'output that may be none',
    message: () => `there are architectures in which this is \`none\``,
    explanation: `Every architecture must put something out. \`none\` is the absent tensor: sums skip it, and operations on it give \`none\`. \`require connected\` leaves such architectures out of the space.`,
  },
  recursiveCell: {
    code: 'NAS3107',
    severity: 'error',
    title: 'cell inside of itself',
    message: ({ name }) => `the cell \`${name}\` contains itself`,
    explanation: `A cell decides once, so it cannot hold itself. A motif may, while a whole number falls at each use and a \`when\` or \`if\` stops it.`,
  },
  foreignKind: {
    code: 'NAS3108',
    severity: 'error',
    title: 'not a space of networks',
    message: ({ what, name }) => `\`${name}\` is a ${what}, not a space of layered networks`,
    explanation: `Of a \`genome\`, whose networks grow node by node, and of a \`program\`, a list of instructions, \`nas check\` and \`nas count\` tell what there is to tell; everything else works on a \`space\`.`,
  },
  unreadFile: {
    code: 'NAS3109',
    severity: 'error',
    title: 'file that cannot be used',
    message: ({ path, problem }) => `\`${path}\` cannot be used: ${problem}`,
    explanation: `\`use "file.nas"\` names a file beside this one (or in a folder below it), or one of the shipped spaces.`,
  },
  useCycle: {
    code: 'NAS3110',
    severity: 'error',
    title: 'files that use each other',
    message: ({ path }) => `\`${path}\` uses a file that uses it`,
    explanation: `Put what both need into a third file.`,
  },
  badAnswer: {
    code: 'NAS3111',
    severity: 'error',
    title: 'answer that does not fit',
    message: ({ problem }) => problem,
    explanation: `An \`architecture\` answers decisions of its space by their paths. Segments may be left out where one name remains possible; a body with one decision is written as its answer; a subset is a list of candidates, or \`{candidate: answer}\` where they hold decisions.`,
  },
  badNotation: {
    code: 'NAS3112',
    severity: 'error',
    title: 'notation that does not fit',
    message: ({ problem }) => problem,
    explanation: `In a notation, \`{path}\` stands for the label of a decision's answer, \`{path:index}\` for its number from 0 and \`{path:bits}\` for a subset, one digit for each candidate.`,
  },
  badRecord: {
    code: 'NAS3113',
    severity: 'error',
    title: 'field that does not fit',
    message: ({ problem }) => problem,
    explanation: `The fields of a \`genome\`, a \`program\` and of \`moves\` are listed in the reference.`,
  },
  badProperty: {
    code: 'NAS3114',
    severity: 'error',
    title: 'property that cannot be asked',
    message: ({ problem }) => problem,
    explanation: `A \`property\` is a condition on one architecture \`a\`: its costs (\`a.params\`, \`a.macs\`, \`a.depth\`), \`a.connected\`, its answers by path (\`a.normal.n[0].op == conv_3\`), how many are of a kind (\`a.count(op == conv_3)\`), whether a decision exists (\`exists(a.n[0].op)\`), what a subset holds (\`s0 in a.skips\`, \`length(a.skips)\`), joined by arithmetic, comparisons, \`and\`, \`or\`, \`not\` and \`if\`.`,
  },
  unknownInstruction: {
    code: 'NAS3115',
    severity: 'error',
    title: 'unknown instruction of a program',
    message: ({ name }) => `there is no instruction \`${name}\``,
    explanation: `The functions of a \`program\` draw on the 65 instructions of AutoML-Zero, which the reference lists: \`s_add\` adds scalars, \`v_add\` vectors, \`m_add\` matrices, \`dot\` is the inner product.`,
  },
  instructionWithoutMemory: {
    code: 'NAS3116',
    severity: 'error',
    title: 'instruction that has nothing to work on',
    message: ({ name, does, type, problem }) => `\`${name}\` ${does} a ${type}, and ${problem}`,
    explanation: `An instruction reads and writes addresses of the memory. The label \`s0\` and the features \`v0\` are read only, so that writing needs \`scalars 2\`, \`vectors 2\` or \`matrices 1\` at least.`,
  },
};
