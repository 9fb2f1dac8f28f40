/** Diagnostics of family 4: running a search. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface RunValues {
  noAdapter: { reason: string };
}

export const runEntries: Entries<RunValues> = {
  noAdapter: {
    code: 'NAS4001',
    severity: 'error',
    title: 'no WebGPU adapter',
    message: ({ reason }) => `no WebGPU adapter was found (${reason})`,
    explanation: `Networks run on WebGPU, which needs a graphics driver or a software one. \`npm run setup\` installs one where it can; \`nas doctor\` shows what was found.`,
  },
};
