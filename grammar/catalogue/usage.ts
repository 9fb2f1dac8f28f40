/** Diagnostics of family 5: using the command. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface UsageValues {
  noSuchFile: { path: string };
}

export const usageEntries: Entries<UsageValues> = {
  noSuchFile: {
    code: 'NAS5001',
    severity: 'error',
    title: 'no such file',
    message: ({ path }) => `there is no file ${path}`,
    explanation: `The path is taken relative to the folder in which the command runs.`,
  },
};
