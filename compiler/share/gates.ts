/** The gates of a supernet: how decisions weight their alternatives. */
import { present } from '../../util/invariant.ts';
import type { Architecture } from '../space/architecture.ts';
import type { Alphas } from '../space/relax.ts';

/** The gates of some decisions: a row for each, in the order of {@link Alphas.decisions}, a column for each alternative. */
export interface GateValues {
  readonly shape: readonly [number, number];
  readonly data: Float64Array;
}

/**
 * The gates that let one architecture pass: 1 at the option that it takes. A decision that it does not have lets nothing pass,
 * so that what was relaxed as a part of it is 0.
 */
export function gatesOfPath(
  alphas: readonly Alphas[],
  { choices }: Architecture,
): ReadonlyMap<string, GateValues> {
  return new Map(
    alphas.map(({ name, decisions, columns }) => {
      const data = new Float64Array(decisions.length * columns);
      decisions.forEach((decision, row) => {
        const option = present(choices[decision], 'an answer');
        if (option >= 0) data[row * columns + option] = 1;
      });
      return [name, { shape: [decisions.length, columns], data }];
    }),
  );
}
