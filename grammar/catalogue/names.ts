/** Diagnostics of family 2: names and kinds. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface NameValues {
  unknownName: { name: string };
}

export const nameEntries: Entries<NameValues> = {
  unknownName: {
    code: 'NAS2001',
    severity: 'error',
    title: 'unknown name',
    message: ({ name }) => `nothing is called \`${name}\` here`,
    explanation: `A name must be an operation, a motif of this file or of the library, a parameter, an input or a \`let\`.`,
  },
};
