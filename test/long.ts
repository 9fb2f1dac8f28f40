/** The long mode of tests that try many inputs: `npm run test:long` sets `NASLANG_LONG`. */

/** Whether tests try as many inputs as were promised, instead of as many as fit into `npm test`. */
export const long: boolean = process.env['NASLANG_LONG'] === '1';

/** Milliseconds after which such a test hangs, on however slow a machine. */
export const patience: number = long ? 7_200_000 : 240_000;
