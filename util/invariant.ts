/**
 * Internal errors: what only we can cause. Everything a user can cause is a diagnostic instead
 * (`grammar/diagnostics.ts`).
 */

/** Thrown when the program contradicts itself. Its message names the pass or module that noticed. */
export class InvariantError extends Error {
  constructor(message: string) {
    super(`internal error: ${message}`);
    this.name = 'InvariantError';
  }
}

/** Throws an {@link InvariantError} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/**
 * The value, which an invariant of the caller says is there. `which` is the number or the name of the one that is meant: apart,
 * so that nothing is put together for a message that is hardly ever written.
 */
export function present<T>(value: T | undefined | null, what: string, which?: number | string): T {
  if (value === undefined || value === null) {
    throw new InvariantError(`${which === undefined ? what : `${what} ${which}`} is missing`);
  }
  return value;
}
