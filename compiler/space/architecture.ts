/** An architecture: an answer to every decision that exists under the other answers. A plain value. */

/**
 * One member of a space. `choices[i]` is the index of the option taken at decision `i`, or -1 where the
 * decision does not exist.
 */
export interface Architecture {
  readonly space: string;
  readonly choices: readonly number[];
}
