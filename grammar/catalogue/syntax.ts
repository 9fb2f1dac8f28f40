/** Diagnostics of family 1: syntax. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface SyntaxValues {
  unexpectedToken: { found: string };
}

export const syntaxEntries: Entries<SyntaxValues> = {
  unexpectedToken: {
    code: 'NAS1001',
    severity: 'error',
    title: 'unexpected token',
    message: ({ found }) => `unexpected ${found}`,
    explanation: `Something else stands where the grammar wants one of a few things; the message lists them.`,
  },
};
