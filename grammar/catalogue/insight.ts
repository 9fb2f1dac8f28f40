/** Diagnostics of family 4, continued: what experiments say together. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface InsightValues {
  // 49xx: insight and comparison
  experimentSpaceLost: { experiment: string; reason: string };
  spacesDiffer: { first: string; second: string; difference: string };
  tooFewArchitectures: { found: number; least: number };
  tableKeyMissing: { path: string; space: string };
  seedsTellNothing: { seeds: number; least: number; p: string };
  strategyTwice: { strategy: string };
}

export const insightEntries: Entries<InsightValues> = {
  experimentSpaceLost: {
    code: 'NAS4901',
    severity: 'error',
    title: 'space of an experiment cannot be read',
    message: ({ experiment, reason }) =>
      `the space of experiment ${experiment} cannot be read by this version: ${reason}`,
    explanation: `The store keeps the text of the space that an experiment searched. This version of naslang does not read it as the one did that wrote it, or a trial of the experiment is no architecture of it. Run the search anew with this version.`,
  },
  spacesDiffer: {
    code: 'NAS4902',
    severity: 'error',
    title: 'experiments of different spaces',
    message: ({ first, second, difference }) =>
      `experiments ${first} and ${second} are of different spaces: ${difference}`,
    explanation: `Insight is drawn from experiments whose architectures can be compared: all of them answer the same decisions by the same options. Widths, depths and data may differ. Name experiments of one space.`,
  },
  tooFewArchitectures: {
    code: 'NAS4903',
    severity: 'error',
    title: 'too few architectures',
    message: ({ found, least }) =>
      `${found === 1 ? '1 different architecture was' : `${found} different architectures were`} measured, and nothing can be told from fewer than ${least}`,
    explanation: `Failed trials do not count, and an architecture that was tried several times counts once. Make more trials, or name more experiments of the same search: \`nas search FILE --trials N\`, other seeds (\`--seed N\`), or \`nas compare FILE\`.`,
  },
  tableKeyMissing: {
    code: 'NAS4904',
    severity: 'error',
    title: 'table without architectures',
    message: ({ path, space }) => `no column of ${path} holds architectures of \`${space}\``,
    explanation: `One column of the table must name the architecture of each row in a \`notation\` that the file declares for its space, as \`spaces/nasbench201.nas\` does: \`notation string of nasbench201 "..."\`. The first row decides which column that is.`,
  },
  seedsTellNothing: {
    code: 'NAS4905',
    severity: 'warning',
    title: 'too few seeds for a test',
    message: ({ seeds, least, p }) =>
      `with ${seeds} seeds no difference can be told from chance: the smallest p is ${p}; ${least} seeds or more can`,
    explanation: `Two strategies are compared by the ranks of their results (Mann & Whitney), and the p-values are corrected for the number of strategies (Holm). With few seeds even the clearest order of results is likely enough to come about by chance. The curves and their bands are shown all the same.`,
  },
  strategyTwice: {
    code: 'NAS4906',
    severity: 'error',
    title: 'strategy named twice',
    message: ({ strategy }) => `\`${strategy}\` is named twice`,
    explanation: `A comparison runs each strategy once for each seed. Give other arguments to one of the two, as in \`--strategies "evolution(population: 20), evolution(population: 50)"\`.`,
  },
};
