/** Diagnostics of family 3: shapes and spaces. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface SpaceValues {
  shapeMismatch: { name: string; problem: string };
  limitReached: { what: string; limit: number };
  tooManyCases: { name: string; limit: number };
  sharedShape: { name: string; first: string; second: string };
  unsatisfiable: { count: string };
  notCounted: { least: string; most: string };
  emptyChoice: object;
  noFit: { what: string; found: string; wanted: string };
  badArchitecture: { problem: string };
  rankOutside: { rank: string; count: string };
  requirementBroken: { text: string; told: string };
  unknownCell: { name: string; space: string };
  cannotRelax: { what: string };
}

export const spaceEntries: Entries<SpaceValues> = {
  shapeMismatch: {
    code: 'NAS3001',
    severity: 'error',
    title: 'shapes do not fit',
    message: ({ name, problem }) => `\`${name}\` does not fit: ${problem}`,
    explanation: `Every operation is checked for every architecture of the space, before anything runs. One case in which the tensors do not fit is enough to refuse the space; the note names the decisions that lead there. Make the shapes agree in all cases: take the decision out of one side, or put a 1 x 1 convolution between.`,
  },
  limitReached: {
    code: 'NAS3002',
    severity: 'error',
    title: 'limit reached',
    message: ({ what, limit }) => `the space needs more than ${limit.toLocaleString('en-US')} ${what}`,
    explanation: `Limits keep a file from exhausting the machine. A space beyond them could not be searched.`,
  },
  tooManyCases: {
    code: 'NAS3003',
    severity: 'error',
    title: 'too many cases',
    message: ({ name, limit }) =>
      `\`${name}\` depends on so many decisions at once that its cases exceed ${limit.toLocaleString('en-US')}`,
    explanation: `Shapes are proved case by case over the decisions that they depend on. Put a \`conv\` of fixed width between, so that what follows depends on fewer decisions.`,
  },
  sharedShape: {
    code: 'NAS3004',
    severity: 'error',
    title: 'shared weights meet another shape',
    message: ({ name, first, second }) => `\`${name}\` shares its weights between ${first} and ${second}`,
    explanation: `A stage that is bound by \`let\` exists once: all its uses share one set of weights, so they must bring the same shape. Write the call out where it should have weights of its own.`,
  },
  unsatisfiable: {
    code: 'NAS3005',
    severity: 'error',
    title: 'no architecture meets the requirements',
    message: ({ count }) => `none of the ${count} architectures meets the requirements`,
    explanation: `Every \`require\` must hold at once. The note tells the range of costs in the space.`,
  },
  notCounted: {
    code: 'NAS3006',
    severity: 'warning',
    title: 'too large to count under require',
    message: ({ least, most }) =>
      `how many architectures are allowed is not known exactly: between ${least} and ${most}`,
    explanation: `Conditions on decisions and bounds on sums (\`params\`, \`macs\`, \`count\`) are counted without a listing, as long as the sums do not take too many different values. Other requirements, such as \`depth\`, must be asked of each architecture. In a large space, architectures are then drawn until one is allowed: each allowed one is equally likely, but their number is known only to lie between two others, and some ranks have no architecture.`,
  },
  emptyChoice: {
    code: 'NAS3007',
    severity: 'error',
    title: 'a choice without options',
    message: () => `there is nothing to choose from: the list is empty`,
    explanation: `\`choose from xs\` needs at least one element in \`xs\`; \`choose any from xs\` may take none.`,
  },
  noFit: {
    code: 'NAS3008',
    severity: 'error',
    title: 'network does not fit the data',
    message: ({ what, found, wanted }) => `the ${what} of the space is ${found}, and the data have ${wanted}`,
    explanation: `The input of the space must be as large as the images of the data, and the output as long as the list of classes.`,
  },
  badArchitecture: {
    code: 'NAS3009',
    severity: 'error',
    title: 'not an architecture of this space',
    message: ({ problem }) => problem,
    explanation: `An architecture answers every decision that exists under its other answers, and no other, with one of its options.`,
  },
  rankOutside: {
    code: 'NAS3010',
    severity: 'error',
    title: 'rank outside of the space',
    message: ({ rank, count }) => `there is no architecture ${rank}: ranks go from 0 to ${count}`,
    explanation: `Architectures are numbered in the order of the text, from 0.`,
  },
  requirementBroken: {
    code: 'NAS3011',
    severity: 'error',
    title: 'architecture breaks a requirement',
    message: ({ text, told }) => `the architecture breaks \`require ${text}\` (${told})`,
    explanation: `It would be a member of the space but for this requirement.`,
  },
  unknownCell: {
    code: 'NAS3013',
    severity: 'error',
    title: 'no such cell',
    message: ({ name, space }) => `the space \`${space}\` has no cell \`${name}\` that decides anything`,
    explanation: `\`nas count FILE --of CELL\` counts the decisions of one cell. Each of an array of cells is named with its index, as in \`level2[0]\`.`,
  },
  cannotRelax: {
    code: 'NAS3014',
    severity: 'error',
    title: 'a space that has no supernet',
    message: ({ what }) => `${what} cannot be part of a supernet`,
    explanation: `A supernet holds all alternatives at once and adds them up, each times how likely it is. So the alternatives of a choice must be tensors of one shape: where a choice decides a size, or which tensors are joined end to end, there is nothing to add. A strategy that tries one architecture after another can search the space.`,
  },
};
