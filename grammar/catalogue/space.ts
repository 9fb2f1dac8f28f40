/** Diagnostics of family 3: shapes and spaces. */
import type { Entries } from './entry.ts';

/** What each message needs to know. */
export interface SpaceValues {
  shapeMismatch: { what: string };
}

export const spaceEntries: Entries<SpaceValues> = {
  shapeMismatch: {
    code: 'NAS3001',
    severity: 'error',
    title: 'shapes do not fit',
    message: ({ what }) => what,
    explanation: `An operation gets tensors whose shapes do not fit, for at least one assignment of decisions.`,
  },
};
